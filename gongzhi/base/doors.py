"""When too many ask at once, who only reads is asked to come again, so that who sends gets through.

Requests wait in the server's row for a free thread, where nobody sees them.  But a row shows: all
threads of this process are at work, and one that is done has the next request at once.  How long that
has lasted is how long those who come in now may have waited.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from threading import Lock, local
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from gongzhi.base.http import Answer, away, wants_problem
from gongzhi.base.kept import kept

MOMENT_S = 0.05  # longer than a thread needs to take the next request while others compute
FULL_S = 0.25  # while there is a row all threads are at work at once at least this often
VISITOR_S, SIGNED_IN_S = 1.0, 2.0  # of waiting, then they are asked to come again
AGAIN_S = 5
CROWDED = gettext_noop("More people are asking than we can answer just now.")
log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., HttpResponse])
READS = {"GET", "HEAD", "OPTIONS"}


def always_open(view: View) -> View:
    """Let a page be asked for however many ask: probes would take a crowd for a fault."""
    view.always_open = True  # type: ignore[attr-defined]
    return view


class Doors:
    """Middleware: knows how long there has been a row, and refuses readers once it is too long."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.lock, self.thread = Lock(), local()
        self.inside = 0
        self.full_at = self.row_since = self.logged = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.enter(request, monotonic())
        try:
            return self.get_response(request)
        finally:
            self.leave(monotonic())

    def enter(self, request: HttpRequest, at: float) -> None:
        """Note in the request how long it may have waited, in seconds."""
        was_free = at - getattr(self.thread, "free_since", 0.0) > MOMENT_S
        with self.lock:
            self.inside += 1
            if self.inside >= settings.THREADS:
                self.full_at = at
            if was_free or at - self.full_at > FULL_S:
                self.row_since = at
            request.waited = at - self.row_since  # type: ignore[attr-defined]

    def leave(self, at: float) -> None:
        """Note that this thread is free."""
        self.thread.free_since = at
        with self.lock:
            self.inside -= 1

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Ask who only reads to come again where the row is too long; whoever sends is never refused."""
        if request.method not in READS or getattr(view, "always_open", False):
            return None
        is_known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if request.waited <= (SIGNED_IN_S if is_known else VISITOR_S):  # type: ignore[attr-defined]
            return None
        return self._come_again(request)

    def _come_again(self, request: HttpRequest) -> HttpResponse:
        """Return what costs next to nothing, and log a row once and not with each who is refused."""
        if self.logged != self.row_since:
            self.logged = self.row_since
            log.warning("more ask than can be answered: readers are asked to come again")
        if wants_problem(request):
            answer = away(request, _(CROWDED), AGAIN_S)
        else:
            answer = HttpResponse(_page(get_language()), status=HTTPStatus.SERVICE_UNAVAILABLE)
            answer["Retry-After"] = str(AGAIN_S)
        answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
        return answer


@kept()
def _page(_language: str | None) -> str:
    shown = {"status": 503, "said": _(CROWDED), "is_training": settings.TRAINING}
    return render_to_string("base/error.html", shown)
