from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.places import rules
from gongzhi.places.actions import writing
from gongzhi.places.models import Place


@transaction.atomic
def rename(
    place: Place,
    *,
    name_zh: str,
    name_en: str,
    local_code: str,
    also: Sequence[str],
    by: Actor,
    at: datetime,
) -> None:
    """Change what a place and the things in it are called.

    :raises PermissionDenied: ``by`` may not change places
    :raises ValidationError: there would be no Chinese name
    :raises MoveLost: somebody changed the place since ``place`` was read
    """
    if not rules.may_import(by):
        raise PermissionDenied
    if not name_zh.strip():
        raise ValidationError(_("A place needs a Chinese name."))
    edition = writing.hold(at)
    new = {
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "local_code": local_code.strip(),
        "also": list(dict.fromkeys(name.strip() for name in also if name.strip())),
        "version": place.version + 1,
    }
    if not Place.objects.filter(pk=place.pk, version=place.version).update(**new):
        raise MoveLost(
            _("Somebody else changed this place first. Look again at how it stands now.")
        )
    for name, value in new.items():
        setattr(place, name, value)
    writing.renew(edition, at)
    record(edition, verb="rename", by=by, at=at, facts={"code": place.code})
