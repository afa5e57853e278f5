"""The centre's side: accept or refuse, sort, join, dispatch, and rule on what offices object to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office, User
from gongzhi.accounts.queries import house
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.clocks import due
from gongzhi.deadlines.queries import days_of, default_days
from gongzhi.matters import limits, rules
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.searching import renew
from gongzhi.matters.actions.writing import WRITER, action, change, move, promised, put
from gongzhi.matters.models import (
    Duty,
    Kind,
    Matter,
    Message,
    Objection,
    OfficeTask,
)
from gongzhi.matters.queries import complaint_kind
from gongzhi.matters.states import ENDED, RulingState, State, TaskState
from gongzhi.places.models import Place

OPEN_TASK = {"lead": True, "state__in": (TaskState.GIVEN, TaskState.ACKNOWLEDGED)}
MOST_JOINED = 200


@action
def accept(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Take the matter on formally; from now runs the time that the duty list or its kind allows.

    The row of the duty list in force now stays the matter's, whatever is listed later.
    """
    duty = _duty(matter.kind_code, matter.chain, at)
    until = due(at, limits.allowed(matter.kind, duty, urgent=matter.urgent), default_days())
    move(
        matter,
        "accept",
        by=by,
        at=at,
        facts={"duty": duty.pk.hex} if duty else {},
        duty=duty,
        accepted_at=at,
        counted_from=at,
        answer_by=until.at,
        first_answer_by=until.at,
        provisional=until.provisional,
        **limits.step_in(matter, State.ACCEPTED, at),
    )


@action
def refuse(matter: Matter, *, reason: str, remedy: str, by: Actor, at: datetime) -> None:
    """Decline with a reason and with what the requester can do instead: who is responsible."""
    told = {"reason": worded(reason, longest=500), "remedy": worded(remedy, longest=500)}
    move(matter, "refuse", by=by, at=at, told=told, ended_at=at, **limits.no_step(None))
    words = f"{told['reason']}\n{told['remedy']}"
    put(Message(matter=matter, sort=Message.Sort.TOLD, text=words, by_label=by.label, at=at))


@action
def sort(matter: Matter, *, kind: Kind, urgent: bool, by: Actor, at: datetime) -> None:
    """Give the matter another kind or urgency; the same again is refused and adds no row.

    With another kind it is no complaint about an office any more.

    :raises ValidationError: nothing would change
    """
    if (kind.pk, urgent) == (matter.kind_id, matter.urgent):
        raise ValidationError(_("It has this kind and urgency already."))
    facts = {"old": matter.kind_code, "kind": kind.code, "edition": kind.edition, "urgent": urgent}
    same = kind.code == matter.kind_code
    move(
        matter,
        "sort",
        by=by,
        at=at,
        facts=facts,
        urgent=urgent,
        about_office=matter.about_office if same else None,
        **_of_kind(matter, kind, urgent=urgent, at=at),
    )
    renew(matter)


def _of_kind(matter: Matter, kind: Kind, *, urgent: bool, at: datetime) -> dict[str, Any]:
    """Return what a kind makes of a matter; its dates too, where they are running."""
    made: dict[str, Any] = {
        "kind": kind,
        "kind_code": kind.code,
        "public": kind.public and not kind.sealed,
        "sealed": kind.sealed,
    }
    return made | _promise(matter, kind, matter.chain, urgent=urgent, at=at)


def _duty(kind_code: str, chain: str, at: datetime) -> Duty | None:
    """Return the row of the duty list in force at ``at``."""
    return WRITER.get().duty(kind_code, chain, at.astimezone(default_days().zone).date())


def _promise(
    matter: Matter, kind: Kind, chain: str, *, urgent: bool, at: datetime
) -> dict[str, Any]:
    """Return by which row an accepted matter is promised an answer, and until when."""
    if not matter.counted_from:
        return {}
    duty = _duty(kind.code, chain, at)
    until = promised(matter, limits.allowed(kind, duty, urgent=urgent))
    return {"duty": duty, "answer_by": until.at, "provisional": until.provisional}


@action
def about(matter: Matter, *, office: Office, by: Actor, at: datetime) -> None:
    """Make it a complaint about an office or its staff: kept from its house, with a clock of its own.

    :raises ValidationError: it is about this office already, or the catalogue lists no such kind
    """
    if office.pk == matter.about_office_id:
        raise ValidationError(_("It is about this office already."))
    kind = complaint_kind(at.astimezone(default_days().zone).date())
    move(
        matter,
        "about",
        by=by,
        at=at,
        facts={"old": matter.kind_code, "kind": kind.code, "edition": kind.edition},
        told={"text": office.name_zh},
        about_office=office,
        **_of_kind(matter, kind, urgent=matter.urgent, at=at),
    )
    renew(matter)


@action
def keep_from(matter: Matter, *, colleague: User, reason: str, by: Actor, at: datetime) -> None:
    """Keep the matter from a colleague whom it is about, or who is too near to it.

    :raises ValidationError: it is kept from them already, or from oneself
    """
    words, key = worded(reason, longest=500), colleague.pk.hex
    if key in matter.kept_from:
        raise ValidationError(_("It is kept from them already."))
    if colleague.pk == by.id:
        raise ValidationError(_("Ask a colleague to keep it from you: you could not undo it."))
    told = {"text": colleague.name_zh, "reason": words}
    move(matter, "keep_from", by=by, at=at, told=told, kept_from=f"{matter.kept_from}{key} ")


