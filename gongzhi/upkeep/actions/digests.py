"""The digest of a day: what everybody may keep, so that nobody rewrites the past unseen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit import chain
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.upkeep import queries, rules
from gongzhi.upkeep.models import Digest


def digest(*, by: Actor, at: datetime) -> int:
    """Make the digest of every day that is over and has none; return how many were made.

    A day on which nothing was written has one as well: its absence would say something else.
    """
    if not rules.may_digest(by):
        raise PermissionDenied(_("Digests are made by the program alone."))
    last = Digest.objects.order_by("-day").first()
    yesterday = localdate(at) - timedelta(days=1)
    days = [yesterday]  # the first one covers all that came before
    if last:
        days = [last.day + timedelta(days=n + 1) for n in range((yesterday - last.day).days)]
    for day in days:
        last = _make(day, last, by=by, at=at)
    return len(days)


def _make(day: date, last: Digest | None, *, by: Actor, at: datetime) -> Digest:
    heads = [chain.line(*one) for one in queries.heads_of_day(day, is_first=last is None)]
    before = last.value if last else chain.START
    said = {"heads": len(heads), "before": before, "value": chain.digest(before, heads)}
    file = default_storage.save(f"digests/{day}.heads", ContentFile(b"".join(heads)))
    with transaction.atomic():
        made = Digest.objects.create(day=day, file=file, made_at=at, **said)
        record(made, verb="digest.make", by=by, at=at, first=True, facts=said)
    return made
