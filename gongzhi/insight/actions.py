from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.advice.gathering import Issue, gather
from gongzhi.audit.actors import Actor
from gongzhi.insight import queries, rules
from gongzhi.insight.models import Gathered, HotIssue, Together
from gongzhi.matters.actions import Report, receive
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.sorting import take_on
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Channel, Kind, KindClass, Matter
from gongzhi.places.models import Place
from gongzhi.places.queries import below

LONGEST_TODO = 1000
MOST_TOGETHER = 1000  # matters that a joint matter is linked to, the latest


def gather_issues(*, by: Actor, at: datetime) -> int:
    """Gather the hot issues of the 30 days that ended a day ago, in each district; return how many.

    Only the writing is one transaction; reading and comparing, which take longer, hold no lock.
    """
    if not rules.may_gather(by):
        raise PermissionDenied(_("Hot issues are gathered by the clock alone."))
    since, until = queries.period(at)
    known = queries.words_known(at)
    found = 0
    for district in queries.districts():
        raised = queries.raised(district, since - queries.PERIOD, until)
        issues = gather(raised, since, until, known)
        with transaction.atomic():
            _keep(issues, since, until)
        found += len(issues)
    return found


def _keep(issues: list[Issue], since: datetime, until: datetime) -> None:
    """Write what was gathered in one district; what is the same as some nights ago stays one issue."""
    classes = {one.code: one for one in KindClass.objects.all()}
    codes = {path: path.split("/")[-2] for path in {issue.path for issue in issues}}
    areas = Place.objects.only("id", "code").in_bulk(codes.values(), field_name="code")
    known = _known(issues, since)
    for issue in issues:
        kept = _same(issue, known) or HotIssue()
        kept.kind_class, kept.area = classes[issue.kind_class], areas[codes[issue.path]]
        kept.path, kept.words, kept.trend = issue.path, " ".join(issue.words), issue.trend
        kept.since, kept.until, kept.days = since, until, list(issue.days)
        kept.n_matters, kept.n_requesters = len(issue.keys), issue.n_requesters
        kept.synthetic = issue.invented
        kept.save()
        kept.gathered.all().delete()
        Gathered.objects.bulk_create(Gathered(hot_issue=kept, matter_id=key) for key in issue.keys)


def _known(issues: list[Issue], since: datetime) -> dict[HotIssue, set[UUID]]:
    """Return the hot issues whose period reaches into this one, with their matters (two queries)."""
    within = below("path", {issue.path.split("/", 1)[0] + "/" for issue in issues})
    known = HotIssue.objects.filter(within, until__gt=since).prefetch_related("gathered")
    return {one: {row.matter_id for row in one.gathered.all()} for one in known}


def _same(issue: Issue, known: dict[HotIssue, set[UUID]]) -> HotIssue | None:
    """Take from ``known`` the one that shares most matters with ``issue``: half of the fewer at least."""
    alike = {one: len(keys.intersection(issue.keys)) for one, keys in known.items()}
    best = max(alike, key=lambda one: (alike[one], one.until, one.pk), default=None)
    if best is None or 2 * alike[best] < min(len(issue.keys), len(known[best])):
        return None
    del known[best]
    return best


@transaction.atomic
def open_joint(issue: HotIssue, *, kind: Kind, words: str, by: Actor, at: datetime) -> Matter:
    """Open one matter that deals with a hot issue for all, accepted and ready to be dispatched.

    It is linked to those matters of the issue that ``by`` may see; each of them goes its own way, keeps
    its number and gets its answer.

    :raises ValidationError: one is open already, no words, or a kind that does not fit
    """
    if not rules.may_open_joint(by, issue):
        raise PermissionDenied(_("Only a dispatcher or supervisor of the whole area may do this."))
    issue = HotIssue.objects.select_for_update().get(pk=issue.pk)
    if issue.joint and not issue.joint.is_ended:
        raise ValidationError(
            _("A joint matter exists already: %(number)s.") % {"number": issue.joint.number}
        )
    if kind not in queries.kinds_of(issue, at):
        raise ValidationError({"kind": _("Choose a kind of the class of the hot issue.")})
    told = Report(
        kind=kind,
        text=f"{_naming(issue, kind)}\n{worded(words, longest=LONGEST_TODO)}",
        place=issue.area,
        channel=Channel.JOINT,
        no_contact=True,
        synthetic=issue.synthetic,
    )
    joint = receive(told, by=by, at=at).matter
    take_on(joint, at, by=by, at=at)
    found = queries.of_issue(issue, by).order_by("-received_at", "-id")[:MOST_TOGETHER]
    together = list(found.only("pk", "number"))
    Together.objects.bulk_create(Together(joint=joint, matter=one) for one in together)
    facts = {"n": len(together), "matters": [one.number for one in together]}
    tell_beside(joint, "gather", facts | {"issue": issue.pk.hex}, by=by, at=at)
    issue.joint = joint
    issue.save(update_fields=["joint"])
    return joint


def _naming(issue: HotIssue, kind: Kind) -> str:
    said = {"area": issue.area.name, "kind": kind.name, "name": issue.name}
    return _("%(area)s, %(kind)s: %(name)s") % said


def forget_issues(*, by: Actor, at: datetime) -> None:
    """Forget hot issues 90 days after their period; joint matters stay."""
    if not rules.may_gather(by):
        raise PermissionDenied(_("Hot issues are gathered by the clock alone."))
    HotIssue.objects.filter(until__lt=at - queries.KEPT).delete()
