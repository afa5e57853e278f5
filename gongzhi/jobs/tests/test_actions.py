from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.jobs import actions, handlers, queries
from gongzhi.jobs.models import Beat, Job

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AFTER_LEASE = NOON + actions.LEASE + SECOND
LAMP, HOLE = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    """Every test fills tables of its own: the handlers of the apps stay out."""
    for name in ("HANDLERS", "DELIVERIES", "BEATS"):
        monkeypatch.setattr(handlers, name, {})
        monkeypatch.setattr(actions, name, getattr(handlers, name))


@pytest.fixture
def done():
    """Handle the topic “write” by an effect in the database that can be counted; list its work."""
    works: list[handlers.Work] = []

    @handlers.on("write")
    def write(work):
        works.append(work)
        Beat.objects.create(name=f"effect {len(works)}", due_at=work.at)

    return works


def left(topic: str = "write", *, key: UUID | None = None, n: int = 0, after=None) -> Job:
    return actions.enqueue(topic, by=SYSTEM, at=NOON, key=key, args={"n": n}, after=after)


def fall(work: handlers.Work) -> None:
    raise RuntimeError("no more room")


def claimed(at: datetime = NOON) -> list[Job]:
    return actions.claim(by=SYSTEM, at=at)


def run(job: Job, at: datetime = NOON) -> bool:
    return actions.run(job, by=SYSTEM, at=at)


def fail_until_given_up(job: Job) -> datetime:
    at = NOON
    for _try in range(actions.TRIES):
        at += timedelta(days=1)
        (again,) = [one for one in claimed(at) if one.pk == job.pk]
        run(again, at)
    return at


