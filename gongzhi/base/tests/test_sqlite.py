from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from gongzhi.base.sqlite.lock import WriteLock, lock_of

ROOT = Path(__file__).resolve().parents[3]
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite alone")


def write(key):
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


def in_threads(count, work):
    """Run `work(n)` in that many threads, each with connections of its own; return the errors."""
    errors = []

    def one(n):
        try:
            work(n)
        except Exception as error:  # noqa: BLE001  whatever it was, the test reports it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_single_write_waits_for_its_turn_and_a_read_does_not():
    lock = lock_of(str(Path(connection.settings_dict["NAME"]).resolve()))
    done: list[object] = []

    def work(_n):
        done.append(Session.objects.count())
        Session.objects.filter(session_key="x").delete()
        done.append("written")

    assert lock.acquire()
    thread = threading.Thread(target=lambda: in_threads(1, work))
    thread.start()
    thread.join(0.5)
    seen = list(done)
    lock.release()
    thread.join(10)

    assert (seen, done) == ([0], [0, "written"])


@pytest.mark.django_db(transaction=True)
def test_threads_that_read_and_then_write_all_succeed():
    def work(n):
        for i in range(20):
            with transaction.atomic():
                seen = Session.objects.count()
                write(f"{n}-{i}-{seen}")

    assert in_threads(8, work) == []
    assert Session.objects.count() == 160
    # Nobody read what another was about to change: every count was seen once.
    keys = Session.objects.values_list("session_key", flat=True)
    counts = sorted(int(key.rsplit("-")[-1]) for key in keys)
    assert connection.vendor != "sqlite" or counts == list(range(160))


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_rollback_a_savepoint_and_a_lost_connection_let_the_next_writer_in():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write("rolled back")
        raise ZeroDivisionError
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            write("undone")
            raise ZeroDivisionError
        write("kept")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        connection.close()
        raise ZeroDivisionError
    assert getattr(connection, "held", "unknown") is None
    assert in_threads(1, lambda n: write("another thread")) == []
    keys = sorted(Session.objects.values_list("session_key", flat=True))
    assert keys == ["another thread", "kept"]


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told(monkeypatch):
    monkeypatch.setattr(WriteLock.acquire, "__defaults__", (0.05,))

    def wait(n):
        with transaction.atomic():
            write("late")

    with transaction.atomic():
        errors = in_threads(1, wait)
    assert [type(error) for error in errors] == [OperationalError]
    assert "another writer did not finish in time" in str(errors[0])


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_the_database_is_set_up_for_many_readers_and_one_writer():
    with connection.cursor() as cursor:
        found = {}
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            found[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}


HOLD = """
import sys, time
from gongzhi.base.sqlite.lock import WriteLock, lock_of
WriteLock(sys.argv[1]).acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_processes_exclude_each_other_and_a_killed_one_lets_go(tmp_path):
    path = str(tmp_path / "db")
    command = [sys.executable, "-c", HOLD, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        mine = WriteLock(path)
        assert mine.acquire(0.05) is False
        other.kill()
    assert mine.acquire(5) is True
    mine.release()
