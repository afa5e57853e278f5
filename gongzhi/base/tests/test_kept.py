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
