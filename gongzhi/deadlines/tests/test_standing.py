from __future__ import annotations

import pytest
from hypothesis import given

from gongzhi.deadlines.clocks import (
    Limit,
    Pause,
    Sense,
    Standing,
    Unit,
    due,
    is_late,
    severe_before,
    soon_until,
    standing,
)
from gongzhi.deadlines.tests.make import MOMENTS, calendars, local, weekdays
from gongzhi.deadlines.tests.test_counting import limits

DAYS = weekdays()
FIVE = Limit(5, Unit.WORK_DAY)
DUE = local(2026, 3, 9, 17, 30)  # five work days from Monday 2 March


@pytest.mark.parametrize(
    ("at", "is_now"),
    [
        (local(2026, 3, 5, 9), "running"),
        (local(2026, 3, 6, 0), "soon"),  # the work day before
        (local(2026, 3, 9, 23, 59), "soon"),  # the law counts days: the day is not over
        (local(2026, 3, 10, 0), "overdue"),
        (local(2026, 3, 16, 23, 59), "overdue"),
        (local(2026, 3, 17, 0), "severe"),  # five work days after
    ],
)
def test_a_limit_in_days_stands_by_the_day(at, is_now):
    assert standing(DUE, at, FIVE, DAYS) == is_now


@pytest.mark.parametrize(
    ("at", "is_now"),
    [
        (local(2026, 3, 5, 9), "running"),
        (local(2026, 3, 6, 9), "soon"),
        (local(2026, 3, 9, 17, 30), "soon"),
        (local(2026, 3, 9, 17, 31), "overdue"),
        (local(2026, 3, 17, 0), "severe"),
    ],
)
def test_a_limit_in_hours_is_late_by_the_minute(at, is_now):
    assert standing(DUE, at, Limit(100, Unit.HOUR), DAYS) == is_now


def test_soon_is_until_the_end_of_the_next_work_day_and_severe_after_five():
    """Friday 6 March: Monday is the next work day; Friday 27 February is the fifth before."""
    friday = local(2026, 3, 6, 15)
    assert soon_until(friday, DAYS) == local(2026, 3, 10)
    assert severe_before(friday, DAYS) == local(2026, 2, 27)


def test_what_stands_still_or_has_ended_is_never_overdue():
    late = local(2026, 4, 1)
    assert standing(DUE, late, FIVE, DAYS, is_paused=True) == Standing.PAUSED
    assert standing(DUE, late, FIVE, DAYS, stopped_at=late) == Standing.ENDED
    assert standing(DUE, late, FIVE, DAYS, stopped_at=local(2026, 4, 2)) == Standing.SEVERE


def test_a_minimum_runs_until_its_end_and_is_never_overdue():
    limit = Limit(30, Unit.CALENDAR_DAY, Sense.AT_LEAST, rolls=False)
    end = due(local(2026, 3, 1), limit, DAYS).at  # the whole of 31 March belongs to it
    assert standing(end, local(2026, 3, 31, 12), limit, DAYS) == Standing.RUNNING
    assert is_late(end, local(2026, 3, 31, 12), limit, DAYS)  # too early to end it
    assert standing(end, local(2026, 4, 1), limit, DAYS) == Standing.ENDED


@given(calendars(), MOMENTS, limits(), MOMENTS)
def test_time_only_makes_it_worse(days, start, limit, at):
    order = [Standing.RUNNING, Standing.SOON, Standing.OVERDUE, Standing.SEVERE]
    end = due(start, limit, days).at
    one, other = sorted((start, at))
    ranks = [order.index(standing(end, moment, limit, days)) for moment in (one, other)]
    assert ranks[0] <= ranks[1]
    assert (ranks[1] >= 2) == is_late(end, other, limit, days)


def test_a_pause_needs_no_second_pass():
    """Standing reads one date: whatever moved it is in it already."""
    end = due(local(2026, 3, 2, 9), FIVE, DAYS, [Pause(local(2026, 3, 4), local(2026, 3, 6))]).at
    assert end == local(2026, 3, 11, 17, 30)
