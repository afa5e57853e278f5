from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.insight import actions, queries, rules
from gongzhi.insight.forms import JointForm
from gongzhi.insight.models import HotIssue
from gongzhi.matters import words
from gongzhi.places.queries import chain_names

HIGH = 20  # of the highest bar, in the units of the drawing
SHOWN = 10  # matters on the page of an issue; the list has them all
ICONS = {"more": "chevron-up", "fewer": "chevron-down"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a period, as it is drawn."""

    on: date
    n: int
    x: int
    y: float
    high: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A hot issue as a page shows it."""

    issue: HotIssue
    where: str
    first: date
    last: date
    bars: Sequence[Bar]

    @property
    def trend_icon(self) -> str:
        """The icon beside how it was before."""
        return ICONS.get(self.issue.trend, "circle-dashed")


def drawn(issue: HotIssue) -> Drawn:
    """Return a hot issue with a bar for each day of its period."""
    first, most = localdate(issue.since), max([*issue.days, 1])
    bars = [
        Bar(first + timedelta(days=x), n, x, HIGH - HIGH * n / most, HIGH * n / most)
        for x, n in enumerate(issue.days)
    ]
    last = localdate(issue.until) - timedelta(days=1)
    where = " › ".join(chain_names(issue.path)[1:]) or issue.area.name
    return Drawn(issue, where, first, last, bars)


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show what many raised in the places of the reader, the most requesters first."""
    _check(request)
    issues = [drawn(one) for one in queries.hot_issues(request.staff, now())]
    last = max((one.last for one in issues), default=None)
    said = {
        "issues": [one for one in issues if one.last == last],
        "earlier": [one for one in issues if one.last != last],
    }
    return render(request, "insight/index.html", said)


def _check(request: SignedIn) -> None:
    if not rules.may_read(request.staff):
        raise PermissionDenied(_("Hot issues are for those who dispatch, supervise or lead."))


def _find(request: SignedIn, key: UUID) -> HotIssue:
    _check(request)
    found = rules.visible(HotIssue.objects.filter(pk=key), request.staff)
    shown = found.select_related("kind_class", "area", "joint")
    return get_object_or_404(shown.defer("area__boundary", "area__also"))


@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show one hot issue: its days, its matters as far as one may see them, its joint matter."""
    return _page(request, _find(request, key))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def open_joint(request: SignedIn, key: UUID) -> HttpResponse:
    """Open the joint matter of a hot issue."""
    issue, at = _find(request, key), now()
    form = JointForm(request.POST or None, kinds=queries.kinds_of(issue, at))
    if request.method == "POST" and form.is_valid():
        try:
            joint = actions.open_joint(issue, by=request.staff, at=at, **form.given())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The joint matter is open and waits to be dispatched."))
            return redirect("matters:show", joint.pk)
    return _page(request, issue, form)


def _page(request: SignedIn, issue: HotIssue, form: JointForm | None = None) -> HttpResponse:
    found = queries.of_issue(issue, request.staff).select_related("kind", "place")
    latest = found.order_by("-received_at", "-id")
    rows = list(latest.defer("text", "place__boundary", "place__also", "kind__keywords")[:SHOWN])
    may_open = rules.may_open_joint(request.staff, issue) and not (
        issue.joint and not issue.joint.is_ended
    )
    if may_open and form is None:
        form = JointForm(kinds=queries.kinds_of(issue, now()))
    said = {
        "one": drawn(issue),
        "issue": issue,
        "rows": [(row, words.tone(row.state), words.state_icon(row.state)) for row in rows],
        "joint": issue.joint,
        "form": form,
        "may_open": may_open,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render(request, "insight/show.html", said, status=status)
