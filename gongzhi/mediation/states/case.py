"""The lifecycle of a case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, STORED, Lifecycle, Move


class State(models.TextChoices):
    """Of a case."""

    APPLIED = "applied", _("applied for")
    INVITED = "invited", _("the parties are asked")
    READY = "ready", _("all consent")
    ASSIGNED = "assigned", _("mediator named")
    MEDIATING = "mediating", _("in mediation")
    AGREED = "agreed", _("agreement in force")
    ENDED = "ended", _("at its end")
    ARCHIVED = "archived", _("archived")
    ERASED = "erased", _("erased")


class Result(models.TextChoices):
    """How a case ended."""

    PERFORMED = "performed", _("agreed and performed")
    UNPERFORMED = "unperformed", _("agreed, not performed")
    NOT_SETTLED = "not_settled", _("no agreement was reached")
    REFUSED = "refused", _("a party did not consent")
    REVOKED = "revoked", _("a party took its consent back")
    DECLINED = "declined", _("nothing that can be mediated")
    WITHDRAWN = "withdrawn", _("the application was withdrawn")


class Consent(models.TextChoices):
    """Where a party stands."""

    ASKED = "asked", _("has not answered")
    GIVEN = "given", _("consents")
    REFUSED = "refused", _("does not consent")
    REVOKED = "revoked", _("took the consent back")


BEFORE = frozenset({State.APPLIED, State.INVITED, State.READY, State.ASSIGNED})
OPEN = BEFORE | {State.MEDIATING}

BY_PARTIES = (
    "consent",
    "refuse",
    "revoke",
    "withdraw",
    "choose",
    "challenge",
    "allow_longer",
)
RECORDED = ("consent", "refuse", "revoke")  # also by a clerk, who writes down what a party said
NAMED = frozenset({State.ASSIGNED, State.MEDIATING})
OVER = frozenset({State.ENDED, State.ARCHIVED, State.ERASED})
UNSEALED = frozenset(State) - OVER | {State.ENDED}  # an archive is read by an opening alone
ONLY_COMMITTEE = _("Only the committee that has the case may do this.")
ONLY_HEAD = _("Only the head of the committee may do this.")
ONLY_MEDIATOR = _("Only the mediator of this case may do this.")
ONLY_PARTY = _("Only a party of this case may do this.")
ONLY_CLOCK = _("This follows by itself, once its day has come.")
ONLY_APPLICANT = _("Only who applied may do this.")

CASE = Lifecycle(
    initial=State.APPLIED,
    states=State,
    moves=(
        Move(
            "invite", frozenset({State.APPLIED}), State.INVITED, _("Ask the others"), ONLY_COMMITTEE
        ),
        Move(
            "decline",
            frozenset({State.APPLIED, State.INVITED, State.READY}),
            State.ENDED,
            _("Decline"),
            ONLY_COMMITTEE,
        ),
        Move("admit", frozenset({State.INVITED}), SAME, _("Add a party"), ONLY_COMMITTEE),
        # The last consent makes the case ready.
        Move("consent", frozenset({State.INVITED}), STORED, _("I consent"), ONLY_PARTY),
        Move("refuse", frozenset({State.INVITED}), State.ENDED, _("I do not consent"), ONLY_PARTY),
        Move(
            "revoke",
            frozenset({State.INVITED, State.READY, *NAMED}),
            State.ENDED,
            _("Take my consent back"),
            ONLY_PARTY,
        ),
        Move("withdraw", BEFORE, State.ENDED, _("Withdraw the application"), ONLY_APPLICANT),
        Move(
            "choose",
            frozenset({State.INVITED, State.READY}),
            SAME,
            _("Choose a mediator"),
            ONLY_PARTY,
        ),
        Move(
            "assign",
            frozenset({State.READY}),
            State.ASSIGNED,
            _("Name the mediator"),
            ONLY_COMMITTEE,
        ),
        # Whoever declares a tie is the mediator no more.
        Move("declare", frozenset({State.ASSIGNED}), STORED, _("Declare your ties"), ONLY_MEDIATOR),
        # Where there are several mediators, the others go on.
        Move("challenge", NAMED, STORED, _("Object to the mediator"), ONLY_PARTY),
        Move("step_down", NAMED, STORED, _("Step down"), ONLY_MEDIATOR),
        Move("relieve", NAMED, STORED, _("Relieve the mediator"), ONLY_HEAD),
        Move("begin", frozenset({State.ASSIGNED}), State.MEDIATING, _("Begin"), ONLY_MEDIATOR),
        Move(
            "allow_longer",
            frozenset({State.MEDIATING}),
            SAME,
            _("Agree to go on beyond the term"),
            ONLY_PARTY,
        ),
        Move(
            "prolong", frozenset({State.MEDIATING}), SAME, _("Go on beyond the term"), ONLY_MEDIATOR
        ),
        Move(
            "settle",
            frozenset({State.MEDIATING}),
            State.AGREED,
            _("Agreement in force"),
            ONLY_MEDIATOR,
        ),
        Move("fail", frozenset({State.MEDIATING}), State.ENDED, _("No agreement"), ONLY_MEDIATOR),
        Move("close", frozenset({State.AGREED}), State.ENDED, _("Close the case"), ONLY_COMMITTEE),
        Move("archive", frozenset({State.ENDED}), State.ARCHIVED, _("Archive"), ONLY_COMMITTEE),
        Move("erase", frozenset({State.ARCHIVED}), State.ERASED, _("Erase"), ONLY_CLOCK),
    ),
)
