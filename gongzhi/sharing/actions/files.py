"""The catalogue of a file: all of its rows are taken, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.exchange.models import Client
from gongzhi.sharing import readers, rules
from gongzhi.sharing.actions.items import add_item, change
from gongzhi.sharing.actions.systems import add_system, change_system
from gongzhi.sharing.models import Concept, Item, System

Rows = Iterable[tuple[int, dict[str, str]]]


@dataclass(slots=True)
class Taken:
    """What came of a file: rows added, changed, as they were; and those refused, by number, why."""

    n_added: int = 0
    n_changed: int = 0
    n_same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_systems(rows: Rows, *, dry_run: bool = False, by: Actor, at: datetime) -> Taken:
    """Enter the systems of a file, or change those that are there; with ``dry_run`` nothing is kept."""
    rules.check(by)
    known = _Known()

    def take(cells: dict[str, str], taken: Taken) -> None:
        said: dict[str, Any] = readers.system(cells)
        said["office"], said["client"] = known.office(said["office"]), known.client(said["client"])
        there = known.systems.get(said["code"])
        if there is None:
            known.systems[said["code"]] = add_system(**said, by=by, at=at)
            taken.n_added += 1
        elif _differs(there, said):
            change_system(there, **said, by=by, at=at)
            taken.n_changed += 1
        else:
            taken.n_same += 1

    return _all_or_none(rows, take, dry_run=dry_run)


def import_items(rows: Rows, *, dry_run: bool = False, by: Actor, at: datetime) -> Taken:
    """List the items of a file, or change those that are there; with ``dry_run`` nothing is kept.

    The same file again changes nothing.
    """
    rules.check(by)
    known = _Known()
    items = {one.code: one for one in Item.objects.select_related("system", "office", "concept")}
    today = localdate(at)

    def take(cells: dict[str, str], taken: Taken) -> None:
        said: dict[str, Any] = readers.item(cells)
        said["system"] = known.system(said["system"])
        said["office"] = known.office(said["office"]) if said["office"] else said["system"].office
        said["concept"] = known.concept(said["concept"])
        there, day = items.get(said["code"]), said.pop("from_day")
        if there is None:
            items[said["code"]] = add_item(**said, from_day=day or today, by=by, at=at)
            taken.n_added += 1
        elif _differs(there, said):
            change(there, **said, from_day=max(day or today, there.from_day), by=by, at=at)
            taken.n_changed += 1
        else:
            taken.n_same += 1

    return _all_or_none(rows, take, dry_run=dry_run)


def _all_or_none(
    rows: Rows, take: Callable[[dict[str, str], Taken], None], *, dry_run: bool
) -> Taken:
    taken, seen = Taken(), set[str]()
    with transaction.atomic():
        for number, cells in rows:
            try:
                with transaction.atomic():
                    if cells["code"] in seen:
                        raise ValidationError(_("A row above has the same code."))  # noqa: TRY301
                    seen.add(cells["code"])
                    take(cells, taken)
            except (ValidationError, MoveRefused) as fault:
                taken.refused.append((number, readers.sentence(fault)))
        if dry_run or taken.refused:
            transaction.set_rollback(True)
    return taken


def _differs(there: Item | System, said: dict[str, Any]) -> bool:
    return any(getattr(there, name) != value for name, value in said.items())


class _Known:
    """Offices, clients, systems and concepts by their codes, read once."""

    def __init__(self) -> None:
        """Read them (4 queries)."""
        self.offices = {one.code: one for one in Office.objects.filter(is_active=True)}
        clients = Client.objects.select_related("account")
        self.clients = {one.account.username: one for one in clients}
        systems = System.objects.select_related("office", "client__account")
        self.systems = {one.code: one for one in systems}
        self.concepts = {one.code: one for one in Concept.objects.all()}

    def office(self, code: str) -> Office:
        """Return the office with a code."""
        if found := self.offices.get(code):
            return found
        raise ValidationError(_("There is no office with the code “%(code)s”.") % {"code": code})

    def client(self, code: str) -> Client | None:
        """Return the client with a sign-in name, none for an empty one."""
        if not code or code in self.clients:
            return self.clients.get(code)
        said = _("No other system is let in under the name “%(code)s”.")
        raise ValidationError(said % {"code": code})

    def system(self, code: str) -> System:
        """Return the system with a code."""
        if found := self.systems.get(code):
            return found
        raise ValidationError(_("There is no system with the code “%(code)s”.") % {"code": code})

    def concept(self, code: str) -> Concept | None:
        """Return the concept with a code, none for an empty one."""
        if not code or code in self.concepts:
            return self.concepts.get(code)
        raise ValidationError(_("There is no concept with the code “%(code)s”.") % {"code": code})
