"""Call offices together, by hand or because a matter bounced; choose another time or place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import insert
from gongzhi.deadlines.actions import restart, start
from gongzhi.deadlines.clocks import due
from gongzhi.deadlines.models import Rule
from gongzhi.deadlines.queries import clocks_of, default_days, rule_on
from gongzhi.matters.models import Matter
from gongzhi.meetings import queries, rules
from gongzhi.meetings.actions.writing import move, noted, of_summons, plain
from gongzhi.meetings.models import LONGEST_WORDS, AgendaItem, Attendance, Summons
from gongzhi.meetings.states import ONLY_CALLER, Answer, Sort
from gongzhi.places.models import Place

MOST_OFFICES = 40
MOST_ITEMS = 30
ANSWER, URGENT, CONSULT = "meeting.answer", "meeting.answer.urgent", "meeting.consult"
MORNING = time(9, 30)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing for the agenda of a joint meeting: a matter, or a topic in words."""

    topic: str = ""
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Who is called where and when, about what, in whose words."""

    sort: str
    words: str
    where: str
    begins_at: datetime
    offices: Sequence[Office]
    place: Place
    matter: Matter | None = None
    agenda: Sequence[Item] = ()
    link: str = ""
    urgent: bool = False


@transaction.atomic
def call(given: Call, *, by: Actor, at: datetime) -> Summons:
    """Call offices to a place and a time; each has until its limit to say whether it comes.

    :raises ValidationError: a matter that has ended or is not for others' eyes, words about persons,
        a time that has passed, no office or too many, a consultation that is open already
    """
    path = given.matter.chain if given.matter else given.place.path
    if not rules.may_call(by, path) and not (
        given.sort == Sort.CONSULTATION and rules.may_consult(by, path)
    ):
        raise PermissionDenied(ONLY_CALLER)
    _check_time(given.begins_at, at)
    _check_offices(given)
    for matter in filter(None, [given.matter, *(item.matter for item in given.agenda)]):
        _check_matter(matter, given)
    summons = _stored(given, path, by, at)
    facts = {
        "sort": given.sort,
        "matter": given.matter.number if given.matter else "",
        "offices": [office.code for office in given.offices],
        "begins_at": given.begins_at.isoformat(),
    }
    told = {"text": summons.words, "where": summons.where}
    noted(summons, "call", by=by, at=at, first=True, facts=facts, told=told)
    return summons


def _check_time(begins_at: datetime, at: datetime) -> None:
    if begins_at <= at:
        raise ValidationError({"begins_at": _("This time has passed: choose a later one.")})


def _check_offices(given: Call) -> None:
    fault = ""
    if not given.offices:
        fault = _("Name at least one office.")
    elif len(given.offices) > MOST_OFFICES:
        fault = _("Call at most %(most)d offices at once.") % {"most": MOST_OFFICES}
    elif not all(office.is_active for office in given.offices):
        fault = _("This office is closed: choose another.")
    if fault:
        raise ValidationError({"offices": fault})


def _check_matter(matter: Matter, given: Call) -> None:
    if matter.is_ended:
        raise ValidationError(_("This matter has ended: offices are called about what is open."))
    if rules.is_kept(matter):
        raise ValidationError(
            _("A complaint about an office goes its own way: no offices are called about it.")
        )
    if rules.is_open_to_many(matter):
        return
    if given.sort != Sort.CONSULTATION:
        raise ValidationError(
            _(
                "This matter is somebody's own request or is sealed: offices are called together "
                "only about places, assets and services. Dispatch it instead."
            )
        )
    known = {office.pk for office in queries.had(matter)}
    if not {office.pk for office in given.offices} <= known:
        raise ValidationError(
            {
                "offices": _(
                    "This matter is somebody's own request or is sealed: only offices that have "
                    "had it may be called."
                )
            }
        )


def _stored(given: Call, path: str, by: Actor, at: datetime) -> Summons:
    if (given.sort == Sort.JOINT_MEETING) != bool(given.agenda):
        raise ValidationError(
            {"topics": _("A joint meeting has an agenda: write what it is about.")}
        )
    if len(given.agenda) > MOST_ITEMS:
        raise ValidationError({"topics": _("Put at most 30 things on an agenda.")})
    summons = Summons(
        sort=given.sort,
        matter=given.matter,
        place=given.place,
        chain=path,
        words=plain(given.words, longest=LONGEST_WORDS),
        where=plain(given.where, longest=200),
        link=given.link,
        urgent=given.urgent,
        begins_at=given.begins_at,
        by_label=by.label,
        called_at=at,
    )
    summons.full_clean(exclude=["place"])
    insert(summons)
    for rank, item in enumerate(given.agenda, start=1):
        topic = plain(item.topic, longest=200) if item.matter is None else ""
        insert(AgendaItem(summons=summons, rank=rank, matter=item.matter, topic=topic))
    rule = _rule(URGENT if given.urgent else ANSWER, at)
    for office in given.offices:
        attendance = Attendance(summons=summons, office=office)
        insert(attendance)
        start(
            attendance.pk,
            "attendance",
            name="answer",
            runs_by=rule,
            calendar=office.calendar,
            by=by,
            at=at,
        )
    return summons


def _rule(code: str, at: datetime) -> Rule:
    rule = rule_on(code, at.astimezone(default_days().zone).date())
    if rule is None:
        raise ValidationError(
            _("The rule of time “%(code)s” is not in force. Ask your administrator.")
            % {"code": code}
        )
    return rule


def consult(matter: Matter, *, by: Actor, at: datetime) -> Summons | None:
    """Open a consultation of all offices that have had ``matter``, unless one is open.

    It is on a work day within the limit of its rule, in the morning; who convenes may choose
    another time.  Run twice it opens one.
    """
    if not rules.may_consult(by, matter.chain):
        raise PermissionDenied(ONLY_CALLER)
    offices = [office for office in queries.had(matter) if office.is_active]
    if matter.is_ended or rules.is_kept(matter) or not offices or queries.consultation(matter):
        return None
    days = default_days()
    until = due(at, _rule(CONSULT, at).limit, days).at.astimezone(days.zone)
    morning = until.replace(hour=MORNING.hour, minute=MORNING.minute, second=0)
    given = Call(
        sort=Sort.CONSULTATION,
        words=_("It was sent back %(n)d times. Whose duty is it, and who does what?")
        % {"n": matter.bounces},
        where=_("The governance centre"),
        begins_at=morning if morning > at else until,
        offices=offices,
        place=matter.place,
        matter=matter,
        urgent=matter.urgent,
    )
    try:
        with transaction.atomic():
            return call(given, by=by, at=at)
    except IntegrityError:
        return None  # opened by somebody else at this moment


@of_summons
def reschedule(
    summons: Summons,
    *,
    begins_at: datetime,
    where: str,
    reason: str,
    link: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Choose another time or place, with the reason; every office is asked anew.

    :raises ValidationError: nothing would change, or the time has passed
    """
    _check_time(begins_at, at)
    spot, why = plain(where, longest=200), plain(reason, longest=LONGEST_WORDS)
    if (begins_at, spot, link) == (summons.begins_at, summons.where, summons.link):
        raise ValidationError(_("Nothing would change: choose another time or place."))
    facts = {"old": summons.begins_at.isoformat(), "begins_at": begins_at.isoformat()}
    told = {"reason": why, "where": spot}
    move(
        summons,
        "reschedule",
        by=by,
        at=at,
        facts=facts,
        told=told,
        begins_at=begins_at,
        where=spot,
        link=link,
    )
    for attendance in summons.attendances.exclude(state=Answer.ASKED):
        clock = clocks_of(attendance.pk).last()
        if clock:
            restart(clock, by=by, at=at)
    anew = {"state": Answer.ASKED, "reason": "", "answered_at": None, "arrived_at": None}
    summons.attendances.update(**anew, version=F("version") + 1)
