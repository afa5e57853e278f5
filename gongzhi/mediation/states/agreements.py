"""The lifecycles of an agreement, of its terms and of its confirmation by a court."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, STORED, Lifecycle, Move
from gongzhi.mediation.states.case import ONLY_CLOCK, ONLY_MEDIATOR, ONLY_PARTY


class Draft(models.TextChoices):
    """Of an agreement."""

    DRAFT = "draft", _("being drafted")
    SIGNING = "signing", _("to be signed")
    IN_FORCE = "in_force", _("in effect")
    VOID = "void", _("void")


class Duty(models.TextChoices):
    """Of one term of an agreement in force."""

    DUE = "due", _("to be performed")
    PERFORMED = "performed", _("performed")
    NOT_PERFORMED = "not_performed", _("not performed")


class Court(models.TextChoices):
    """Of the judicial confirmation of an agreement."""

    POSSIBLE = "possible", _("may be applied for")
    APPLIED = "applied", _("with the court")
    ACCEPTED = "accepted", _("taken on by the court")
    CONFIRMED = "confirmed", _("confirmed by the court")
    NOT_CONFIRMED = "not_confirmed", _("not confirmed by the court")
    TURNED_AWAY = "turned_away", _("not taken on by the court")
    TAKEN_BACK = "taken_back", _("application taken back")
    RUN_OUT = "run_out", _("nobody applied in time")


WRITTEN = frozenset({Draft.DRAFT, Draft.SIGNING})
AT_COURT = frozenset({Court.APPLIED, Court.ACCEPTED})
ONLY_MEDIATOR_OR_CLERK = _("Only the mediator or the committee of this case may do this.")
ONLY_RECEIVER = _("Only who receives it may say whether it was performed.")

AGREEMENT = Lifecycle(
    initial=Draft.DRAFT,
    states=Draft,
    moves=(
        # Whoever changes a word makes every signature void.
        Move("redraft", WRITTEN, Draft.DRAFT, _("Change the draft"), ONLY_MEDIATOR),
        Move(
            "present",
            frozenset({Draft.DRAFT}),
            Draft.SIGNING,
            _("Put it before the parties"),
            ONLY_MEDIATOR,
        ),
        Move("sign", frozenset({Draft.SIGNING}), SAME, _("Sign it"), ONLY_PARTY),
        Move(
            "witness",
            frozenset({Draft.SIGNING}),
            SAME,
            _("A party signs before me"),
            ONLY_MEDIATOR,
        ),
        # The last word of an oral agreement brings it into force.
        Move("affirm", frozenset({Draft.SIGNING}), STORED, _("Yes, we agreed on this"), ONLY_PARTY),
        Move(
            "conclude",
            frozenset({Draft.SIGNING}),
            Draft.IN_FORCE,
            _("Sign for the committee"),
            ONLY_MEDIATOR,
        ),
        Move("discard", WRITTEN, Draft.VOID, _("Discard the draft"), ONLY_MEDIATOR),
    ),
)

TERM = Lifecycle(
    initial=Duty.DUE,
    states=Duty,
    moves=(
        Move(
            "receive",
            frozenset({Duty.DUE, Duty.NOT_PERFORMED}),
            Duty.PERFORMED,
            _("It was performed"),
            ONLY_RECEIVER,
        ),
        Move(
            "miss",
            frozenset({Duty.DUE}),
            Duty.NOT_PERFORMED,
            _("It was not performed"),
            ONLY_RECEIVER,
        ),
    ),
)

CONFIRMATION = Lifecycle(
    initial=Court.POSSIBLE,
    states=Court,
    moves=(
        Move("join_in", frozenset({Court.POSSIBLE}), SAME, _("I want to apply too"), ONLY_PARTY),
        Move(
            "hand_in",
            frozenset({Court.POSSIBLE}),
            Court.APPLIED,
            _("The court has it"),
            ONLY_MEDIATOR_OR_CLERK,
        ),
        Move(
            "take_on",
            frozenset({Court.APPLIED}),
            Court.ACCEPTED,
            _("The court takes it on"),
            ONLY_MEDIATOR_OR_CLERK,
        ),
        Move(
            "turn_away",
            frozenset({Court.APPLIED}),
            Court.TURNED_AWAY,
            _("The court does not take it on"),
            ONLY_MEDIATOR_OR_CLERK,
        ),
        Move(
            "lengthen",
            frozenset({Court.ACCEPTED}),
            SAME,
            _("The court takes ten days more"),
            ONLY_MEDIATOR_OR_CLERK,
        ),
        Move(
            "confirm",
            frozenset({Court.ACCEPTED}),
            Court.CONFIRMED,
            _("The court confirms it"),
            ONLY_MEDIATOR_OR_CLERK,
        ),
        Move(
            "disallow",
            frozenset({Court.ACCEPTED}),
            Court.NOT_CONFIRMED,
            _("The court does not confirm it"),
            ONLY_MEDIATOR_OR_CLERK,
        ),
        Move(
            "take_back",
            AT_COURT,
            Court.TAKEN_BACK,
            _("Take the application back"),
            ONLY_PARTY,
        ),
        Move(
            "run_out",
            frozenset({Court.POSSIBLE}),
            Court.RUN_OUT,
            _("The time ran out"),
            ONLY_CLOCK,
        ),
    ),
)
# Of an agreement and its confirmation, what its mediators press on a page of one form.
BY_MEDIATORS = (
    "present",
    "witness",
    "conclude",
    "discard",
    "hand_in",
    "take_on",
    "turn_away",
    "lengthen",
    "confirm",
    "disallow",
    "run_out",
)
