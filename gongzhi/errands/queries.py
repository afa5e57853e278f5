"""Errands in lists, their checklists, who may be asked, and the own month of whoever asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.accounts.models import ON_FOOT, Post, Role, Staff, User
from gongzhi.accounts.queries import posts_of, present, staff
from gongzhi.audit.actors import signed
from gongzhi.audit.queries import history
from gongzhi.deadlines.models import Clock, Rule
from gongzhi.deadlines.queries import default_days, kept_rule
from gongzhi.errands import rules
from gongzhi.errands.models import Checklist, Errand, ErrandQuerySet
from gongzhi.errands.readers import seeded
from gongzhi.errands.states import OPEN, WHEN, Found, Outcome, Sort, State
from gongzhi.errands.words import ICONS, TONES
from gongzhi.matters import rules as matters
from gongzhi.matters.models import Attachment, Matter
from gongzhi.matters.words import Due, due
from gongzhi.offline.packs import Packed
from gongzhi.places.models import name_for_reader
from gongzhi.places.queries import below, chain_names

MOST = 60  # what fits one thumb
PAGE = 50
SHOWN = (Attachment.Stage.REPORT, Attachment.Stage.ADDED, Attachment.Stage.AFTER)


# --- Checklists.


@dataclass(frozen=True, slots=True)
class Edition:
    """What is looked at in errands of one sort: lines in Chinese and English; 0 is the program's own."""

    sort: str
    number: int
    pairs: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> list[str]:
        """Return the lines in the reader's language."""
        return [name_for_reader(zh, en) for zh, en in self.pairs]


def editions(sort: str) -> list[Edition]:
    """Return all editions of a checklist, the latest first (one query)."""
    rows = Checklist.objects.filter(sort=sort).order_by("-edition")
    listed = [Edition(sort, row.edition, tuple(row.pairs())) for row in rows]
    return [*listed, Edition(sort, 0, tuple(seeded()[sort]))]


def edition(sort: str, number: int) -> Edition | None:
    """Return one edition of a checklist, or None where there is none of that number (one query)."""
    return next((one for one in editions(sort) if one.number == number), None)


# --- Who may be asked.


def workers(matter: Matter, sort: str, at: datetime) -> list[User]:
    """Return who may be asked about ``matter``: those present who serve its place as grid workers.

    None from whom it is kept; for a check after handling nobody of an office that worked on it, nor
    who settled it: a query for each of them.
    """
    posts = posts_of(Role.GRID_WORKER, matter.chain, at)
    found = present(posts, at).order_by("name_zh", "username")
    return _fit(found, matter, sort, at)


def colleagues(errand: Errand, at: datetime) -> list[User]:
    """Return to whom an errand may be handed: the other grid workers present of its community."""
    posts = Post.objects.held(at).filter(
        below("place__path", [rules.community(errand.chain)]), role=Role.GRID_WORKER
    )
    found = present(posts, at).exclude(pk=str(errand.worker_id)).order_by("name_zh", "username")
    return _fit(found, errand.matter, errand.sort, at)


def _fit(found: Iterable[User], matter: Matter, sort: str, at: datetime) -> list[User]:
    return [user for user in found if _may_be_sent(staff(user, at), matter, sort)]


def _may_be_sent(worker: Staff, matter: Matter, sort: str) -> bool:
    if matters.barred(worker, matter):
        return False
    if sort != Sort.INSPECT:
        return True
    settled = history(matter.pk).filter(verb="matter.settle", by_id=signed(matter.pk, worker.id))
    return not (matters.took_part(worker, matter.pk) or settled.exists())


def offered(matter: Matter, to: Staff) -> list[Sort]:
    """Return what ``to`` may ask for about ``matter`` as it stands: one query for who is of an office."""
    return [sort for sort in Sort if matter.state in WHEN[sort] and rules.may_ask(to, matter, sort)]


# --- What may be asked.


