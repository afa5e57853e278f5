"""What an authority may ask for, the course of its order, and of the notice that a law forbids for a time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.base.moves import SAME, Lifecycle, Move


class Authority(models.TextChoices):
    """What sort of authority a law lets demand something."""

    POLICE = "police", _("public security organ")
    SECURITY = "security", _("state security organ")
    PROCURATORATE = "procuratorate", _("procuratorate")
    COURT = "court", _("court")
    SUPERVISION = "supervision", _("supervisory commission")
    OTHER = "other", _("another authority that a law names")


class Part(models.TextChoices):
    """What of one matter can be handed over, each by itself."""

    CONTACT = "contact", _("how the person is reached")
    WORDS = "words", _("what was raised, with place and times")
    MESSAGES = "messages", _("what was said to the person and by them")
    ANSWERS = "answers", _("what offices answered")
    FILES = "files", _("photos and files")


class State(models.TextChoices):
    ENTERED = "entered", pgettext_lazy("order", "entered")
    CHECKED = "checked", _("checked by the data officer")
    APPROVED = "approved", pgettext_lazy("order", "approved by the leader")
    HANDED = "handed", pgettext_lazy("order", "handed over")
    REFUSED = "refused", pgettext_lazy("order", "refused")
    WITHDRAWN = "withdrawn", _("taken back by the authority")


class Notice(models.TextChoices):
    DEFERRED = "deferred", _("not told yet")
    TOLD = "told", _("told")


OPEN = frozenset({State.ENTERED, State.CHECKED, State.APPROVED})
UNDECIDED = frozenset({State.ENTERED, State.CHECKED})
ONLY_OFFICER = _("Only the data officer of the place may do this.")
ONLY_LEADER = _(
    "Only the leader of the place may do this, and somebody else than who checked it as data officer."
)
ONLY_BOTH = _("Only the data officer or the leader of the place may do this.")

DEMAND = Lifecycle(
    initial=State.ENTERED,
    states=State,
    moves=(
        Move(
            "check",
            frozenset({State.ENTERED}),
            State.CHECKED,
            _("Ground and scope are in order"),
            ONLY_OFFICER,
        ),
        Move(
            "approve",
            frozenset({State.CHECKED}),
            State.APPROVED,
            pgettext_lazy("order", "Approve it"),
            ONLY_LEADER,
        ),
        Move("narrow", UNDECIDED, State.ENTERED, _("Narrow it"), ONLY_BOTH),
        Move(
            "refuse",
            UNDECIDED,
            State.REFUSED,
            pgettext_lazy("order", "Refuse, with the reason"),
            ONLY_BOTH,
        ),
        Move(
            "hand_over",
            frozenset({State.APPROVED}),
            State.HANDED,
            pgettext_lazy("order", "Hand it over"),
            ONLY_OFFICER,
        ),
        Move("withdraw", OPEN, State.WITHDRAWN, _("The authority takes it back"), ONLY_OFFICER),
    ),
)
DEFERRAL = Lifecycle(
    initial=Notice.DEFERRED,
    states=Notice,
    moves=(
        Move("prolong", frozenset({Notice.DEFERRED}), SAME, _("Put it off again"), ONLY_LEADER),
        Move(
            "tell", frozenset({Notice.DEFERRED}), Notice.TOLD, _("Tell the person now"), ONLY_BOTH
        ),
    ),
)
