"""Pages of sealed files, whatever their business; what this session has proven of its holder."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import explain
from gongzhi.deadlines.words import why as in_words
from gongzhi.matters.uploads import Sort
from gongzhi.parties import queries
from gongzhi.parties.models import Paper, Party

HELD = "parties"
MOST = 20


def hold(request: HttpRequest, party: Party) -> None:
    """Remember that this session is ``party``'s."""
    if not request.session.get(HELD) and request.session.session_key:
        request.session.cycle_key()  # whoever planted this session in the browser is left outside
    known = [key for key in request.session.get(HELD, []) if key != party.pk.hex]
    request.session[HELD] = [*known, party.pk.hex][-MOST:]


def proven(request: HttpRequest, pk: UUID) -> Party | None:
    """Return the party with this key if this session has proven to be them (one query, none if not)."""
    if pk.hex not in request.session.get(HELD, []):
        return None
    return Party.objects.filter(pk=pk, left_at=None).first()


def must_be(request: HttpRequest, pk: UUID, business: str = "") -> Party:
    """Return the party with this key if this session has proven to be them (one query, none if not).

    With ``business`` only where their file is one of it.

    :raises PermissionDenied: it has not, or no longer
    """
    found = proven(request, pk)
    if found is None or (business and found.business != business):
        raise PermissionDenied(
            _("This page was open too long. Go to “Follow” and enter number and code again.")
        )
    return found


def held(request: HttpRequest) -> list[Party]:
    """Return the parties that this session has proven to be (no query where it is none)."""
    keys = request.session.get(HELD, [])
    return (
        list(Party.objects.filter(pk__in=keys, left_at=None).order_by("joined_at")) if keys else []
    )


def forget(request: HttpRequest) -> None:
    """Forget who this session has proven to be."""
    request.session.pop(HELD, None)


def serve(paper: Paper) -> HttpResponse:
    """Return a paper to whom the rules of its file let in: kept by no cache, run by no browser."""
    answer = HttpResponse(queries.content(paper), content_type=paper.mime)
    answer["Content-Disposition"] = "attachment" if paper.sort == Sort.DOCUMENT else "inline"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "no-store"
    return answer


def why(
    request: HttpRequest, clock: Clock, *, number: str, label: object, back: str, is_party: bool
) -> HttpResponse:
    """Show why a date of the file ``number`` is the date, day by day, with the article."""
    context = {
        "number": number,
        "label": label,
        "why": in_words(explain(clock)),
        "back": back,
        "layout": "base/portal.html" if is_party else "base/desk.html",
    }
    return render(request, "parties/why.html", context)
