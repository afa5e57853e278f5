"""Rules of time: versions are added, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.deadlines import actions
from gongzhi.deadlines.models import Rule, Verified, in_language
from gongzhi.deadlines.queries import rule_on
from gongzhi.manage import queries
from gongzhi.manage.forms import NewRuleForm, RuleForm
from gongzhi.manage.rules import administrators_only
from gongzhi.manage.words import limit_words, more_words


@dataclass(frozen=True, slots=True)
class Told:
    """A version of a rule as a page tells it, in the reader's language."""

    rule: Rule

    @property
    def limit(self) -> str:
        return limit_words(self.rule)

    @property
    def more(self) -> str:
        return more_words(self.rule)

    @property
    def trigger(self) -> str:
        return in_language(self.rule, "trigger")

    @property
    def approver(self) -> str:
        return in_language(self.rule, "approver")

    @property
    def note(self) -> str:
        return in_language(self.rule, "note")

    @property
    def is_checked(self) -> bool:
        """Return whether it was read in the text of the law, or is our own."""
        return self.rule.verified in (Verified.TEXT, Verified.OWN)


@require_safe
@administrators_only
def rules(request: SignedIn) -> HttpResponse:
    """Show the rules by law: those that hold, to come, and ended."""
    today = localdate()
    laws: dict[str, list[Told]] = {}
    for rule in queries.rulebook(today):
        laws.setdefault(rule.law, []).append(Told(rule))
    said = {"laws": laws, "n": sum(map(len, laws.values())), "today": today}
    return render(request, "manage/rules.html", said)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add_rule(request: SignedIn) -> HttpResponse:
    """Add a rule of one's own, or of a law that is not there yet."""
    form = NewRuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rule = actions.add_rule(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The rule is there."))
            return redirect("manage:rule", rule.code)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def rule(request: SignedIn, code: str) -> HttpResponse:
    """Show a rule with its versions, and add the next."""
    versions = list(queries.versions(code))
    if not versions:
        raise Http404
    form = RuleForm(request.POST or None, last=versions[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_rule(code, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(
                request, _("The new version is there. Running clocks keep the one they have.")
            )
            return redirect("manage:rule", code)
    return _form(request, form, versions)


@require_POST
@administrators_only
def move_clocks(request: SignedIn, code: str) -> HttpResponse:
    """Have every clock that runs by an older version moved to the one that holds today."""
    today = rule_on(code, localdate())
    if today is None:
        raise Http404
    actions.begin_moving(today, by=request.staff, at=now())
    messages.success(
        request,
        _(
            "The clocks are being moved. Each history tells both dates; whoever works on it is told."
        ),
    )
    return redirect("manage:rule", code)


def _form(request: SignedIn, form: RuleForm, versions: list[Rule] | None = None) -> HttpResponse:
    said = {
        "form": form,
        "versions": [Told(one) for one in versions or []],
        "running": queries.running_under(versions[0], localdate()) if versions else None,
        "today": localdate(),
        "english": (get_language() or "").startswith("en"),
    }
    return render(request, "manage/rule.html", said, status=422 if form.errors else 200)