def unasked(matter: Matter, sort: Sort) -> str:
    """Return why ``sort`` cannot be asked for about ``matter`` as it stands, or ""."""
    if matter.state not in WHEN[sort]:
        where = {
            Sort.VERIFY: _("A check before filing is asked for before the matter is dispatched."),
            Sort.INSPECT: _("A check after handling is asked for once the office has answered."),
            Sort.VISIT: _("A visit is asked for once the result is checked."),
            Sort.DELIVER: _("The matter has ended: nothing is delivered about it any more."),
        }
        return where[sort]
    return _unreached(matter) if sort == Sort.VISIT else ""


def _unreached(matter: Matter) -> str:
    """Return why the requester cannot be visited, or ""."""
    requester = getattr(matter, "requester", None)
    if requester is None or not requester.sealed:
        return _("Nobody left a contact with this matter: there is nobody to visit.")
    if requester.no_contact:
        return _("They do not wish to be contacted: nobody visits them.")
    return ""


def rule_for(matter: Matter, sort: str, at: datetime) -> Rule:
    """Return the rule of time for an errand about ``matter`` that holds at ``at``: no query as a rule.

    :raises ValidationError: there is none
    """
    code = f"errand.{sort}.urgent" if matter.urgent and sort != Sort.VISIT else f"errand.{sort}"
    rule = kept_rule(code, at.astimezone(default_days().zone).date())
    if rule is None:
        raise ValidationError(
            _("The rule of time “%(code)s” is not in force. Ask your administrator.")
            % {"code": code}
        )
    return rule


# --- Rows.


@dataclass(frozen=True, slots=True)
class Row:
    """An errand as lists show it; ``title`` is what may be said of its matter to whoever walks."""

    errand: Errand
    title: str
    what: str
    where: str
    address: str
    due: Due
    tone: str
    icon: str


def rows(errands: ErrandQuerySet, at: datetime) -> list[Row]:
    """Return ``errands`` as they are shown at ``at``, the most urgent first (two queries)."""
    found = list(errands.with_names())
    dates = due_dates(found)
    made = [_row(one, dates.get(one.pk), at) for one in found]
    return sorted(made, key=lambda row: (row.due.at or at, row.errand.pk))


def due_dates(errands: Iterable[Errand]) -> dict[UUID, datetime]:
    """Return when those of ``errands`` that are open are due (one query)."""
    keys = [one.pk for one in errands if one.is_open]
    running = Clock.objects.filter(subject__in=keys, stopped_at=None) if keys else ()
    return {clock.subject: clock.due_at for clock in running}


def _row(errand: Errand, due_at: datetime | None, at: datetime) -> Row:
    matter = errand.matter
    return Row(
        errand=errand,
        title=matter.title if matter.public else matter.kind.name,
        what=errand.get_sort_display(),
        where=matter.place.name,
        address=reverse("errands:show", args=[errand.pk]),
        due=due(due_at, at, default_days(), ""),
        tone=TONES[errand.state],
        icon=ICONS[errand.sort],
    )


def today(to: Staff, at: datetime) -> list[Row]:
    """Return the open errands of ``to``, the most urgent first (two queries)."""
    return rows(rules.mine(Errand.objects.open(), to), at)[:MOST]


def packed(to: Staff, at: datetime) -> list[Packed]:
    """Return what belongs at hand without network: the list, and each open errand (two queries).

    Nothing of any contact: that is shown by a press of its own.
    """
    if not to.has_role(*ON_FOOT):
        return []
    shown = today(to, at)
    known = [
        Packed(row.address, f"{row.errand.version} {row.errand.matter.version} {row.due.words}")
        for row in shown
    ]
    every = hashlib.sha256("".join(f"{one}" for one in known).encode()).hexdigest()[:16]
    return [Packed(reverse("errands:mine"), every), *known]


# --- Figures.


@dataclass(frozen=True, slots=True)
class Own:
    """The own month: how many errands are done, how many of them in time, how many are open."""

    done: int
    in_time: int
    open: int


def own(to: Staff, at: datetime) -> Own:
    """Return the figures of ``to`` for ``to`` alone (two queries).

    What has ended leads back to nobody: only whoever did it knows by which hash to count it.
    """
    mine = Errand.objects.filter(own_hash=rules.own_hash(to, month(at)), state=State.DONE)
    told = mine.aggregate(done=Count("pk"), in_time=Count("pk", filter=Q(in_time=True)))
    return Own(**told, open=Errand.objects.open().filter(worker=to.id).count())


