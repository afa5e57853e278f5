"""The worker as a process: jobs and what recurs, side by side."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from gongzhi.jobs import handlers
from gongzhi.jobs.management.commands import work
from gongzhi.jobs.tests.test_actions import left, tables

__all__ = ["tables"]  # every test fills tables of its own
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(monkeypatch):
    """A worker that runs in a thread of this process, in its own time."""
    monkeypatch.setattr(work, "autodiscover_modules", lambda _name: None)
    monkeypatch.setattr(os, "nice", lambda by: by)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    command = work.Command()
    thread = threading.Thread(target=command.handle, kwargs={"until_idle": False})

    def run() -> None:
        thread.start()
        thread.join(30)

    monkeypatch.setattr(command, "execute", run)
    yield command
    assert not thread.is_alive()


def test_a_job_does_not_wait_for_what_recurs(worker):
    done, in_time = threading.Event(), []
    handlers.on("write")(lambda _work: done.set())

    @handlers.every(hours=1)
    def lasts(at):
        in_time.append(done.wait(20))
        worker.stop()

    left()
    worker.execute()

    assert in_time == [True]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_what_recurs_cannot_go_on_the_worker_ends_and_is_started_again(worker):
    @handlers.every(hours=1)
    def ends(at):
        raise SystemExit

    worker.execute()

    assert worker.stopped
