"""Who may come in while there is a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from gongzhi.base.doors import FULL_S, MOMENT_S, SIGNED_IN_S, VISITOR_S, Doors, always_open
from tools.run import WEB

ask = RequestFactory()


@pytest.fixture
def doors(settings):
    settings.THREADS = 2
    return Doors(lambda _request: HttpResponse())


def entered(doors: Doors, at: float, method: str = "GET", **cookies: str):
    request = ask.generic(method, "/")
    request.COOKIES.update(cookies)
    doors.enter(request, at)
    return request


def refused(doors: Doors, request) -> bool:
    return doors.process_view(request, HttpResponse, (), {}) is not None


def row(doors: Doors, seconds: float) -> float:
    """Keep both threads at work for ``seconds``, each taking the next at once; return the time."""
    at = 10.0
    entered(doors, at)
    entered(doors, at)
    while at < 10.0 + seconds:
        at += 0.1
        doors.leave(at)
        entered(doors, at)
    doors.leave(at)
    return at


def test_nobody_waits_while_a_thread_is_free(doors):
    for n in range(1000):
        assert entered(doors, n * 0.01).waited <= FULL_S
        doors.leave(n * 0.01 + 0.009)


def test_in_a_row_visitors_are_asked_to_come_again_then_whoever_is_signed_in(doors, settings):
    settings.SESSION_COOKIE_NAME = "who"
    at = row(doors, VISITOR_S - 0.2)
    assert not refused(doors, entered(doors, at))

    at = row(doors, VISITOR_S + 0.1)
    assert refused(doors, entered(doors, at))
    assert not refused(doors, entered(doors, at, who="x"))

    at = row(doors, SIGNED_IN_S + 0.2)
    assert refused(doors, entered(doors, at, who="x"))


def test_whoever_sends_and_probes_come_in_however_long_the_row(doors):
    at = row(doors, 60)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert not refused(doors, entered(doors, at, method))

    @always_open
    def probe(_request) -> HttpResponse:
        return HttpResponse()

    assert doors.process_view(entered(doors, at), probe, (), {}) is None


def test_once_a_thread_was_free_for_a_moment_the_row_is_gone(doors):
    at = row(doors, 60) + 2 * MOMENT_S
    assert not refused(doors, entered(doors, at))


def test_the_refusal_says_when_to_ask_again_in_the_readers_language(doors):
    request = entered(doors, row(doors, 60))
    answer = doors.process_view(request, HttpResponse, (), {})

    assert answer.status_code == 503
    assert "<h1" in answer.content.decode()
    assert answer["Retry-After"] == "5"
    assert "请稍后再来" in answer.content.decode()


def test_a_program_is_told_as_a_problem(doors):
    request = entered(doors, row(doors, 60))
    request.META["HTTP_ACCEPT"] = "application/json"
    answer = doors.process_view(request, HttpResponse, (), {})

    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"


def test_the_log_names_a_row_once(doors, caplog):
    at = row(doors, 60)
    for _ in range(3):
        assert refused(doors, entered(doors, at))
    assert len(caplog.records) == 1


def test_threads_are_as_many_as_the_server_is_started_with(settings):
    told = f"--blocking-threads {settings.THREADS} "
    unit = Path("deploy/systemd/gongzhi-web@.service").read_text(encoding="utf-8")
    image = Path("deploy/container/Dockerfile").read_text(encoding="utf-8")
    assert told in WEB
    assert told in unit
    assert told in image.replace('", "', " ").replace('",', " ")