def month(at: datetime) -> str:
    """Return the month of a moment by the clock of the house, such as 2026-03."""
    return f"{at.astimezone(default_days().zone):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How many errands are open and late in one place."""

    place: str
    code: str
    open: int
    late: int


def by_place(shown: Iterable[Row], at: datetime) -> list[Standing]:
    """Return ``shown`` counted by place, the most late first; never by who does them."""
    found: dict[str, list[Row]] = {}
    for row in shown:
        found.setdefault(row.errand.chain, []).append(row)
    made = [
        Standing(
            place=" › ".join(chain_names(chain)[-2:]),
            code=chain.rstrip("/").rpartition("/")[2],
            open=len(some),
            late=sum(row.due.at is not None and row.due.at < at for row in some),
        )
        for chain, some in found.items()
    ]
    return sorted(made, key=lambda one: (-one.late, -one.open, one.code))


# --- One errand.


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a checklist with its answer."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Told:
    """An errand on the page of its matter, with what came of it."""

    errand: Errand
    due: Due
    tone: str
    icon: str
    lines: list[Line]
    outcome: str
    may_withdraw: bool
    is_mine: bool


def of_matter(matter: Matter, to: Staff, at: datetime) -> list[Told]:
    """Return the errands about ``matter`` that ``to`` may hear of, the latest first (two queries).

    One query more for each sort that has been answered.
    """
    found = list(matter.errands.select_related("worker").order_by("-asked_at", "-pk"))
    dates, known = due_dates(found), dict[str, list[Edition]]()
    made = []
    for errand in found:
        errand.matter = matter
        if not rules.may_hear(to, errand):
            continue
        if errand.answers and errand.sort not in known:
            known[errand.sort] = editions(errand.sort)
        made.append(
            Told(
                errand=errand,
                due=due(dates.get(errand.pk), at, default_days(), ""),
                tone=TONES[errand.state],
                icon=ICONS[errand.sort],
                lines=_answered(errand, known.get(errand.sort, [])),
                outcome=str(Outcome(errand.outcome).label) if errand.outcome else "",
                may_withdraw=errand.is_open and rules.may_withdraw(to, errand),
                is_mine=errand.is_open and to.id in (errand.worker_id, errand.handed_by_id),
            )
        )
    return made


def answered(errand: Errand) -> list[Line]:
    """Return the lines of its checklist with their answers (one query)."""
    return _answered(errand, editions(errand.sort)) if errand.answers else []


def _answered(errand: Errand, known: list[Edition]) -> list[Line]:
    used = next((one for one in known if one.number == errand.edition), None)
    pairs = zip(used.lines, errand.answers, strict=False) if used else ()
    return [Line(text, str(Found(said).label)) for text, said in pairs]


def find(key: UUID) -> Errand | None:
    """Return an errand with its matter and its requester, as its page shows it (one query)."""
    found = Errand.objects.with_names().select_related("matter__requester", "handed_by")
    return found.filter(pk=key).first()


def clock_of(errand: Errand) -> Clock | None:
    """Return the clock of an errand (one query)."""
    return Clock.objects.filter(subject=errand.pk).select_related("rule").first()


def reported(matter: Matter) -> QuerySet[Attachment]:
    """Return what was shown with a matter and with its answer (one query)."""
    return matter.attachments.filter(stage__in=SHOWN).order_by("at", "pk")


def has_note(errand: Errand) -> bool:
    """Return whether something came in after an errand had ended (one query)."""
    return history(errand.pk).filter(verb="errand.keep").exists()


def open_of(matter: UUID) -> list[Errand]:
    """Return the open errands of a matter (one query)."""
    return list(Errand.objects.open().filter(matter=matter).select_related("matter"))


def outlived(errands: Iterable[Errand]) -> list[Errand]:
    """Return those of ``errands`` for which their matter is no longer in the state that they need."""
    return [one for one in errands if one.matter.state not in WHEN[one.sort] and one.state in OPEN]
