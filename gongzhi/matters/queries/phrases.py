"""Standard phrases: which fit a move of a matter, and what their variables stand for there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.base.kept import kept
from gongzhi.matters.models import Kind, Matter, Phrase
from gongzhi.matters.queries.matters import COMMUNITY
from gongzhi.places.queries import chain_names

SAMPLE_CAME = timedelta(days=3)
SAMPLE_DUE = timedelta(days=5)


@kept()
def _listed(on: date) -> list[Phrase]:
    """Return the phrases of a day; kept a minute."""
    return list(Phrase.objects.listed(on).order_by("code"))


def phrases(move: str, kind_code: str, on: date) -> list[Phrase]:
    """Return the phrases for a move of a matter of a kind, those of the kind first.

    One query at most: all of a day are kept for a minute.
    """
    fit = [p for p in _listed(on) if p.move == move and p.kind_code in ("", kind_code)]
    return sorted(fit, key=lambda phrase: not phrase.kind_code)


def phrase_editions(code: str) -> QuerySet[Phrase]:
    """Return the editions of a phrase, the latest first."""
    return Phrase.objects.filter(code=code).order_by("-edition")


def phrase_values(matter: Matter, at: datetime) -> dict[str, str]:
    """Return what each variable stands for on ``matter``, in the language spoken now; "" for nothing.

    No query beside those for what is kept.
    """
    office = matter.office
    return {
        "number": matter.number,
        "kind": matter.kind.name,
        "place": "".join(chain_names(matter.chain)[:COMMUNITY][-1:]),
        "office": office.name if office else "",
        "phone": office.phone if office else "",
        "ground": matter.ground,
        "received": _day(matter.received_at),
        "due": _day(matter.answer_by),
        "today": _day(at),
    }


def sample_values(kind: Kind | None, at: datetime) -> dict[str, str]:
    """Return what each variable stands for on a matter that there is none of, for a preview."""
    return {
        "number": "260301-003-482913-K",
        "kind": kind.name if kind else _("Street or public lighting out of order"),
        "place": _("Willow Bank community"),
        "office": _("Street lighting office"),
        "phone": "0000-0000",
        "ground": (kind and kind.ground_for_reader) or _("Published list of duties, item 12"),
        "received": _day(at - SAMPLE_CAME),
        "due": _day(at + SAMPLE_DUE),
        "today": _day(at),
    }


def _day(at: datetime | None) -> str:
    return date_format(localtime(at), "DATE_FORMAT") if at else ""
