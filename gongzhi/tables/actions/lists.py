"""Lists are taken whole, by the very actions that their own pages call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import appoint, change_office, found, open_account
from gongzhi.accounts.models import Office, Post, Staff, User
from gongzhi.assets.actions import take as take_asset
from gongzhi.assets.actions.keeping import Told
from gongzhi.assets.models import AssetClass
from gongzhi.base import geo
from gongzhi.deadlines.models import Calendar
from gongzhi.matters.actions.catalogue import import_catalogue
from gongzhi.matters.actions.duty_files import import_duties
from gongzhi.places.actions import import_addresses, import_places
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code
from gongzhi.places.readers import address_rows, place_rows
from gongzhi.tables.models import Run

MOST_ROWS = 300_000
DIGITS = 7  # of a degree: a centimetre
ALL_OR_NONE = frozenset({"duties", "addresses"})
Texts = dict[str, str]
Rows = Iterable[tuple[int, Texts]]


@dataclass(slots=True)
class Outcome:
    """What came of a list: rows that say something new, rows that changed nothing, rows refused."""

    n_fresh: int = 0
    n_known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def take_list(run: Run, rows: Rows, *, keep: bool, by: Staff, at: datetime) -> Outcome:
    """Take the rows of a list, or with ``keep`` false see what would come of them.

    :raises ValidationError: the list as a whole cannot be taken
    """
    with transaction.atomic():
        outcome = LISTS[run.table](run, rows, by, at)
        if not keep or (run.table in ALL_OR_NONE and outcome.refused):
            transaction.set_rollback(True)
    return outcome


def _duties(_run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    done = import_duties(rows, by=by, at=at)
    return Outcome(done.n_added + done.n_ended, done.n_same, done.refused)


def _catalogue(_run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    done = import_catalogue(rows, by=by, at=at)
    return Outcome(done.n_added, done.n_same, done.refused)


def _places(run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    done = import_places(place_rows(rows, run.crs), by=by, at=at)
    refused = [(one.number, one.sentence) for one in done.refused]
    return Outcome(len(done.added) + len(done.changed), done.n_same, refused)


def _addresses(run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    done = import_addresses(address_rows(rows, run.crs), by=by, at=at)
    refused = [(one.number, one.sentence) for one in done.refused]
    return Outcome(0 if refused else done.n, 0, refused)


def _offices(_run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    return _each(rows, lambda told: _office(told, by, at))


def _posts(_run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    return _each(rows, lambda told: _post(told, by, at))


def _assets(run: Run, rows: Rows, by: Staff, at: datetime) -> Outcome:
    return _each(rows, lambda told: _asset(told, run.crs, by, at))


def _each(rows: Rows, act: Callable[[Texts], bool]) -> Outcome:
    """Take row by row; ``act`` returns whether one said something new."""
    outcome = Outcome()
    for number, told in rows:
        try:
            with transaction.atomic():
                is_new = act(told)
        except ValidationError as fault:
            outcome.refused.append((number, " ".join(fault.messages)))
        else:
            outcome.n_fresh += is_new
            outcome.n_known += not is_new
    return outcome


def _office(told: Texts, by: Staff, at: datetime) -> bool:
    place, calendar = _place(told["place"], at), _calendar(told["calendar"])
    superior = _known_office(told["superior"]) if told["superior"] else None
    names = ("name_zh", "name_en", "duty", "phone")
    says: dict[str, Any] = {name: told[name] for name in names}
    says |= {"calendar": calendar, "superior": superior}
    there = Office.objects.filter(code=told["code"]).select_related("place").first()
    if there is None:
        found(code=told["code"], place=place, **says, by=by, at=at)
        return True
    if there.place_id != place.pk:
        raise ValidationError(_("This office serves another place: found a new one instead."))
    if all(getattr(there, name) == value for name, value in says.items()):
        return False
    change_office(there, **says, by=by, at=at)
    return True


def _post(told: Texts, by: Staff, at: datetime) -> bool:
    place = _place(told["place"], at)
    office = _known_office(told["office"]) if told["office"] else None
    user = User.objects.filter(username__iexact=told["username"]).first()
    if user is None:
        names = {name: told[name] for name in ("username", "name_zh", "name_en")}
        user = open_account(**names, password="", by=by, at=at)
    elif not user.is_active:
        raise ValidationError(_("This account is closed."))
    held = Post.objects.held(at).filter(user=user, role=told["role"], place=place, office=office)
    if held.exists():
        return False
    appoint(user, role=told["role"], place=place, office=office, by=by, at=at)
    return True


def _asset(told: Texts, crs: str, by: Staff, at: datetime) -> bool:
    row = AssetClass.objects.filter(code=told["class"]).first()
    if row is None:
        said = _("There is no class of assets with the code “%(code)s”.")
        raise ValidationError(said % {"code": told["class"]})
    lon, lat = (np.array(float(told[name])) for name in ("lon", "lat"))
    lon, lat = geo.to_wgs84(crs, lon, lat)
    says = Told(
        name=told["name_zh"],
        lat=round(float(lat), DIGITS),
        lon=round(float(lon), DIGITS),
        keeper=_known_office(told["keeper"]),
        owner=_known_office(told["owner"]) if told["owner"] else None,
        look_on=date.fromisoformat(told["look_on"]) if told["look_on"] else None,
    )
    code, condition = told["code"], told["condition"]
    return take_asset(says, code=code, asset_class=row, condition=condition, by=by, at=at)


def _place(code: str, at: datetime) -> Place:
    if place := by_code(code, localdate(at)):
        return place
    raise ValidationError(_("There is no place with the code “%(code)s”.") % {"code": code})


def _known_office(code: str) -> Office:
    if office := Office.objects.filter(code=code, is_active=True).first():
        return office
    raise ValidationError(_("There is no office with the code “%(code)s”.") % {"code": code})


def _calendar(code: str) -> Calendar:
    if calendar := Calendar.objects.filter(code=code).first():
        return calendar
    raise ValidationError(_("There is no calendar with the code “%(code)s”.") % {"code": code})


LISTS: dict[str, Callable[[Run, Rows, Staff, datetime], Outcome]] = {
    "duties": _duties,
    "catalogue": _catalogue,
    "places": _places,
    "addresses": _addresses,
    "assets": _assets,
    "offices": _offices,
    "posts": _posts,
}
