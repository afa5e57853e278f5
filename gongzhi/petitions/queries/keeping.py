"""What was kept long enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.timezone import localtime

from gongzhi.parties.models import Party
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.queries.held import GOES_ON

PEOPLE = Exists(Party.objects.filter(file=OuterRef("pk")))  # nobody is left of what was erased


def kept_since(at: datetime) -> datetime:
    """Return since when what has ended is still kept at ``at``: the first of a month."""
    day = localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return day.replace(year=day.year - settings.PETITIONS_KEPT_YEARS)


def is_over(ended_at: datetime | None, at: datetime) -> bool:
    """Return whether what ended then was kept long enough at ``at``."""
    return ended_at is not None and ended_at < kept_since(at)


def to_erase(at: datetime) -> Iterator[Petition]:
    """Yield the petitions that were kept long enough, the oldest first (one query)."""
    over = Petition.objects.with_names().filter(PEOPLE, ended_at__lt=kept_since(at))
    return over.order_by("ended_at", "pk").iterator(chunk_size=100)


def visits_to_erase(at: datetime) -> Iterator[Visit]:
    """Yield the visits of reception days that were kept long enough (one query)."""
    over = Visit.objects.select_related("day").filter(PEOPLE, day__begins_at__lt=kept_since(at))
    return over.exclude(state__in=GOES_ON).order_by("pk").iterator(chunk_size=100)
