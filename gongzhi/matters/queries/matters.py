"""Matters, and the catalogue they are filed under."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Concat, Length
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.kept import kept
from gongzhi.deadlines.clocks import Course, Limit, Pause, Unit
from gongzhi.matters import limits, rules
from gongzhi.matters.models import (
    Deferral,
    Extension,
    Kind,
    KindQuerySet,
    Matter,
    MatterQuerySet,
    Requester,
    Waiting,
)
from gongzhi.matters.receipts import is_receipt
from gongzhi.matters.states import RulingState, State
from gongzhi.places.models import Place
from gongzhi.places.queries import below
from gongzhi.places.rules import COMMUNITY_DIGITS

COMMUNITY = 3  # how many codes of a chain name a community
ASKED_FOR = timedelta(days=7)  # in which a requester can say whether it is solved
TRIES = 3  # calls back to which nobody answers: then nobody is reached


def kinds(on: date) -> KindQuerySet:
    """Return the catalogue of a day, in its order, with classes (one query)."""
    return Kind.objects.listed(on).select_related("kind_class").order_by("kind_class__rank", "code")


@kept()
def catalogue(on: date) -> dict[str, Kind]:
    """Return the kinds of a day by code, with classes, in the catalogue's order; kept a minute."""
    return {kind.code: kind for kind in kinds(on)}


def kind(code: str, on: date) -> Kind | None:
    """Return the edition of a kind in force on a day (one query)."""
    return Kind.objects.listed(on).filter(code=code).first()


UNKNOWN = "?"  # stands for an office that somebody complains about without knowing which it is


def complained_about() -> list[tuple[str, str]]:
    """Return what can be chosen where somebody is asked which office they complain about."""
    named = [(o.code, o.name) for o in offices().values() if o.is_active]
    return [
        ("", _("No, about something else")),
        *sorted(named, key=lambda one: one[1]),
        (UNKNOWN, _("Yes, but I do not know which office")),
    ]


def office_named(code: str) -> Office | None:
    """Return the office that a choice of `complained_about` names, if it names one."""
    return next((office for office in offices().values() if office.code == code), None)


def complaint_kind(on: date) -> Kind:
    """Return the kind of complaints about an office or its staff (one query).

    :raises ValidationError: the catalogue of the day does not list it
    """
    found = kind(settings.COMPLAINT_KIND, on)
    if found is None:
        raise ValidationError(_("The catalogue lists no kind for complaints about an office."))
    return found


@kept()
def _editions() -> dict[UUID, Kind]:
    """Return every edition of every kind; kept a minute, as none is ever changed."""
    return Kind.objects.in_bulk()


def latest_name(code: str) -> str:
    """Return the name of a kind by its latest edition, also of one that is listed no more."""
    of_code = [one for one in _editions().values() if one.code == code]
    return max(of_code, key=lambda one: one.edition).name if of_code else code


def named(matter: Matter) -> Matter:
    """Give ``matter`` its kind and its office as they are kept: no query for what all ask for."""
    if edition := _editions().get(matter.kind_id):
        matter.kind = edition
    for role in ("office", "about_office"):
        if office := offices().get(getattr(matter, f"{role}_id")):
            setattr(matter, role, office)
    return matter


def course(
    matter: Matter,
    limit: Limit,
    waitings: Iterable[Waiting],
    deferrals: Iterable[Deferral],
    extensions: Iterable[Extension],
) -> Course:
    """Return how the time for the answer has run since it was last begun, from rows of the matter.

    It stood still while the requester was asked and while the matter was deferred; what of that is
    not over yet does not count.  Time granted is added in the order of the rulings.

    :raises ValueError: it has not begun
    """
    start = matter.counted_from
    if start is None:
        raise ValueError("accept begins it")
    stood = [(w.asked_at, w.answered_at, w.question) for w in waitings]
    stood += [(d.deferred_at, d.resumed_at, d.reason) for d in deferrals]
    pauses = [
        Pause(max(begins, start), ends, why)
        for begins, ends, why in stood
        if ends and ends > max(begins, start)
    ]
    granted = [e for e in extensions if e.state == RulingState.UPHELD]
    more = sorted((e.ruled_at, e.work_days) for e in granted if e.ruled_at and e.ruled_at >= start)
    return Course(start, limit, pauses, [Limit(n, Unit.WORK_DAY) for _at, n in more])