@action
def relocate(matter: Matter, *, place: Place, by: Actor, at: datetime) -> None:
    """Hand the matter to another place of one's own: from the district's pool, or from a wrong one.

    The number and the pin stand, which are what the requester was given and what they gave; and so
    do the dates, unless the duty list has another limit there.

    :raises ValidationError: it is there already, or that place is another's or is no more
    """
    if place.pk == matter.place_id:
        raise ValidationError(_("It is at this place already."))
    today = at.astimezone(default_days().zone).date()
    gone = place.valid_to and place.valid_to <= today
    if gone or not rules.may_relocate_to(by, place.path):
        raise ValidationError(_("Choose a place that you sort matters for."))
    facts = {"old_place": matter.place.code, "place": place.code}
    told = {"text": f"{matter.place.name_zh} → {place.name_zh}"}
    move(
        matter,
        "relocate",
        by=by,
        at=at,
        facts=facts,
        told=told,
        place=place,
        chain=place.path,
        desk=place.path,
        district=place.path.split("/", 1)[0],
        **_promise(matter, matter.kind, place.path, urgent=matter.urgent, at=at),
    )
    renew(matter)


@action
def merge(matter: Matter, *, into: Matter, by: Actor, at: datetime) -> None:
    """Join a duplicate to the matter it repeats; its requester gets every answer of that one.

    :raises ValidationError: into itself, one that has ended or is joined itself, one kept from
        others, or too many
    """
    if into.pk == matter.pk:
        raise ValidationError(_("A matter cannot be joined to itself."))
    if into.state in ENDED or into.merged_into_id:
        raise ValidationError(_("The other matter has ended or is joined itself: choose another."))
    if (into.about_office_id, into.kept_from) != (matter.about_office_id, matter.kept_from):
        raise ValidationError(
            _("What is kept from an office or a colleague is joined only to what is kept likewise.")
        )
    if WRITER.get().joined(matter):
        raise ValidationError(_("Others are joined to this one: join it the other way round."))
    if len(WRITER.get().joined(into)) >= MOST_JOINED:
        raise ValidationError(_("Too many are joined to that matter already."))
    move(
        matter,
        "merge",
        by=by,
        at=at,
        facts={"into": into.number},
        merged_into=into,
        ended_at=at,
        **limits.no_step(None),
    )


@action
def dispatch(matter: Matter, *, office: Office, by: Actor, at: datetime, words: str = "") -> None:
    """Send the matter to the office whose duty it is; it has until its limit to acknowledge.

    :raises ValidationError: the office is closed, or is of the house it complains about
    """
    if not office.is_active:
        raise ValidationError(_("This office is closed: choose another."))
    refuse_house(matter, office)
    days = days_of(office.calendar_id)
    step = limits.begun("acknowledge", at, urgent=matter.urgent, days=days)
    move(
        matter,
        "dispatch",
        by=by,
        at=at,
        facts={"office": office.code},
        told={"text": words} if words else {},
        office=office,
        dispatched_at=matter.dispatched_at or at,
        **step.columns,
    )
    put(OfficeTask(matter=matter, office=office, given_at=at, acknowledge_by=step.until.at))


def refuse_house(matter: Matter, office: Office) -> None:
    """Refuse to give a complaint to the office it is about, or to one above or below that.

    :raises ValidationError: it is one of these, or nobody has said yet which office it is about
    """
    if matter.kind_code == settings.COMPLAINT_KIND and not matter.about_office_id:
        raise ValidationError(_("Say first which office it is about, so that it never goes there."))
    if office.pk in house([matter.about_office_id]):
        raise ValidationError(
            _("It complains about this office or one of its house: choose an office outside.")
        )


@action
def send_back(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Take the matter back from its office; an open objection is granted by that.  Counted."""
    words = worded(reason, longest=1000)
    office = matter.office.code if matter.office else ""
    change(matter, OfficeTask, OPEN_TASK, state=TaskState.RETURNED, ended_at=at)
    rule(matter, RulingState.UPHELD, words, at)
    move(
        matter,
        "send_back",
        by=by,
        at=at,
        facts={"office": office, "bounces": matter.bounces + 1},
        told={"reason": words},
        office=None,
        bounces=matter.bounces + 1,
        **limits.step_in(matter, State.ACCEPTED, at),
    )


@action
def dismiss(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Rule that the office keeps the matter, with the reason.

    :raises ValidationError: there is no open objection
    """
    words = worded(reason, longest=1000)
    move(matter, "dismiss", by=by, at=at, told={"reason": words})
    if not rule(matter, RulingState.DISMISSED, words, at):
        raise ValidationError(_("There is no objection to rule on."))


def rule(matter: Matter, state: str, words: str, at: datetime) -> int:
    """Rule on the open objection of a matter, if any; part of the action that decides."""
    open_one = {"state": RulingState.ASKED}
    return change(matter, Objection, open_one, state=state, ruled_at=at, ruling=words)


def goes_back_to(matter: Matter) -> str:
    """Return the state a matter takes up work in again: at its office, or at the centre."""
    return State.HANDLING if matter.office and matter.office.is_active else State.ACCEPTED
