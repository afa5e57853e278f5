"""Assets in lists and on maps, what a code stands for, and what is raised about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max

from gongzhi.accounts.models import Office, Staff
from gongzhi.assets.models import CLASS, CODE, DISTRICT, About, Asset, AssetClass, AssetQuerySet
from gongzhi.assets.states import Condition
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.matters.queries.public import listed
from gongzhi.places.models import Place
from gongzhi.places.queries import below
from gongzhi.places.queries import by_code as place_by_code

PAGE = 50
ON_MAP = 500
SHEETS = 24  # labels on a page of paper


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to."""

    kind: str = ""  # digits that the class begins with: a major class, or a minor one
    place: Place | None = None
    condition: str = ""
    keeper: Office | None = None
    due: date | None = None  # to be looked at by that day


def classes() -> Iterable[AssetClass]:
    """Return all minor classes by code (one query)."""
    return AssetClass.objects.order_by("code")


def narrowed(asked: Asked) -> AssetQuerySet:
    """Return the assets that are asked for, by code."""
    found = Asset.objects.all()
    if asked.kind:
        found = found.filter(asset_class__code__startswith=asked.kind)
    if asked.place:
        found = found.filter(below("chain", [asked.place.path]))
    if asked.condition:
        found = found.filter(state=asked.condition)
    if asked.keeper:
        found = found.filter(keeper=asked.keeper)
    if asked.due:
        found = found.standing().filter(look_on__lte=asked.due)
    return with_names(found).order_by("code")


def with_names(found: AssetQuerySet) -> AssetQuerySet:
    """Return ``found`` with what a row says."""
    joined = found.select_related("asset_class", "place", "keeper", "owner")
    return joined.defer("place__boundary", "place__also")


def page(found: AssetQuerySet, after: str, size: int = PAGE) -> tuple[list[Asset], str]:
    """Return the rows after a code, and the code after which the next page begins, or "" (one query)."""
    rows = list(found.filter(code__gt=after)[: size + 1] if after else found[: size + 1])
    more = rows[size - 1].code if len(rows) > size else ""
    return rows[:size], more


def by_code(code: str) -> Asset | None:
    """Return the asset with a code; no query for what can be none."""
    if not is_code(code):
        return None
    return with_names(Asset.objects.filter(code=code)).first()


def is_code(code: str) -> bool:
    """Return whether a text has the form of an asset's code."""
    return len(code) == CODE and code.isascii() and code.isdigit()


def standing(code: str) -> Asset | None:
    """Return the asset with a code that is not out of use."""
    found = by_code(code)
    return found if found and found.is_standing else None


def target(code: str, on: date) -> Place | Asset | None:
    """Return the standing asset or the place with a code (two queries at most)."""
    return standing(code) or place_by_code(code, on)


def is_here(code: str) -> bool:
    """Return whether a code begins with that of a district of this installation (one query)."""
    return Place.objects.filter(code=code[:DISTRICT]).exists()


def district(path: str) -> str:
    """Return the code of the district in a path, or what stands at its top."""
    codes = path.split("/")
    return next((code for code in codes if len(code) == DISTRICT), codes[0])


def next_code(place: Place, kind: AssetClass) -> str:
    """Return the first free code of a class in the district of a place (one query)."""
    begin = district(place.path) + kind.code
    last = Asset.objects.filter(code__startswith=begin).aggregate(last=Max("code"))["last"]
    serial = int(last[DISTRICT + CLASS :]) + 1 if last else 1
    return f"{begin}{serial:06d}"


def counts(asked: Asked) -> dict[str, int]:
    """Return how many of those asked for are in each condition (one query)."""
    found = narrowed(asked).order_by().values_list("state").annotate(n=Count("pk"))
    told = dict(found)
    return {state: told.get(state, 0) for state in Condition.values}


def raised(asset: Asset, to: Staff) -> MatterQuerySet:
    """Return the matters about an asset that ``to`` may see, the latest first."""
    about = About.objects.filter(asset=asset).values("matter")
    return matter_rules.visible(Matter.objects.filter(pk__in=about), to).order_by("-received_at")


def n_open(asset: Asset) -> int:
    """Return how many public matters about an asset are open (one query)."""
    about = About.objects.filter(asset=asset).values("matter")
    return listed(None, None).open().filter(pk__in=about).count()


def of_matter(matter: UUID) -> Asset | None:
    """Return the asset a matter is about (one query)."""
    return with_names(Asset.objects.filter(about__matter=matter)).first()