def course_of(matter: Matter) -> Course:
    """Return how the time for the answer has run, from the rows stored (3 queries).

    :raises ValueError: no answer is promised yet
    """
    stood = matter.waitings.all(), matter.deferrals.all()
    return course(matter, limits.answering(matter), *stood, matter.extensions.all())


def worklist(to: Actor) -> MatterQuerySet:
    """Return what ``to`` may see and somebody has to work on, the most urgent first."""
    return rules.visible(Matter.objects.open(), to).with_names().order_by("due_at", "id")


def silent(at: datetime) -> MatterQuerySet:
    """Return what was checked seven days ago or more, but where a call is still arranged."""
    waited = Matter.objects.filter(state=State.RESOLVED, resolved_at__lte=at - ASKED_FOR)
    return waited.filter(Q(call_at=None) | Q(call_at__lte=at))


def counts_by_state(to: Actor, at: datetime) -> list[dict[str, Any]]:
    """Return for each open state how many there are and how many are late: one query."""
    late = Count("pk", filter=Q(due_at__lt=at))
    rows = rules.visible(Matter.objects.open(), to).values("state")
    return [dict(row) for row in rows.annotate(n=Count("pk"), late=late).order_by("state")]


def open_by_kind(path: str) -> dict[str, int]:
    """Return how many open matters there are of each kind at a place and below (one query)."""
    rows = Matter.objects.open().filter(below("chain", [path]))
    # An expression, not the column: else SQLite reads all matters in the order of an index of kinds.
    kind = Concat("kind_code", Value(""))
    return dict(rows.values_list(kind).annotate(n=Count("pk")).order_by(kind))


def by_receipt(number: str, code: str) -> Matter | None:
    """Return the matter that a number and its receipt code open, or ``None``; in constant time.

    A wrong number costs as much as a wrong code, so that neither tells which it was.
    """
    tidy = ids.tidy_number(number)
    row = Requester.objects.select_related("matter").filter(matter__number=tidy).first()
    expected = row.receipt_hash if row else "0" * 64
    key = row.matter_id if row else UUID(int=0)
    right = is_receipt(expected, key, code)
    return row.matter if row and right else None


def by_contact(contact_hash: str) -> MatterQuerySet:
    """Return what was raised with a contact whose holder has just proven it, the latest first."""
    if not contact_hash:
        return Matter.objects.none()
    theirs = Requester.objects.reached_by(contact_hash).values("matter")
    return Matter.objects.filter(pk__in=theirs).with_names().order_by("-received_at")


def kind_names(on: date) -> dict[str, dict[str, str]]:
    """Return the names of a day's kinds by class and code, in the reader's language; kept a minute."""
    return _kind_names(on, get_language() or "")


@kept()
def _kind_names(on: date, _language: str) -> dict[str, dict[str, str]]:
    named: dict[str, dict[str, str]] = {}
    for row in catalogue(on).values():
        named.setdefault(row.kind_class.name, {})[row.code] = row.name
    return named


def to_relocate(places: QuerySet[Place], matter: Matter) -> list[Place]:
    """Return of ``places`` those down to the community, and the grids near ``matter``: one query."""
    codes = matter.chain.split("/")[:-1]
    near = below("path", ["/".join(codes[:COMMUNITY]) + "/"] if codes[COMMUNITY - 1 :] else [])
    shown = places.alias(digits=Length("code")).filter(Q(digits__lte=COMMUNITY_DIGITS) | near)
    found = shown.exclude(pk=matter.place_id).only("id", "code", "path", "name_zh", "name_en")
    return list(found.order_by("path"))
