from __future__ import annotations

import pytest

from gongzhi.base import kept


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [0.0]
    monkeypatch.setattr(kept, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def asked(monkeypatch):
    """A kept function that lists what it was really asked."""
    monkeypatch.setattr(kept, "ALL", [])
    calls = []

    @kept.kept(60)
    def double(n: int) -> int:
        calls.append(n)
        return 2 * n

    return double, calls


def test_the_same_question_is_asked_once_a_minute(clock, asked):
    double, calls = asked

    answers = [double(2)]
    clock[0] = 59.9
    answers.append(double(2))
    clock[0] = 60.0
    answers.append(double(2))

    assert (answers, calls) == ([4, 4, 4], [2, 2])


def test_another_question_has_its_own_answer(clock, asked):
    double, calls = asked

    assert ([double(n) for n in (1, 2, 1)], calls) == ([2, 4, 2], [1, 2])


def test_a_failure_is_not_kept(clock, monkeypatch):
    monkeypatch.setattr(kept, "ALL", [])
    answers = iter([1, 0, 5])

    @kept.kept(60)
    def ask() -> float:
        return next(answers) / next(answers)

    with pytest.raises(ZeroDivisionError):
        ask()
    answers = iter([5, 1])
    assert ask() == 5


def test_it_never_keeps_more_than_its_most(clock, asked):
    double, calls = asked

    for n in range(kept.MOST + 1):
        double(n)
    double(kept.MOST)
    double(0)

    assert calls == [*range(kept.MOST + 1), 0]


def test_forgetting_has_everything_asked_anew(clock, asked):
    double, calls = asked

    double(1)
    kept.forget()
    double(1)

    assert calls == [1, 1]


@pytest.mark.parametrize(("took", "rests"), [(0.01, 0.0), (0.1, 2.0), (0.5, 10.0), (3.0, 15.0)])
def test_what_takes_long_rests_twenty_times_as_long_and_what_is_quick_not_at_all(
    clock, monkeypatch, took, rests
):
    monkeypatch.setattr(kept, "QUICK_S", 0.03)
    monkeypatch.setattr(kept, "ALL", [])
    asked: list[float] = []
    rested: kept.Rested[int] = kept.Rested()

    def make() -> int:
        asked.append(clock[0])
        clock[0] += took
        return len(asked)

    assert rested.answer("key", make) == 1
    clock[0] = asked[0] + max(rests, took) - 0.001
    assert rested.answer("key", make) == (1 if rests else 2)
    assert rested.answer("other", make) == (2 if rests else 3)
    clock[0] = asked[0] + 100
    rested.answer("key", make)
    assert len(asked) == (3 if rests else 4)


def test_while_one_counts_anew_others_are_told_what_was_counted_last(clock, monkeypatch):
    monkeypatch.setattr(kept, "ALL", [])
    monkeypatch.setattr(kept, "QUICK_S", 0.03)
    rested: kept.Rested[int] = kept.Rested()
    counted = [0]

    def count() -> int:
        counted[0] += 1
        told = rested.answer("key", lambda: -1) if counted[0] > 1 else None
        assert told in (None, counted[0] - 1)
        clock[0] += 0.5
        return counted[0]

    answers = []
    for moment in (0.0, 5.0, 11.0):
        clock[0] = moment
        answers.append(rested.answer("key", count))
    assert (answers, counted) == ([1, 1, 2], [2])
