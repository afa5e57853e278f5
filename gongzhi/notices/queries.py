from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.accounts.models import Staff, User
from gongzhi.accounts.queries import staff
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import unbarred, visible
from gongzhi.notices import words
from gongzhi.notices.models import Choice, Letter, Notice, Robot

MOST = 100  # what a person can read
DIGESTS = (time(8, 30), time(14, 0))


def unread(user: UUID) -> int:
    """Return how many notices somebody has not read (one query)."""
    return Notice.objects.filter(user=user, read_at=None).count()


def latest(to: Staff) -> list[tuple[Notice, bool]]:
    """Return the latest notices of somebody, unread first: two queries.

    None of a matter that is kept from them, and each with whether its matter is still theirs to see.
    """
    mine = Q(matter=None) | unbarred(to, "matter__")
    rows = Notice.objects.filter(mine, user=to.id)
    rows = rows.select_related("matter__kind", "matter__place")
    found = list(rows.order_by("read_at", "-at")[:MOST])
    theirs = _theirs(found, to)
    return [(notice, bool(notice.link) or notice.matter_id in theirs) for notice in found]


def _theirs(notices: Iterable[Notice], to: Staff) -> set[UUID]:
    about = {notice.matter_id for notice in notices if notice.matter_id}
    return set(visible(Matter.objects.filter(pk__in=about), to).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Sending:
    """A letter with what holds it up: the last error, and when it is tried again (None: never)."""

    letter: Letter
    error: str = ""
    again_at: datetime | None = None

    @property
    def failed(self) -> bool:
        """Return whether it waits for a person."""
        return bool(self.error) and self.again_at is None


def letters() -> list[Sending]:
    """Return the latest letters, those not sent first: two queries."""
    found = list(Letter.objects.order_by("-state", "-created_at")[:MOST])
    keys = [letter.pk for letter in found]
    jobs = {job.key: job for job in Job.objects.filter(topic="letter", key__in=keys)}
    return [_sending(letter, jobs.get(letter.pk)) for letter in found]


def _sending(letter: Letter, job: Job | None) -> Sending:
    if job is None:
        return Sending(letter)
    return Sending(letter, job.error, None if job.failed_at else job.run_after)


def at_once(people: Iterable[UUID]) -> QuerySet[Choice]:
    """Return the choices of those of ``people`` who want an e-mail for each notice (one query)."""
    return _reachable(Choice.Mail.AT_ONCE).filter(user__in=list(people))


def digests_due(at: datetime) -> QuerySet[Choice]:
    """Return the choices of those whose digest is due at ``at``."""
    slot = last_digest(at)
    return _reachable(Choice.Mail.DIGEST).filter(Q(digested_at=None) | Q(digested_at__lt=slot))


def _reachable(mail: str) -> QuerySet[Choice]:
    found = Choice.objects.filter(mail=mail, user__is_active=True).exclude(user__email="")
    return found.select_related("user")


def last_digest(at: datetime) -> datetime:
    """Return the latest moment of digests that is not after ``at``, by the clock of the house."""
    here = localtime(at)
    past = [datetime.combine(here, slot, here.tzinfo) for slot in DIGESTS]
    before = datetime.combine(here - timedelta(days=1), DIGESTS[-1], here.tzinfo)
    return max([before, *(moment for moment in past if moment <= here)])


def to_digest(choice: Choice, at: datetime) -> dict[str, list[str]]:
    """Return the numbers of what somebody has not read since their last digest, by event.

    Only what waits for them, if they chose so, and only matters that they may see now: 3 queries.
    """
    new = Notice.objects.filter(user=choice.user_id, read_at=None).select_related("matter")
    if choice.digested_at:
        new = new.filter(at__gt=choice.digested_at)
    found = [n for n in new.order_by("-at")[:MOST] if words.is_wanted(n.verb, choice.only_work)]
    theirs = _theirs(found, staff(choice.user, at))
    groups: dict[str, list[str]] = {}
    for notice in found:
        if notice.link or notice.matter_id in theirs:
            groups.setdefault(notice.verb, []).append(notice.number)
    return groups


def awake(choice: Choice, at: datetime) -> datetime | None:
    """Return when the quiet hours end in which ``at`` lies, or None where it lies in none."""
    if choice.quiet_from is None or choice.quiet_to is None:
        return None
    here = localtime(at)
    begins, ends = choice.quiet_from, choice.quiet_to
    now = here.time()
    is_quiet = begins <= now < ends if begins < ends else now >= begins or now < ends
    if not is_quiet:
        return None
    day = here if now < ends else here + timedelta(days=1)
    return datetime.combine(day, ends, here.tzinfo)


def choice_of(user: UUID) -> Choice:
    """Return what somebody has chosen, or what holds while they have chosen nothing (one query)."""
    found = Choice.objects.filter(user=user).first()
    return found or Choice(user_id=user, mail=Choice.Mail.NEVER)


def robots() -> QuerySet[Robot]:
    """Return the robots of all offices (one query)."""
    return Robot.objects.select_related("office").order_by("office__code", "added_at")


def address_of(user: UUID) -> str:
    """Return the e-mail address that the administrator wrote down for somebody (one query)."""
    return User.objects.values_list("email", flat=True).get(pk=user)
