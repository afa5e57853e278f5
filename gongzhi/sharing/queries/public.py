"""What everybody may know: what is shared between which offices, what for, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import override

from gongzhi.accounts.models import Office
from gongzhi.base.kept import Rested, kept
from gongzhi.matters.queries.public import hidden
from gongzhi.opendata.models import Volume
from gongzhi.opendata.queries import months_of_files
from gongzhi.sharing import dcat
from gongzhi.sharing.models import Edition, Item, System, Transfer, Use
from gongzhi.sharing.queries.catalogue import SIZE, Page
from gongzhi.sharing.states import UseState

MONTHS = 12
RESTED: Rested[dict[UUID, int]] = Rested()
RESTED_MONTHS: Rested[list[Month]] = Rested()
RESTED_FILES: Rested[CatalogueFile] = Rested()


@dataclass(frozen=True, slots=True)
class Shared:
    """One use as everybody reads it; ``n`` transfers in the last whole month, ``None``: few."""

    use: Use
    n: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """What moved in a month; numbers are ``None`` where they are small."""

    month: date
    n_transfers: int | None
    n_entries: int | None


def shared(theme: str, after: UUID | None, at: datetime, *, size: int = SIZE) -> Page:
    """Return a page of the uses that run, the latest first (two queries)."""
    on = localdate(at)
    found = Use.objects.filter(state=UseState.APPROVED, since__lte=on, until__gte=on)
    found = found.filter(item__theme=theme) if theme else found
    found = found.filter(pk__lt=after) if after else found
    names = ("item__system", "item__office", "system__office")
    rows = list(found.select_related(*names).order_by("-pk")[: size + 1])
    counts = RESTED.answer(on, lambda: _last_month(on))
    page = [Shared(one, hidden(counts.get(one.pk, 0))) for one in rows[:size]]
    return Page(page, str(rows[size - 1].pk) if len(rows) > size else "")


def _last_month(on: date) -> dict[UUID, int]:
    """Return how many transfers each use had in the month before that of ``on`` (one query)."""
    ends = on.replace(day=1)
    begins = (ends - timedelta(days=1)).replace(day=1)
    found = Transfer.objects.filter(moved_at__gte=_midnight(begins), moved_at__lt=_midnight(ends))
    return dict(found.order_by().values_list("use").annotate(n=Count("pk")))


def months(at: datetime) -> list[Month]:
    """Return what moved in the last twelve whole months and in the one that runs, latest first (one query)."""
    first = localdate(at).replace(day=1)
    return RESTED_MONTHS.answer(first, lambda: _months(first))


def _months(first: date) -> list[Month]:
    since = first.replace(year=first.year - 1)
    found = Transfer.objects.filter(moved_at__gte=_midnight(since))
    by_month = found.annotate(month=TruncMonth("moved_at", tzinfo=get_default_timezone()))
    rows = by_month.order_by().values_list("month").annotate(n=Count("pk"), m=Sum("count"))
    return [
        Month(localdate(month), hidden(n), None if hidden(n) is None else hidden(m))
        for month, n, m in sorted(rows, reverse=True)
    ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_default_timezone())


# --- For machines.


def stamp() -> str:
    """Return what changes when the catalogue does (three queries)."""
    said = (
        Item.objects.aggregate(n=Count("pk"), latest=Max("changed_at"), versions=Sum("version")),
        Volume.objects.aggregate(n=Count("pk"), latest=Max("made_at")),
        list(System.objects.order_by("pk").values_list("name_zh", "name_en", "office__name_zh")),
        settings.ORIGIN,
    )
    return sha256(repr(said).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """The catalogue as a file: what it was made of, its digest, its bytes."""

    stamp: str
    sha256: str
    content: bytes


def catalogue_file(ending: str) -> CatalogueFile:
    """Return the catalogue as a file that ends so; made anew when an item, a system or a file changed.

    That of a district takes most of a second: it is not made again at once.
    """
    return RESTED_FILES.answer(ending, lambda: _current(ending))


def _current(ending: str) -> CatalogueFile:
    if _made(ending).stamp != stamp():
        _made.cache_clear()
    return _made(ending)


@kept(seconds=3600)
def _made(ending: str) -> CatalogueFile:
    with override("zh-hans"):
        now, content = stamp(), dcat.written(_described(), ending)
    return CatalogueFile(now, sha256(content).hexdigest(), content)


def _described() -> dcat.Catalogue:
    """Return the catalogue as data: listed items and the files of open data (four queries)."""
    listed = Item.objects.listed().select_related("system", "office", "concept").order_by("code")
    first = dict(Edition.objects.filter(number=1).values_list("item", "from_day"))
    sets = [_of_item(one, first[one.pk]) for one in listed]
    home = settings.ORIGIN + reverse("sharing:index")
    return dcat.Catalogue(
        home=home,
        publisher=dcat.Agent(f"{home}publisher", "共治", "Gongzhi"),
        licence=settings.DATA_LICENCE,
        sets=[*sets, *_open_data()],
    )


def _of_item(item: Item, issued: date) -> dcat.Set:
    home = settings.ORIGIN + reverse("sharing:index")
    files = []
    if item.is_public and item.address:
        licence = item.licence or settings.DATA_LICENCE
        files = [dcat.File(item.address, item.name_zh, item.name_en, "", licence)]
    return dcat.Set(
        key=f"{home}items/{item.code}",
        page=f"{home}items/{item.code}/",
        code=item.code,
        title=(item.name_zh, item.name_en),
        description=(item.description_zh, item.description_en),
        office=_agent(item.office),
        theme=item.theme,
        period=item.period,
        access="public" if item.is_public else "restricted" if item.by_person else "non_public",
        issued=issued,
        modified=item.refreshed_on or item.from_day,
        begins=item.oldest_on,
        ends=item.refreshed_on if item.oldest_on else None,
        ground=" ".join(filter(None, (item.ground, item.article))),
        origin=str(item.get_origin_display()),
        version=str(item.edition),
        keywords=[item.concept.name_zh] if item.concept else [],
        files=files,
    )


def _agent(office: Office) -> dcat.Agent:
    home = settings.ORIGIN + reverse("sharing:index")
    return dcat.Agent(f"{home}offices/{office.code}", office.name_zh, office.name_en, office.phone)


def _open_data() -> list[dcat.Set]:
    """Return the months of open data, and the communities, each with its files."""
    made = months_of_files()
    sets = [_of_month(one.month, one.files) for one in made]
    some = list(Volume.objects.filter(month=None).order_by("name", "sort"))
    if some:
        title = ("社区：边界与一年的公开事项数", "Communities: boundaries and matters of a year")
        sets.append(_of_files("communities", title, some))
    return sets


def _of_month(month: date, files: list[Volume]) -> dcat.Set:
    title = (f"{month:%Y年%m月}收到的公开事项", f"Public matters that came in {month:%Y-%m}")
    ends = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return _of_files(f"matters-{month:%Y-%m}", title, files, month, ends)


def _of_files(code: str, title: tuple[str, str], files: list[Volume], *span: date) -> dcat.Set:
    home = settings.ORIGIN + reverse("opendata:index")
    publisher = settings.ORIGIN + reverse("sharing:index") + "publisher"
    return dcat.Set(
        key=f"{home}#{code}",
        page=home,
        code=code,
        title=title,
        description=(
            f"{title[0]}。不含个人信息，不含文字，地点不小于社区。",
            f"{title[1]}. Without persons, without words, no place smaller than a community.",
        ),
        office=dcat.Agent(publisher, "共治", "Gongzhi"),
        theme="GOVE",
        period="DAILY",
        access="public",
        issued=None,
        modified=localdate(files[0].made_at),
        begins=span[0] if span else None,
        ends=span[-1] if span else None,
        ground="中华人民共和国政府信息公开条例",
        origin="",
        version="",
        keywords=[],
        files=[
            dcat.File(
                settings.ORIGIN + reverse("opendata:volume", args=[one.name, one.sort]),
                str(one),
                str(one),
                one.sort,
                settings.DATA_LICENCE,
                one.size,
                one.sha256,
            )
            for one in files
        ],
    )
