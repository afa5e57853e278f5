"""What is sealed in tables is sealed anew: after a key was replaced, or another cipher was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import BinaryField, Model
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.seal import SealBroken, resealed
from gongzhi.upkeep import rules

BATCH = 500
COLUMN = "sealed"


def tables() -> list[type[Model]]:
    """Return the tables whose column ``sealed`` is bound to the key of its row."""
    found = []
    for model in apps.get_models():
        named = {field.name: field for field in model._meta.concrete_fields}
        if isinstance(named.get(COLUMN), BinaryField) and model._meta.label != "tables.Chunk":
            found.append(model)  # a chunk is bound to its run, and gone in days
    return found


def reseal(*, by: Actor, at: datetime) -> tuple[int, list[str]]:  # noqa: ARG001  as every action
    """Seal anew what an older key or the other cipher sealed, while people work.

    Return how many rows, and of those that no known key opens the table and key.  It may be stopped and
    started again: what is done is left alone.  A row that somebody writes meanwhile is theirs.
    """
    if not rules.may_reseal(by):
        raise PermissionDenied(_("Only the operator of this machine seals anew."))
    done, broken = 0, list[str]()
    for model in tables():
        for key, sealed in _rows(model):
            try:
                fresh = resealed(sealed, key.hex)
            except SealBroken:
                broken.append(f"{model._meta.label} {key}")
                continue
            if fresh is not None:
                row = model._default_manager.filter(pk=key, **{COLUMN: sealed})
                done += row.update(**{COLUMN: fresh})
    return done, broken


def _rows(model: type[Model]) -> Iterator[tuple[UUID, bytes]]:
    """Yield the key and the sealed bytes of every row, by key, some hundred at a time."""
    found = model._default_manager.filter(**{f"{COLUMN}__isnull": False}).order_by("pk")
    last = UUID(int=0)
    while some := list(found.filter(pk__gt=last).values_list("pk", COLUMN)[:BATCH]):
        for key, sealed in some:
            yield key, bytes(sealed)
        last = some[-1][0]
