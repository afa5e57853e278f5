"""What waits for whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.petitions import queries, rules
from gongzhi.petitions.pages.drawing import drawn

PILES = {
    "forward": _("To forward"),
    "objections": _("Objections"),
    "notify": _("To accept"),
    "decide": _("To decide"),
    "serve": _("To hand over"),
    "extensions": _("More time asked"),
    "reviews": _("Reviews"),
    "late": _("Late"),
    "all": _("All in hand"),
}
EMPTY = {
    "forward": _("What comes in stands here until you forward it: within 15 days."),
    "objections": _("Where an office says that it is not its duty, you rule here."),
    "notify": _("What was forwarded to your office stands here until the petitioner is told."),
    "decide": _("What your office accepted stands here until it decides: within 60 days."),
    "serve": _("What your office answered stands here until it has reached the petitioner."),
    "extensions": _("Where your office asks for more time, its head decides here."),
    "reviews": _("What your office is asked to review stands here: within 30 days."),
    "late": _("Nothing that you have is late."),
    "all": _("Every petition that your office has or keeps stands here until it ends."),
}


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show one pile: by itself the first that holds something; no word of a petition, nobody's name."""
    at, me = now(), request.staff
    counts = queries.counts(me, at)
    wanted = request.GET.get("pile", "")
    first = next((name for name, n in counts.items() if n), "all")
    pile = wanted if wanted in PILES else first
    context = {
        "piles": [(name, label, counts.get(name)) for name, label in PILES.items()],
        "pile": pile,
        "pile_label": PILES[pile],
        "empty": EMPTY[pile],
        "rows": drawn(queries.rows(queries.pile(pile, me, at)), at),
        "may_receive": bool(rules.receiving(me)),
        "may_register": rules.may_register(me),
        "may_file": rules.may_file(me),
        "may_answer_all": bool(me.offices()),
    }
    return render(request, "petitions/index.html", context)
