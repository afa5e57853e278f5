"""The notice board of a grid or community as a poster to hang up."""

from __future__ import annotations

from io import BytesIO

import segno
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from gongzhi.base.typesetting import Poster, Table
from gongzhi.portal.queries.grids import Line, NoticeBoard

MOST_SERVING = 9
MOST_LINES, FEWER_LINES = 6, 3
MANY = 5  # that serve: then fewer lines have room
MOST_LATEST = 5
ROOM = 9  # rows of who serves and of the latest, that one page holds


def poster(board: NoticeBoard) -> Poster:
    """Return what stands on the poster: 4 queries."""
    day = date_format(board.on, "DATE_FORMAT")
    shown = FEWER_LINES if len(board.serving) > MANY else MOST_LINES
    return Poster(
        title=_("Notice board of %(place)s") % {"place": board.place.name},
        above=board.around,
        language="zh" if (get_language() or "zh").startswith("zh") else "en",
        serving=_("Who serves here"),
        posts=tuple(_posts(board)),
        duties=_("What they are there for"),
        duty=tuple(said for _role, some in board.duties for said in some),
        call=_("Raise a matter"),
        scan=_("Scan, say what is wrong, get a number. No account, no name needed."),
        address=board.raise_at,
        qr=_qr(board.raise_at),
        phones=tuple(
            [(office.name, office.phone) for office in board.desks]
            + [(name, number) for number, name in board.hotlines]
        ),
        hours=" · ".join(board.hours),
        month=_("This month"),
        table=Table(
            (_("Kind"), _("Received"), _("Closed"), _("Answered in time")),
            [_cells(line) for line in board.lines[:shown]],
            (5, 2, 2, 2),
        ),
        nothing=_("Nothing was raised here this month so far."),
        latest=_("The latest in %(place)s") % {"place": board.community.name},
        matters=tuple(
            (
                row.day,
                row.kind,
                pgettext("matter", "open") if row.is_open else pgettext("matter", "closed"),
            )
            for row in board.latest[: max(0, min(MOST_LATEST, ROOM - len(board.serving)))]
        ),
        foot=_(
            "As of %(day)s; the whole board: %(where)s. “few”: fewer than 5, or kept back "
            "so that nobody can reckon such a number. "
            "Never the words or the name of whoever raised a matter; nobody who serves here is followed."
        )
        % {"day": day, "where": board.address},
    )


def _posts(board: NoticeBoard) -> list[tuple[str, str, str]]:
    """Return who serves: as many as there is room for, and where the others are named."""
    if not board.serving:
        return [(_("Nobody serves here at present: call the number beside."), "", "")]
    found = [(one.name, one.role, one.place) for one in board.serving[:MOST_SERVING]]
    if len(board.serving) > MOST_SERVING:
        found.append((_("and others, whom the whole board names"), "", ""))
    return found


def _cells(line: Line) -> tuple[str, ...]:
    return (line.kind, *(_said(n) for n in (line.came, line.closed, line.in_time)))


def _said(n: int | None) -> str:
    return _("few") if n is None else str(n)


def _qr(address: str) -> bytes:
    drawn = BytesIO()
    # Level Q: a quarter of it may be scratched or faded.
    segno.make_qr(address, error="q").save(drawn, kind="svg", scale=4, border=1)
    return drawn.getvalue()
