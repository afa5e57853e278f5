"""The lifecycle of a matter: GB/T 30428's stages as one table, with what no peer has."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, STORED, Lifecycle, Move


class State(models.TextChoices):
    RECEIVED = "received", _("received")
    ACCEPTED = "accepted", _("accepted")
    DISPATCHED = "dispatched", _("sent to an office")
    HANDLING = "handling", _("being handled")
    ANSWERED = "answered", _("answered, to be checked")
    RESOLVED = "resolved", _("checked, you are asked")
    CLOSED = "closed", _("closed")
    REFUSED = "refused", _("not accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")
    MERGED = "merged", _("joined to another matter")
    DEFERRED = "deferred", _("deferred")
    FORCED = "forced", _("closed by order, not solved")


class TaskState(models.TextChoices):
    GIVEN = "given", _("given")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    DONE = "done", _("done")
    RETURNED = "returned", _("returned")


class RulingState(models.TextChoices):
    """Of an objection or an extension: somebody asks, somebody else rules."""

    ASKED = "asked", _("asked")
    UPHELD = "upheld", _("granted")
    DISMISSED = "dismissed", _("dismissed")


class SupervisionState(models.TextChoices):
    """Of a supervision: a supervisor orders, the office reports, the supervisor lifts or insists."""

    ORDERED = "ordered", _("ordered")
    REPORTED = "reported", _("reported")
    LIFTED = "lifted", _("lifted")


class ExclusionState(models.TextChoices):
    """Of an exclusion from the rates: claimed with a reason, then reviewed."""

    CLAIMED = "claimed", _("to be reviewed")
    UPHELD = "upheld", _("upheld")
    OVERTURNED = "overturned", _("overturned: it counts")


S = State
T = TaskState
OPEN = frozenset({S.RECEIVED, S.ACCEPTED, S.DISPATCHED, S.HANDLING, S.ANSWERED, S.DEFERRED})
WITH_OFFICE = frozenset({S.DISPATCHED, S.HANDLING})
ENDED = frozenset({S.CLOSED, S.REFUSED, S.WITHDRAWN, S.MERGED, S.FORCED})
SORTING = frozenset({S.RECEIVED, S.ACCEPTED})
BEGUN = OPEN - {S.RECEIVED}
UNDERWAY = frozenset({S.ACCEPTED, S.DISPATCHED, S.HANDLING})
TASK_OPEN = [T.GIVEN, T.ACKNOWLEDGED]

ONLY_ACCEPTOR = _("Only an acceptor of this place may do this.")
ONLY_DISPATCHER = _("Only a dispatcher of this place may do this.")
ONLY_OFFICE = _("Only the office that has the matter may do this.")
ONLY_CO_OFFICE = _("Only an office that works on it beside the lead may do this.")
ONLY_DESK = _("Only a grid worker, an acceptor or a dispatcher who holds it may do this.")
ONLY_INSPECTOR = _("Only an inspector outside the office that handled it may do this.")
ONLY_REQUESTER = _("Only the person who raised it may do this, with the receipt code.")
ONLY_SORTER = _("Only an acceptor or a dispatcher of this place may do this.")
ONLY_SUPERVISOR = _("Only a supervisor of this place may do this.")
ONLY_URGER = _("Only a dispatcher or a supervisor of this place may do this.")
ONLY_REVIEWER = _(
    "Only a supervisor of this place, of no office on it and who did not claim it, may do this."
)
ONLY_STAFF = _("Only those who work on this matter may do this.")
ONLY_GRID = _("Only a grid worker of this place may do this.")

MATTER = Lifecycle(
    initial=S.RECEIVED,
    states=State,
    moves=(
        Move("accept", frozenset({S.RECEIVED}), S.ACCEPTED, _("Accept"), ONLY_ACCEPTOR, "a"),
        Move("refuse", frozenset({S.RECEIVED}), S.REFUSED, _("Do not accept"), ONLY_ACCEPTOR, "x"),
        Move("sort", SORTING, SAME, _("Change the kind"), ONLY_SORTER, "c"),
        Move("relocate", SORTING, SAME, _("Change the place"), ONLY_SORTER),
        Move("about", SORTING, SAME, _("It is about an office or its staff"), ONLY_SORTER),
        Move("keep_from", OPEN | {S.RESOLVED}, SAME, _("Keep it from a colleague"), ONLY_SORTER),
        Move("escalate", SORTING | WITH_OFFICE, SAME, _("Hand up"), ONLY_DESK, "h"),
        Move("assign", SORTING, SAME, _("Hand down"), ONLY_SORTER),
        Move("merge", SORTING, S.MERGED, _("Join to another matter"), ONLY_SORTER, "m"),
        Move("unmerge", frozenset({S.MERGED}), STORED, _("Part it from the other"), ONLY_SORTER),
        Move("split", UNDERWAY, SAME, _("Split off a part"), ONLY_DISPATCHER),
        Move("settle", SORTING, S.ANSWERED, _("Settle on the spot"), ONLY_GRID),
        Move(
            "dispatch", frozenset({S.ACCEPTED}), S.DISPATCHED, _("Dispatch"), ONLY_DISPATCHER, "d"
        ),
        Move(
            "acknowledge",
            frozenset({S.DISPATCHED}),
            S.HANDLING,
            _("Acknowledge"),
            ONLY_OFFICE,
            "k",
        ),
        Move("object", frozenset({S.DISPATCHED}), SAME, _("Object: not our duty"), ONLY_OFFICE),
        Move(
            "dismiss", frozenset({S.DISPATCHED}), SAME, _("Dismiss the objection"), ONLY_DISPATCHER
        ),
        Move("send_back", WITH_OFFICE, S.ACCEPTED, _("Take back from the office"), ONLY_DISPATCHER),
        Move("involve", WITH_OFFICE, SAME, _("Involve another office"), ONLY_DISPATCHER),
        Move("take_over", WITH_OFFICE, S.HANDLING, _("Take the lead over"), ONLY_CO_OFFICE),
        Move("handle", frozenset({S.HANDLING}), SAME, _("Record progress"), ONLY_OFFICE, "p"),
        Move("ask", UNDERWAY, SAME, _("Ask the requester"), ONLY_STAFF),
        Move("extend", frozenset({S.HANDLING}), SAME, _("Ask for more time"), ONLY_OFFICE),
        Move("grant", frozenset({S.HANDLING}), SAME, _("Grant more time"), ONLY_SUPERVISOR),
        Move("deny", frozenset({S.HANDLING}), SAME, _("Deny more time"), ONLY_SUPERVISOR),
        Move(
            "defer",
            frozenset({S.ACCEPTED, S.HANDLING}),
            S.DEFERRED,
            _("Defer openly"),
            ONLY_SUPERVISOR,
        ),
        Move("resume", frozenset({S.DEFERRED}), STORED, _("Resume"), ONLY_SUPERVISOR),
        Move("urge", BEGUN - {S.DEFERRED}, SAME, _("Urge"), ONLY_URGER, "e"),
        Move("supervise", BEGUN, SAME, _("Supervise"), ONLY_SUPERVISOR),
        Move("report", BEGUN | {S.RESOLVED}, SAME, _("Report to the supervisor"), ONLY_OFFICE),
        Move("insist", BEGUN, SAME, _("Order anew"), ONLY_SUPERVISOR),
        Move(
            "lift",
            frozenset(S) - {S.RECEIVED},
            SAME,
            _("Lift the supervision"),
            ONLY_SUPERVISOR,
        ),
        Move("force_close", BEGUN, S.FORCED, _("Close by order"), ONLY_SUPERVISOR),
        Move("answer", frozenset({S.HANDLING}), S.ANSWERED, _("Answer"), ONLY_OFFICE, "r"),
        Move(
            "inspect",
            frozenset({S.ANSWERED}),
            S.RESOLVED,
            _("Passed the check"),
            ONLY_INSPECTOR,
            "i",
        ),
        Move("rework", frozenset({S.ANSWERED}), STORED, _("Order rework"), ONLY_INSPECTOR),
        Move("follow_up", frozenset({S.RESOLVED}), SAME, _("Record a call back"), ONLY_SORTER, "f"),
        Move("close", frozenset({S.RESOLVED}), S.CLOSED, _("Close it"), ONLY_SORTER, "z"),
        Move("redact", frozenset(S), SAME, _("Cover parts of a photo"), ONLY_STAFF),
        Move("note", OPEN | {S.RESOLVED}, SAME, _("Write a note"), ONLY_STAFF, "n"),
        Move("add", OPEN | {S.RESOLVED}, SAME, _("Add something"), ONLY_REQUESTER),
        Move("rate", frozenset({S.RESOLVED}), S.CLOSED, _("It is solved"), ONLY_REQUESTER),
        Move(
            "reopen",
            frozenset({S.RESOLVED, S.CLOSED, S.FORCED}),
            STORED,
            _("It is not solved"),
            ONLY_REQUESTER,
        ),
        Move("judge", frozenset({S.MERGED}), SAME, _("Say whether it is solved"), ONLY_REQUESTER),
        Move("withdraw", OPEN, S.WITHDRAWN, _("Withdraw"), ONLY_REQUESTER),
        Move("restore", frozenset({S.WITHDRAWN}), STORED, _("Undo the withdrawal"), ONLY_REQUESTER),
    ),
)

# The task of a co-office; the lead's goes with the matter.
TASK = Lifecycle(
    initial=T.GIVEN,
    states=TaskState,
    moves=(
        Move("take", frozenset({T.GIVEN}), T.ACKNOWLEDGED, _("Take it on"), ONLY_CO_OFFICE, "t"),
        Move(
            "decline", frozenset({T.GIVEN}), SAME, _("Decline: not our duty"), ONLY_CO_OFFICE, "l"
        ),
        Move("bind", frozenset({T.GIVEN}), SAME, _("It is their duty"), ONLY_DISPATCHER),
        Move("release", frozenset(TASK_OPEN), T.RETURNED, _("Release the office"), ONLY_DISPATCHER),
        Move(
            "finish",
            frozenset({T.ACKNOWLEDGED}),
            T.DONE,
            _("Our part is done"),
            ONLY_CO_OFFICE,
            "w",
        ),
    ),
)

E = ExclusionState
EXCLUSION = Lifecycle(
    initial=E.CLAIMED,
    states=ExclusionState,
    moves=(
        Move("uphold", frozenset({E.CLAIMED, E.OVERTURNED}), E.UPHELD, _("Uphold"), ONLY_REVIEWER),
        Move(
            "overturn",
            frozenset({E.CLAIMED, E.UPHELD}),
            E.OVERTURNED,
            _("Overturn"),
            ONLY_REVIEWER,
        ),
    ),
)
