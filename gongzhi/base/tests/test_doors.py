"""Who may come in while there is a row."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from gongzhi.base import doors as module
from gongzhi.base.doors import LONGEST_ROW, Doors, Who, always_open
from tools.run import WEB

ask = RequestFactory()
PLACES, CROWD = 2, 30


class Work:
    """A view that is done when it is told so, and knows who was at work."""

    def __init__(self) -> None:
        self.lock, self.done = threading.Lock(), threading.Semaphore(0)
        self.now = self.most = 0
        self.order: list[str] = []

    def __call__(self, request) -> HttpResponse:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.order.append(request.path)
        self.done.acquire()
        with self.lock:
            self.now -= 1
        return HttpResponse()


class House:
    """Doors with a view behind them, and people who ask, each in a thread."""

    def __init__(self) -> None:
        self.work = Work()
        self.doors = Doors(self.answer)
        self.people = ThreadPoolExecutor(4 * CROWD)

    def answer(self, request) -> HttpResponse:
        refused = self.doors.process_view(request, self.work, (), {})
        return refused or self.work(request)

    def come(self, path: str, method: str = "GET", **headers: str) -> Future[HttpResponse]:
        """Let somebody ask, and return once they work, wait or were refused."""
        request = ask.generic(method, path, headers=headers)
        request.COOKIES = {"who": "x"} if path.startswith("/staff") else {}
        known = self._seen()
        asked = self.people.submit(self.doors, request)
        while self._seen() == known and not asked.done():
            time.sleep(0.001)
        return asked

    def _seen(self) -> int:
        return len(self.work.order) + self.n_waiting

    @property
    def n_waiting(self) -> int:
        return sum(len(row) for row in self.doors.rows.waiting.values())

    def finish(self, n: int) -> None:
        for _ in range(n):
            self.work.done.release()


@pytest.fixture
def house(settings, monkeypatch):
    settings.AT_WORK = PLACES
    settings.SESSION_COOKIE_NAME = "who"
    # Nobody's patience ends unless the test is about that.
    monkeypatch.setattr(module, "PATIENCE_S", dict.fromkeys(Who, -1))
    made = House()
    yield made
    made.finish(10 * CROWD)
    made.people.shutdown()


def statuses(asked: list[Future[HttpResponse]]) -> list[int]:
    return [one.result(20).status_code for one in asked]


def test_no_more_work_at_once_than_there_are_places(house):
    asked = [house.come(f"/sent/{n}", "POST") for n in range(CROWD)]
    assert house.n_waiting == CROWD - PLACES
    house.finish(CROWD)

    assert statuses(asked) == [200] * CROWD
    assert house.work.most == PLACES
    assert house.doors.rows.free == PLACES


def test_whoever_sends_comes_before_all_who_came_earlier_to_read(house):
    first = [house.come(f"/first/{n}") for n in range(PLACES)]
    visits = [house.come(f"/visit/{n}") for n in range(3)]
    staff = [house.come(f"/staff/{n}") for n in range(3)]
    sends = [house.come(f"/sent/{n}", "POST") for n in range(3)]
    asked = [*first, *visits, *staff, *sends]
    for _ in asked:  # one after the other, so that the order is seen
        n = len(house.work.order)
        house.finish(1)
        while len(house.work.order) == n and house.n_waiting:
            time.sleep(0.001)

    assert statuses(asked) == [200] * len(asked)
    assert house.work.order[PLACES:] == [
        f"/{who}/{n}" for who in ("sent", "staff", "visit") for n in range(3)
    ]


@pytest.mark.parametrize("path", ["/visit", "/staff"])
def test_whoever_reads_and_would_stand_in_a_long_row_is_asked_to_come_again(house, path):
    for n in range(PLACES):
        house.come(f"/first/{n}", "POST")
    waiting = [house.come(f"{path}/{n}") for n in range(LONGEST_ROW)]
    too_many = house.come(path)

    assert statuses([too_many]) == [503]
    house.finish(PLACES + LONGEST_ROW)
    assert statuses(waiting) == [200] * LONGEST_ROW


@pytest.mark.parametrize("path", ["/visit", "/staff"])
def test_whoever_reads_and_has_waited_long_is_asked_to_come_again(house, path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", {**dict.fromkeys(Who, 0.05), Who.SENDS: -1})
    for n in range(PLACES):
        house.come(f"/first/{n}", "POST")
    sends, reads = house.come("/sent", "POST"), house.come(path)

    assert statuses([reads]) == [503]
    assert not sends.done()
    house.finish(PLACES + 1)
    assert statuses([sends]) == [200]


def test_no_place_is_lost_when_patience_ends_as_a_place_gets_free(house, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", dict.fromkeys(Who, 0.002))
    for n in range(PLACES):
        house.come(f"/first/{n}")

    def leave_and_come() -> None:
        for _ in range(200):
            if house.doors.rows.enter(Who.VISITS):
                time.sleep(0.0019)
                house.doors.rows.leave()

    threads = [threading.Thread(target=leave_and_come) for _ in range(6)]
    for thread in threads:
        thread.start()
    house.finish(PLACES)
    for thread in threads:
        thread.join()
    assert house.doors.rows.free == PLACES
    assert house.n_waiting == 0


def test_a_place_is_free_again_where_the_work_failed(house):
    def falls(_request) -> HttpResponse:
        house.doors.process_view(_request, falls, (), {})
        raise RuntimeError("no more room")

    house.doors.get_response = falls
    for _ in range(3 * PLACES):
        with pytest.raises(RuntimeError):
            house.doors(ask.post("/sent"))
    assert house.doors.rows.free == PLACES


@pytest.fixture
def full(house):
    """A house with everybody at work and every row of readers at its end."""
    for n in range(PLACES):
        house.come(f"/first/{n}", "POST")
    for n in range(LONGEST_ROW):
        house.come(f"/visit/{n}")
    return house


def test_systems_that_name_themselves_wait_with_the_staff(full):
    assert not full.come("/api", Authorization="Bearer x").done()


def test_probes_come_in_however_long_the_row(full):
    @always_open
    def probe(_request) -> HttpResponse:
        return HttpResponse()

    request = ask.get("/")
    assert full.doors.process_view(request, probe, (), {}) is None


def test_whoever_was_let_in_with_a_form_sees_the_receipt(full):
    full.work.with_senders = True
    assert not full.come("/receipt/1").done()


def test_the_refusal_says_when_to_ask_again_in_the_readers_language(full):
    answer = full.come("/").result(20)

    assert answer.status_code == 503
    assert "<h1" in answer.content.decode()
    assert answer["Retry-After"] == "5"
    assert "请稍后再来" in answer.content.decode()


def test_a_program_is_told_as_a_problem(full):
    answer = full.come("/", Accept="application/json").result(20)

    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"


def test_the_log_says_so_once_a_minute(full, caplog):
    for _ in range(3):
        assert full.come("/").result(20).status_code == 503
    assert len(caplog.records) == 1


def test_threads_are_as_many_as_the_server_is_started_with(settings):
    told = f"--blocking-threads {settings.THREADS} "
    unit = Path("deploy/systemd/gongzhi-web@.service").read_text(encoding="utf-8")
    image = Path("deploy/container/Dockerfile").read_text(encoding="utf-8")
    assert told in WEB
    assert told in unit
    assert told in image.replace('", "', " ").replace('",', " ")
    # However many read, some threads are left for who sends.
    assert settings.AT_WORK + 2 * LONGEST_ROW < settings.THREADS
