"""Items and systems as those who work with them see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office, Staff
from gongzhi.sharing import rules
from gongzhi.sharing.models import Edition, Item, ItemQuerySet, System, Transfer, Use
from gongzhi.sharing.readers import written
from gongzhi.sharing.states import ItemState, UseState

SIZE = 50
# How what an edition says is called on screen.
SAID = {
    "name_zh": _("name"),
    "name_en": _("name in English"),
    "description_zh": _("what it holds"),
    "description_en": _("the same in English"),
    "system": _("System"),
    "office": _("Office that owns it"),
    "concept": _("Concept"),
    "theme": _("theme"),
    "object": _("what it is about"),
    "by_person": _("its entries are found by who a person is"),
    "fields": _("Fields"),
    "origin": _("collected from"),
    "period": _("renewed"),
    "retention_months": _("kept for months"),
    "retention_ground": _("why so long"),
    "ground": _("legal ground"),
    "article": _("article"),
    "is_public": _("everybody may have the data"),
    "licence": _("licence"),
    "address": _("address of the data"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the list of items is narrowed; ``look`` names what is amiss with those that are looked for."""

    words: str = ""
    office: Office | None = None
    system: System | None = None
    theme: str = ""
    use: str = ""
    look: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and the code after which the next begins, if there is more."""

    rows: list[Any]
    after: str


def items(wanted: Wanted, at: datetime, *, size: int = SIZE) -> Page:
    """Return a page of items by their codes (one query)."""
    found = _narrowed(wanted, localdate(at))
    if wanted.after:
        found = found.filter(code__gt=wanted.after)
    counted = found.select_related("system", "office", "concept").annotate(
        n_uses=Count("uses", filter=Q(uses__state=UseState.APPROVED), distinct=True),
        n_asked=Count("uses", filter=Q(uses__state=UseState.ASKED), distinct=True),
        n_failed=Count("checks", filter=Q(checks__passed=False), distinct=True),
        is_doubled=Exists(Item.objects.listed().doubled().filter(pk=OuterRef("pk"))),
    )
    rows = list(counted.order_by("code")[: size + 1])
    today = localdate(at)
    for one in rows:
        one.late = one.is_stale(today)
        one.kept_long = one.is_kept_too_long(today)
    return Page(rows[:size], rows[size - 1].code if len(rows) > size else "")


def _narrowed(wanted: Wanted, on: date) -> ItemQuerySet:
    if wanted.look == "withdrawn":
        found = Item.objects.filter(state=ItemState.WITHDRAWN)
    else:
        found = _looked_for(Item.objects.listed(), wanted.look, on)
    same = {"office": wanted.office, "system": wanted.system, "theme": wanted.theme}
    found = found.filter(**{name: value for name, value in same.items() if value})
    if wanted.words:
        word = wanted.words
        found = found.filter(
            Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word)
        )
    used = Use.objects.filter(item=OuterRef("pk"))
    if wanted.use == "none":
        return found.filter(~Exists(used.filter(state=UseState.APPROVED)))
    return found.filter(Exists(used.filter(state=wanted.use))) if wanted.use else found


def _looked_for(found: ItemQuerySet, look: str, on: date) -> ItemQuerySet:
    if look == "stale":
        return found.stale(on)
    if look == "kept":
        return found.kept_too_long(on)
    if look == "failed":
        return found.failed()
    if look == "doubled":
        return found.doubled()
    if look == "person":
        return found.filter(by_person=True)
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """The catalogue in numbers."""

    n_systems: int
    n_items: int
    n_stale: int
    n_failed: int
    n_kept: int
    n_doubled: int
    n_by_person: int
    n_asked: int
    n_uses: int
    n_transfers: int


def figures(at: datetime) -> Figures:
    """Return the catalogue in numbers (four queries); transfers are those of the month."""
    on = localdate(at)
    listed = Item.objects.listed()
    counts = listed.aggregate(
        n_items=Count("pk"),
        n_stale=Count("pk", filter=Q(pk__in=listed.stale(on).values("pk"))),
        n_failed=Count("pk", filter=Q(pk__in=listed.failed().values("pk"))),
        n_kept=Count("pk", filter=Q(pk__in=listed.kept_too_long(on).values("pk"))),
        n_doubled=Count("pk", filter=Q(pk__in=listed.doubled().values("pk"))),
        n_by_person=Count("pk", filter=Q(by_person=True)),
    )
    asked = Use.objects.aggregate(
        n_asked=Count("pk", filter=Q(state=UseState.ASKED)),
        n_uses=Count("pk", filter=Q(state=UseState.APPROVED)),
    )
    since = at.astimezone().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    moved = Transfer.objects.filter(moved_at__gte=since).count()
    return Figures(n_systems=System.objects.count(), n_transfers=moved, **counts, **asked)


def systems() -> QuerySet[System]:
    """Return the systems by code, each with how many items it holds and how many it uses (one query)."""
    listed = Q(items__state=ItemState.LISTED)
    running = Q(uses__state=UseState.APPROVED)
    found = System.objects.select_related("office", "client__account").annotate(
        n_items=Count("items", filter=listed, distinct=True),
        n_uses=Count("uses", filter=running, distinct=True),
    )
    return found.order_by("code")


def own_systems(by: Staff) -> list[System]:
    """Return the systems in whose name ``by`` may ask, by code (one query)."""
    found = System.objects.select_related("office").order_by("code")
    return [one for one in found if rules.may_ask(by, one)]


def editions(item: Item) -> list[Edition]:
    """Return what an item said, the latest first (one query)."""
    return list(item.editions.order_by("-number"))


def changes_since(use: Use) -> list[tuple[Any, str, str]]:
    """Return what an item says otherwise than was agreed on: label, then, now (none or one query)."""
    if use.edition.number == use.item.edition:
        return []
    return told_apart(use.edition, use.item.editions.get(number=use.item.edition))


def told_apart(before: Edition, now: Edition) -> list[tuple[Any, str, str]]:
    """Return where two editions differ: label, what the first says, what the second says."""
    return [
        (label, _plain(before.says.get(name)), _plain(now.says.get(name)))
        for name, label in SAID.items()
        if before.says.get(name) != now.says.get(name)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return written(value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "—" if value in ("", None) else str(value)
