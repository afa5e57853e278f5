"""When too many ask at once, whoever sends something goes first, and who only reads may be asked to come again.

The server takes in more requests than it works on: the others wait here, where they are seen, in a
row of their own for each kind of people.  A place that gets free goes to the first of the first row.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from gongzhi.base.http import Answer, away, wants_problem
from gongzhi.base.kept import kept

AGAIN_S = 5
TOLD_S = 60.0  # the log says at most this often that people are asked to come again
CROWDED = gettext_noop("More people are asking than we can answer just now.")
log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., HttpResponse])
READS = {"GET", "HEAD", "OPTIONS"}


class Who(IntEnum):
    """Whoever comes first is let in first."""

    SENDS = 0
    SIGNED_IN = 1
    VISITS = 2


PATIENCE_S = {Who.SENDS: -1, Who.SIGNED_IN: 2.0, Who.VISITS: 1.0}  # without end for who sends
# In each row of readers: the other threads are for who sends, of whom nobody is sent away.
LONGEST_ROW = 16


def always_open(view: View) -> View:
    """Let a page be asked for however many ask: probes would take a crowd for a fault."""
    view.always_open = True  # type: ignore[attr-defined]
    return view


def with_senders(view: View) -> View:
    """Let a page come as soon as what was sent: whoever was let in with a form sees its receipt."""
    view.with_senders = True  # type: ignore[attr-defined]
    return view


class Rows:
    """Places at work, and who waits for one."""

    def __init__(self, places: int) -> None:
        self.lock = Lock()
        self.free = places
        self.waiting: dict[Who, deque[Lock]] = {who: deque() for who in Who}

    def enter(self, who: Who) -> bool:
        """Take a place, after waiting where none is free; return whether there was one."""
        row = self.waiting[who]
        with self.lock:
            if self.free:
                self.free -= 1
                return True
            if who is not Who.SENDS and len(row) >= LONGEST_ROW:
                return False
            turn = Lock()
            turn.acquire()
            row.append(turn)
        if turn.acquire(timeout=PATIENCE_S[who]):
            return True
        with self.lock:
            if turn in row:
                row.remove(turn)
                return False
        return True  # it was given in the very moment in which the patience ended

    def leave(self) -> None:
        """Give the place to whoever is next."""
        with self.lock:
            for row in self.waiting.values():
                if row:
                    row.popleft().release()
                    return
            self.free += 1


class Doors:
    """Middleware: lets as many work at once as is useful, and refuses readers who would wait long."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.rows = Rows(settings.AT_WORK)
        self.told_at = -TOLD_S

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_at_work = False  # type: ignore[attr-defined]
        try:
            return self.get_response(request)
        finally:
            if request.is_at_work:  # type: ignore[attr-defined]
                self.rows.leave()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Let come in who is next; ask who only reads to come again where the row is too long."""
        if getattr(view, "always_open", False):
            return None
        request.is_at_work = self.rows.enter(_who(request, view))  # type: ignore[attr-defined]
        return None if request.is_at_work else self._come_again(request)  # type: ignore[attr-defined]

    def _come_again(self, request: HttpRequest) -> HttpResponse:
        """Return what costs next to nothing, and log it once a minute and not with each refused."""
        at = monotonic()
        if at - self.told_at >= TOLD_S:
            self.told_at = at
            log.warning("more ask than can be answered: readers are asked to come again")
        if wants_problem(request):
            answer = away(request, _(CROWDED), AGAIN_S)
        else:
            answer = HttpResponse(_page(get_language()), status=HTTPStatus.SERVICE_UNAVAILABLE)
            answer["Retry-After"] = str(AGAIN_S)
        answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
        return answer


def _who(request: HttpRequest, view: Callable[..., Any]) -> Who:
    """Return in which row a request waits; whether cookie or token is one of ours is found out later."""
    if request.method not in READS or getattr(view, "with_senders", False):
        return Who.SENDS
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    return Who.SIGNED_IN if is_known else Who.VISITS


@kept()
def _page(_language: str | None) -> str:
    shown = {"status": 503, "said": _(CROWDED), "is_training": settings.TRAINING}
    return render_to_string("base/error.html", shown)