@pytest.mark.django_db
class TestOneWorker:
    def test_a_job_is_done_once_and_gone(self, done):
        left(n=7)

        assert [run(job) for job in claimed()] == [True]

        assert [(work.args, work.attempt) for work in done] == [({"n": 7}, 1)]
        assert Job.objects.count() == 0

    def test_a_job_waits_for_its_time(self, done):
        left(after=NOON + SECOND)

        assert claimed() == []
        assert len(claimed(NOON + SECOND)) == 1

    def test_a_claimed_job_is_not_claimed_again_before_its_lease_ends(self, done):
        left()
        claimed()

        assert claimed(NOON + actions.LEASE) == []
        assert len(claimed(AFTER_LEASE)) == 1

    def test_jobs_of_one_key_run_in_their_order_and_those_of_others_beside_them(self, done):
        first, second, other = left(key=LAMP), left(key=LAMP), left(key=HOLE)

        assert [job.pk for job in claimed()] == [first.pk, other.pk]
        run(Job.objects.get(pk=first.pk))
        assert [job.pk for job in claimed()] == [second.pk]

    def test_jobs_without_a_key_wait_for_nobody(self, done):
        assert len([left(), left()]) == len(claimed())

    def test_a_rollback_leaves_no_job(self):
        with pytest.raises(RuntimeError), transaction.atomic():
            left()
            raise RuntimeError

        assert Job.objects.count() == 0

    def test_a_handler_that_fails_undoes_what_the_job_wrote(self, done):
        handlers.on("write")(fall)
        left()

        assert [run(job) for job in claimed()] == [False]

        job = Job.objects.get()
        assert (job.error, job.attempts, job.lease_until) == ("RuntimeError: no more room", 1, None)
        assert Beat.objects.count() == 0

    def test_a_failed_job_waits_twice_as_long_each_time(self):
        handlers.on("write")(fall)
        left()
        waits, at = [], NOON

        for _try in range(4):
            (job,) = claimed(at)
            run(job, at)
            due = Job.objects.get().run_after
            waits.append((due - at).total_seconds())
            at = due

        assert waits == [2, 4, 8, 16]

    def test_a_job_that_failed_ten_times_waits_for_a_person(self):
        handlers.on("write")(fall)
        at = fail_until_given_up(left())

        assert claimed(at + timedelta(days=1)) == []
        assert [job.attempts for job in queries.failed()] == [actions.TRIES]

    def test_a_job_given_up_holds_back_the_later_ones_of_its_key_only(self):
        handlers.on("write")(fall)
        at = fail_until_given_up(left(key=LAMP))
        left(key=LAMP)
        other = left(key=HOLE)

        assert [job.pk for job in claimed(at)] == [other.pk]

    def test_a_job_tried_again_runs_from_the_start(self, done):
        broken = True

        @handlers.on("write")
        def sometimes(work):
            if broken:
                raise RuntimeError

        job = left(key=LAMP)
        at = fail_until_given_up(job)
        later = left(key=LAMP)
        broken = False

        actions.retry(queries.failed().get(), by=SYSTEM, at=at)

        assert [run(one, at) for one in claimed(at)] == [True]
        assert [run(one, at) for one in claimed(at)] == [True]
        assert not Job.objects.filter(pk__in=[job.pk, later.pk]).exists()

    def test_only_an_administrator_lets_a_job_run_again(self, done):
        job = left()
        fail = {"failed_at": NOON, "attempts": actions.TRIES}
        Job.objects.filter(pk=job.pk).update(**fail)

        with pytest.raises(PermissionDenied, match="管理员"):
            actions.retry(job, by=Actor(None, "somebody"), at=NOON)

        assert Job.objects.filter(pk=job.pk, **fail).exists()

    def test_a_job_taken_over_is_done_once_and_the_slow_worker_undone(self, done):
        left()
        (slow,) = claimed()
        (quick,) = claimed(AFTER_LEASE)

        assert (run(quick, AFTER_LEASE), run(slow)) == (True, False)

        assert (len(done), Beat.objects.count()) == (2, 1)
        assert Job.objects.count() == 0

    def test_the_slow_worker_is_undone_also_while_the_quick_one_has_not_finished(self, done):
        left()
        (slow,) = claimed()
        (quick,) = claimed(AFTER_LEASE)

        assert (run(slow), Beat.objects.count()) == (False, 0)
        assert (run(quick, AFTER_LEASE), Beat.objects.count()) == (True, 1)

    def test_a_slow_worker_that_fails_does_not_put_off_what_another_took_over(self):
        handlers.on("write")(fall)
        left()
        (slow,) = claimed()
        claimed(AFTER_LEASE)

        run(slow)

        job = Job.objects.get()
        assert (job.attempts, job.error) == (2, "")

    def test_a_job_that_waited_half_its_lease_is_given_back_untouched(self, done):
        left()
        (job,) = claimed()
        late = NOON + actions.LEASE / 2 + SECOND

        assert run(job, late) is False

        assert done == []
        assert [(again.pk, again.attempts) for again in claimed(late)] == [(job.pk, 1)]

    def test_a_job_that_ends_its_worker_each_time_waits_for_a_person(self, done):
        left()
        at = NOON
        for _kill in range(actions.TRIES):
            assert len(claimed(at)) == 1
            at += actions.LEASE + SECOND

        assert claimed(at) == []
        assert [job.error for job in queries.failed()] == [
            "Its worker was ended each time while it ran."
        ]

    def test_whatever_was_claimed_beside_it_is_not_ended_with_it_again(self, done):
        handlers.on("poison")(fall)
        poison, beside = left("poison"), left()
        claimed()  # both, by a worker that is ended
        at = AFTER_LEASE

        assert [job.pk for job in claimed(at)] == [poison.pk]  # alone
        assert [job.pk for job in claimed(at)] == [beside.pk]

    def test_a_delivery_holds_no_transaction_and_comes_before_the_effect(self, done):
        seen = []

        @handlers.on("write", leaves=True)
        def deliver(work):
            seen.append((len(done), len(connection.savepoint_ids)))

        left()
        outside = len(connection.savepoint_ids)

        assert [run(job) for job in claimed()] == [True]

        assert (seen, len(done)) == ([(0, outside)], 1)

    def test_a_delivery_that_fails_leaves_the_effect_undone(self, done):
        handlers.on("write", leaves=True)(fall)
        left()

        assert [run(job) for job in claimed()] == [False]
        assert done == []

    def test_a_beat_comes_once_in_each_period(self):
        times: list[datetime] = []
        handlers.every(minutes=10)(times.append)

        for minutes in (0, 1, 9, 10, 11, 25):
            actions.tick(by=SYSTEM, at=NOON + timedelta(minutes=minutes))

        assert [(at - NOON) // timedelta(minutes=1) for at in times] == [0, 10, 25]

    def test_after_the_clock_was_put_back_nothing_waits_for_as_long_as_it_was(self, done):
        left(n=1)
        claimed()  # by a worker that was ended then
        left(n=2)
        left(n=3, after=NOON + SECOND)
        times: list[datetime] = []
        handlers.every(minutes=10)(times.append)
        actions.tick(by=SYSTEM, at=NOON)
        earlier = NOON - timedelta(hours=1)
        assert claimed(earlier) == []
        assert actions.tick(by=SYSTEM, at=earlier) == 0

        actions.set_back(by=SYSTEM, at=earlier)

        again = [*claimed(earlier + SECOND), *claimed(earlier + SECOND)]
        assert [job.args["n"] for job in again] == [1, 2]
        assert actions.tick(by=SYSTEM, at=earlier) == 1

    def test_a_clock_that_runs_a_little_behind_takes_nothing_from_another_worker(self, done):
        left()
        claimed()

        actions.set_back(by=SYSTEM, at=NOON - SECOND)

        assert claimed(NOON + actions.LEASE / 2) == []

    def test_a_beat_whose_worker_was_ended_midway_comes_again_within_an_hour(self):
        times: list[datetime] = []

        @handlers.every(days=1)
        def ends(at):
            times.append(at)
            if len(times) == 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            actions.tick(by=SYSTEM, at=NOON)
        for hours in (0.9, 1, 2, 24, 25):
            actions.tick(by=SYSTEM, at=NOON + timedelta(hours=hours))

        assert [(at - NOON) // timedelta(hours=1) for at in times] == [0, 1, 25]

    def test_asked_to_stop_no_further_beat_is_begun(self):
        times: list[datetime] = []
        handlers.every(minutes=10)(times.append)

        assert actions.tick(by=SYSTEM, at=NOON, stops=lambda: True) == 0
        assert actions.tick(by=SYSTEM, at=NOON) == 1

    def test_a_beat_that_fails_does_not_stop_the_others_and_comes_again(self, caplog):
        times: list[str] = []

        @handlers.every(minutes=10)
        def falls(at):
            times.append("falls")
            raise RuntimeError("no more room")

        @handlers.every(minutes=10)
        def works(at):
            times.append("works")

        did = [actions.tick(by=SYSTEM, at=NOON + timedelta(minutes=10 * n)) for n in range(2)]

        assert (did, times) == ([1, 1], ["falls", "works"] * 2)
        assert "no more room" in caplog.text


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def side_by_side(self, act, n: int = 4):
        """Return what ``act`` gives in ``n`` threads that start together."""
        ready, found = threading.Barrier(n), []

        def work():
            ready.wait()
            try:
                found.append(act())
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def test_each_job_is_claimed_by_one(self, done):
        jobs = sorted(left().pk for _ in range(40))

        found = self.side_by_side(lambda: [j.pk for _ in range(3) for j in claimed()])

        assert sorted(pk for mine in found for pk in mine) == jobs

    def test_a_job_run_by_all_at_once_has_one_effect(self):
        @handlers.on("write")
        def again(work):
            Beat.objects.create(name=f"by {threading.get_ident()}", due_at=work.at)

        left()
        (job,) = claimed()

        done_by = self.side_by_side(lambda: run(Job(**vars_of(job))))

        assert sorted(done_by) == [False, False, False, True]
        assert Beat.objects.filter(name__startswith="by").count() == 1

    def test_a_beat_comes_once_for_all(self):
        times: list[datetime] = []
        handlers.every(minutes=10)(times.append)

        self.side_by_side(lambda: actions.tick(by=Actor(None, "worker"), at=NOON))

        assert times == [NOON]


def vars_of(job: Job):
    return {field.attname: getattr(job, field.attname) for field in job._meta.fields}


@pytest.mark.django_db
def test_what_another_release_left_waits_for_a_worker_that_knows_it(done):
    left("newer", key=LAMP)
    left(key=LAMP)  # behind it, in their order
    mine = left(key=HOLE)
    assert claimed() == [mine]
    run(mine)

    @handlers.on("newer")
    def handle(work): ...

    assert [job.topic for job in claimed()] == ["newer"]
