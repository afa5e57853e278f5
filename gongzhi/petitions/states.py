"""The lifecycle of a petition, by the regulation on petitions (信访工作条例, 2022) arts. 22-36."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, STORED, Lifecycle, Move


class Sort(models.TextChoices):
    """What somebody comes with: arts. 29 to 31 part them, and each is dealt with in its own way."""

    CLAIM = "claim", _("a request or grievance")
    SUGGESTION = "suggestion", _("a suggestion or opinion")
    DENUNCIATION = "denunciation", _("a report of wrongdoing")


class Way(models.TextChoices):
    """By which way it came (art. 17)."""

    WEB = "web", _("online")
    LETTER = "letter", _("letter")
    TELEPHONE = "telephone", _("telephone")
    VISIT = "visit", _("in person")
    PROXY = "proxy", _("filed by a proxy")


class Instance(models.TextChoices):
    HANDLE = "handle", _("handling")
    REVIEW = "review", _("review")
    FINAL = "final", _("final review")


class Result(models.TextChoices):
    """What an opinion may say (art. 32)."""

    SUPPORT = "support", _("supported")
    EXPLAIN = "explain", _("reasonable, but without ground in law: explained")
    REJECT = "reject", _("not supported")


class Served(models.TextChoices):
    """How a written answer reached the petitioner, whose time to ask for a review runs from then."""

    PERSON = "person", _("handed over in person, and signed for")
    POST = "post", _("delivered by post")
    PAGE = "page", _("read on the page with the receipt code")


class Part(models.TextChoices):
    """As what somebody is of a petition; the role of a `parties.models.Party`."""

    PETITIONER = "petitioner", _("petitioner")
    PROXY = "proxy", _("proxy")
    REPRESENTATIVE = "representative", _("representative")
    SIGNER = "signer", _("joint signer")


class State(models.TextChoices):
    REGISTERED = "registered", _("registered")
    RECEIVED = "received", _("received by the organ itself")
    FORWARDED = "forwarded", _("forwarded to an organ")
    OBJECTED = "objected", _("the organ objects")
    ACCEPTED = "accepted", _("being dealt with")
    DECIDED = "decided", _("opinion given")
    IN_REVIEW = "in_review", _("under review")
    REVIEWED = "reviewed", _("reviewed")
    IN_FINAL = "in_final", _("under final review")
    HEARING = "hearing", _("hearing")
    FINAL = "final", _("final opinion given")
    REPLIED = "replied", _("replied to")
    CLOSED = "closed", _("ended: no review was asked for")
    ROUTED = "routed", _("led to another procedure")
    DECLINED = "declined", _("not accepted")
    LINKED = "linked", _("in hand under another number")
    WITHDRAWN = "withdrawn", _("taken back")


class VisitState(models.TextChoices):
    """Of a slot booked on a reception day."""

    BOOKED = "booked", _("booked")
    CANCELLED = "cancelled", _("cancelled")
    MISSED = "missed", _("did not come")
    HEARD = "heard", _("was received")
    PROMISED = "promised", _("something was promised")
    KEPT = "kept", _("the promise was kept")


class Longer(models.TextChoices):
    """Why more time is needed; words about the case itself are sealed and stand in no clock."""

    FACTS = "facts", _("The facts are complex and still being established.")
    EXPERT = "expert", _("An expert opinion or a measurement is awaited.")
    RECORDS = "records", _("Records of other bodies are awaited.")
    HEARING = "hearing", _("A hearing is held.")


LIVE = frozenset(
    {
        State.REGISTERED,
        State.RECEIVED,
        State.FORWARDED,
        State.OBJECTED,
        State.ACCEPTED,
        State.DECIDED,
        State.IN_REVIEW,
        State.REVIEWED,
        State.IN_FINAL,
        State.HEARING,
    }
)
# The office that has it has to hear the petitioner, or took it from their own hand.
UNDERWAY = frozenset(
    {State.RECEIVED, State.ACCEPTED, State.IN_REVIEW, State.IN_FINAL, State.HEARING}
)
# In which state each instance works, and holds a hearing (art. 31 no. 6, art. 36).
HEARD_IN: dict[str, str] = {
    Instance.HANDLE: State.ACCEPTED,
    Instance.REVIEW: State.IN_REVIEW,
    Instance.FINAL: State.IN_FINAL,
}
HANDLED = frozenset({State.ACCEPTED, State.HEARING})
ANSWERED = frozenset({State.DECIDED, State.REVIEWED})  # a review of it can be asked for
TO_ACCEPT = frozenset({State.RECEIVED, State.FORWARDED})

ONLY_KEEPER = _("Only the petition office that keeps this petition may do this.")
ONLY_ORGAN = _("Only the office that has this petition now may do this.")
ONLY_HEAD = _("Only the head of the office that has this petition may decide this.")
ONLY_OTHERS = _(
    "Only the office above may do this, and nobody who decided about this petition before."
)
ONLY_HEARING = _(
    "Only the office that has this petition now may do this, and nobody who decided about it before."
)
ONLY_SERVER = _(
    "Only the office that gave the answer, or the petition office, may record how it arrived."
)
ONLY_PETITIONER = _("Only who raised this petition may do this.")
ONLY_PEOPLE = _("Only who raised this petition, or the petition office, may do this.")
ONLY_RECEPTION = _("Only the petition office that arranges this reception day may do this.")
ONLY_VISITOR = _("Only who booked this time may do this.")
ONLY_SYSTEM = _("This happens by itself when the time has run out.")

PETITION = Lifecycle(
    initial=State.REGISTERED,
    others=(State.RECEIVED,),
    states=State,
    moves=(
        Move(
            "forward",
            frozenset({State.REGISTERED}),
            State.FORWARDED,
            _("Forward to an organ"),
            ONLY_KEEPER,
            "f",
        ),
        Move(
            "accept",
            TO_ACCEPT,
            State.ACCEPTED,
            _("Accept, and tell the petitioner"),
            ONLY_ORGAN,
            "a",
        ),
        Move(
            "decide",
            frozenset({State.ACCEPTED}),
            State.DECIDED,
            _("Give the written opinion"),
            ONLY_ORGAN,
            "d",
        ),
        Move("reply", frozenset({State.ACCEPTED}), State.REPLIED, _("Reply"), ONLY_ORGAN, "r"),
        Move(
            "review",
            frozenset({State.IN_REVIEW}),
            State.REVIEWED,
            _("Give the review opinion"),
            ONLY_OTHERS,
            "d",
        ),
        Move(
            "finalize",
            frozenset({State.IN_FINAL}),
            State.FINAL,
            _("Give the final opinion"),
            ONLY_OTHERS,
            "d",
        ),
        Move(
            "uphold",
            frozenset({State.OBJECTED}),
            State.REGISTERED,
            _("Agree: take it back"),
            ONLY_KEEPER,
        ),
        Move(
            "recall_from",
            TO_ACCEPT | HANDLED,
            State.REGISTERED,
            _("Take it back from the office"),
            ONLY_KEEPER,
        ),
        Move(
            "dismiss",
            frozenset({State.OBJECTED}),
            State.FORWARDED,
            _("Dismiss the objection"),
            ONLY_KEEPER,
        ),
        Move(
            "object",
            frozenset({State.FORWARDED}),
            State.OBJECTED,
            _("Object: it is not our duty"),
            ONLY_ORGAN,
        ),
        Move(
            "pass_down",
            frozenset({State.RECEIVED}),
            State.FORWARDED,
            _("Pass it to an office below"),
            ONLY_ORGAN,
        ),
        Move("ask", UNDERWAY, SAME, _("Ask the petitioner something"), ONLY_ORGAN),
        Move("extend", HANDLED, SAME, _("Ask for more time"), ONLY_ORGAN),
        Move("grant", HANDLED, SAME, _("Approve more time"), ONLY_HEAD),
        Move("deny", HANDLED, SAME, _("Deny more time"), ONLY_HEAD),
        Move(
            "start_hearing",
            frozenset(HEARD_IN.values()),
            State.HEARING,
            _("Open a hearing"),
            ONLY_HEARING,
        ),
        Move(
            "end_hearing",
            frozenset({State.HEARING}),
            STORED,
            _("Close the hearing"),
            ONLY_HEARING,
        ),
        Move(
            "route",
            TO_ACCEPT | {State.REGISTERED, State.ACCEPTED},
            State.ROUTED,
            _("Lead to another procedure"),
            ONLY_ORGAN,
        ),
        Move(
            "decline",
            TO_ACCEPT | {State.REGISTERED},
            State.DECLINED,
            _("Do not accept"),
            ONLY_ORGAN,
        ),
        Move(
            "link",
            frozenset({State.REGISTERED}),
            State.LINKED,
            _("It is in hand under another number"),
            ONLY_KEEPER,
        ),
        Move(
            "keep_from",
            LIVE,
            STORED,
            _("Keep it from the office it is about"),
            ONLY_KEEPER,
        ),
        Move(
            "step_aside",
            LIVE,
            SAME,
            _("Step aside: I am concerned myself"),
            _("Only who works on this petition may step aside from it."),
        ),
        Move("serve", ANSWERED, SAME, _("Record that the answer arrived"), ONLY_SERVER),
        Move(
            "ask_review",
            frozenset({State.DECIDED}),
            State.IN_REVIEW,
            _("Ask for a review"),
            ONLY_PEOPLE,
        ),
        Move(
            "ask_final",
            frozenset({State.REVIEWED}),
            State.IN_FINAL,
            _("Ask for the final review"),
            ONLY_PEOPLE,
        ),
        Move(
            "contest",
            frozenset({State.DECIDED}),
            State.ACCEPTED,
            _("This does not answer my case"),
            ONLY_PETITIONER,
        ),
        Move("add", LIVE, SAME, _("Add something"), ONLY_PETITIONER),
        Move("agree_to_name", LIVE, SAME, _("Let the organ know who I am"), ONLY_PETITIONER),
        Move("share", LIVE, SAME, _("Let others sign with me"), ONLY_PETITIONER),
        Move("withdraw", LIVE, State.WITHDRAWN, _("Take the petition back"), ONLY_PETITIONER),
        Move(
            "lapse",
            frozenset({State.DECIDED, State.REVIEWED}),
            State.CLOSED,
            _("End after the time to ask for a review"),
            ONLY_SYSTEM,
        ),
    ),
)
OF_PEOPLE = frozenset(
    {"ask_review", "ask_final", "contest", "add", "agree_to_name", "share", "withdraw"}
)

VISIT = Lifecycle(
    initial=VisitState.BOOKED,
    states=VisitState,
    moves=(
        Move("come", frozenset({VisitState.BOOKED}), STORED, _("Was received"), ONLY_RECEPTION),
        Move(
            "miss",
            frozenset({VisitState.BOOKED}),
            VisitState.MISSED,
            _("Did not come"),
            ONLY_RECEPTION,
        ),
        Move(
            "keep",
            frozenset({VisitState.PROMISED}),
            VisitState.KEPT,
            _("The promise was kept"),
            ONLY_RECEPTION,
        ),
        Move(
            "cancel",
            frozenset({VisitState.BOOKED}),
            VisitState.CANCELLED,
            _("Cancel"),
            ONLY_VISITOR,
        ),
    ),
)
