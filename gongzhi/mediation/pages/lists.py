"""What waits: pile by pile."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Office, Role
from gongzhi.mediation import queries, rules
from gongzhi.mediation.pages.drawing import mark

NAMES = {
    "mine": gettext_lazy("Mine as mediator"),
    "new": gettext_lazy("New"),
    "consent": gettext_lazy("Waiting for consent"),
    "assign": gettext_lazy("To name a mediator"),
    "term": gettext_lazy("Term runs out"),
    "open": gettext_lazy("With a mediator"),
    "ended": gettext_lazy("At their end"),
}


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show one pile: by itself the first that holds something."""
    at, me = now(), request.staff
    may_take_in = any(rules.may_take_in(me, held.path) for held in me.posts)
    mine = rules.committees(me, Role.HEAD, Role.HANDLER, Role.MEDIATOR)
    keeps = list(Office.objects.filter(pk__in=mine, duty__in=queries.DUTIES))
    if not keeps and not may_take_in and not me.is_administrator():
        raise PermissionDenied(_("Mediation is for the committees, and for who takes in matters."))
    counts = queries.counts(me, at)
    first = next((name for name, n in counts.items() if n), "new")
    pile = request.GET.get("pile", "")
    pile = pile if pile in NAMES else first
    rows = queries.pile(pile, me, at)
    lists = Office.objects.filter(duty__in=queries.DUTIES) if me.is_administrator() else keeps
    context = {
        "piles": [(name, label, counts.get(name)) for name, label in NAMES.items()],
        "pile": pile,
        "pile_label": NAMES[pile],
        "rows": [(row, mark(row)) for row in rows],
        "may_take_in": may_take_in,
        "rosters": [one for one in lists if rules.may_list(me, one.pk)],
    }
    return render(request, "mediation/index.html", context)
