"""What is said of orders of authorities."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.demands.states import Notice, State

NOTICED: dict[str, Promise] = {
    "demands.enter": _("an authority orders to hand something over: check ground and scope"),
    "demands.check": _("an authority's order waits for the leader's check of ground and scope"),
    "demands.approve": _("an authority's order is approved and can be carried out"),
    "demands.refuse": _("an authority's order was refused"),
    "demands.narrow": _("an authority's order was narrowed: check it again"),
    "demands.review": _("a person is soon told what was handed over, unless it is put off again"),
}
WORK = ("demands.enter", "demands.check", "demands.approve", "demands.narrow", "demands.review")
LETTERS: dict[str, Promise] = {
    "demands_tell": _(
        "On the written order of an authority something of your matter %(number)s was handed over. What, to "
        "whom and on which ground you read here: %(where)s"
    ),
}
TONES: dict[str, str] = {
    State.ENTERED: "waiting",
    State.CHECKED: "hand",
    State.APPROVED: "soon",
    State.HANDED: "done",
    State.REFUSED: "closed",
    State.WITHDRAWN: "closed",
    Notice.DEFERRED: "soon",
    Notice.TOLD: "done",
}
STORY: dict[str, Promise] = {
    "demand.enter": _("Entered"),
    "demand.check": _("Ground and scope checked by the data officer"),
    "demand.approve": _("Ground and scope checked and approved by the leader"),
    "demand.narrow": _("Narrowed"),
    "demand.refuse": _("Refused"),
    "demand.withdraw": _("Taken back by the authority"),
    "demand.hand_over": _("Handed over"),
    "demand.fetch": _("Written to a file"),
    "demand.tell": _("The person was told"),
    "demand.prolong": _("Telling the person was put off again"),
    "demand.forget": _("What it said was erased with the matter"),
}
