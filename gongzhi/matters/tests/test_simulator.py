from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random

import numpy as np
import pytest
import shapely
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.models import Entry
from gongzhi.deadlines.clocks import Days
from gongzhi.matters.actions.simulating import world
from gongzhi.matters.models import Matter
from gongzhi.matters.simulator import arrivals
from gongzhi.matters.simulator.seeds import Words, read
from gongzhi.matters.simulator.worktime import WorkTime
from gongzhi.matters.tests import make

# --- Drawing a year: pure.

FIRST, N_DAYS, N = date(2025, 3, 1), 366, 20_000

PLANTED = 3  # what businesses raise for the demo at most


def midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def clock():
    from zoneinfo import ZoneInfo

    every = (date(2024, 1, 1).toordinal() + n for n in range(1500))
    work = tuple(n for n in every if date.fromordinal(n).weekday() < 5)
    hours = ((datetime.min.time().replace(hour=9), datetime.min.time().replace(hour=17)),)
    days = Days(ZoneInfo("UTC"), work, hours, date(2030, 1, 1))
    return WorkTime(days, FIRST, FIRST + timedelta(days=N_DAYS + 30))


@pytest.fixture(scope="module")
def scene():
    dates = [FIRST + timedelta(days=n) for n in range(N_DAYS + 1)]
    kinds = ["drainage", "business_noise", "policy_consult"]
    return arrivals.Scene(
        first=FIRST,
        midnights=np.array([midnight(day) for day in dates]),
        works=[day.weekday() < 5 for day in dates[:-1]],
        kinds=kinds,
        groups=["roads", "ecology", "requests"],
        grids=[
            shapely.box(x, 0, x + 1, 1).difference(shapely.box(x, 0, x + 0.5, 0.5))
            for x in range(4)
        ],
        queue=np.zeros((3, 4), dtype=np.int64),
        capacity=np.array([1.1]),
        until=midnight(dates[-2]) + 15 * 3600,
    )


@pytest.fixture(scope="module")
def drawn(scene, clock):
    return arrivals.draw(scene, N, 5, clock)


def test_the_same_seed_draws_the_same_year_and_another_another(scene, clock, drawn):
    again, other = (arrivals.draw(scene, N, seed, clock) for seed in (5, 6))
    for name in arrivals.Arrivals.__slots__:
        assert np.array_equal(getattr(drawn, name), getattr(again, name))
    assert not np.array_equal(drawn.at, other.at)


def test_arrivals_are_in_order_within_the_year_and_within_their_grid(scene, drawn):
    assert (np.diff(drawn.at) >= 0).all()
    assert scene.midnights[0] <= drawn.at[0]
    assert drawn.at[-1] < scene.until
    inside = shapely.contains_xy(
        np.array(scene.grids, dtype=object)[drawn.grid], drawn.lon, drawn.lat
    )
    assert inside.all()


def test_noise_comes_in_the_evening_and_requests_in_office_hours(drawn):
    hour = (drawn.at % 86_400) // 3600
    evening = (hour >= 18) & (hour < 23)
    shares = [evening[drawn.kind == kind].mean() for kind in (1, 2)]
    assert shares[0] > 2 * shares[1]


def test_storms_bring_water_and_sundays_are_quieter_than_mondays(scene, drawn):
    of_day = np.bincount(drawn.day[drawn.kind == 0], minlength=N_DAYS)
    assert of_day.max() > 3 * np.median(of_day)
    week = np.array([day.weekday() for day in (FIRST + timedelta(days=n) for n in range(N_DAYS))])
    all_days = np.bincount(drawn.day, minlength=N_DAYS)
    assert all_days[week == 0].sum() > all_days[week == 6].sum()


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 10)), min_size=1, max_size=30))
def test_a_queue_serves_in_order_as_one_counts_by_hand(jobs):
    arrived, each = np.array(sorted(at for at, _ in jobs)), np.array([takes for _, takes in jobs])
    free, waits = 0.0, []
    for at, takes in zip(arrived, each, strict=True):
        begin = max(at, free)
        waits.append(begin - at)
        free = begin + takes
    assert arrivals.queued(arrived, each) == pytest.approx(waits, abs=1e-6)


@given(st.floats(0, 300 * 86_400), st.floats(0, 40 * 8 * 3600))
def test_work_time_goes_on_only_within_office_hours(clock, after, seconds):
    at = midnight(FIRST) + after
    later = clock.later(at, seconds)
    assert clock.worked(later) - clock.worked(at) == pytest.approx(seconds, abs=0.01)
    local = datetime.fromtimestamp(later, UTC)
    assert local.weekday() < 5
    assert 9 <= local.hour + local.minute / 60 <= 17.01
    assert clock.worked_many(np.array([at, later])) == pytest.approx(
        [clock.worked(at), clock.worked(later)], abs=0.01
    )


def test_every_kind_has_words_and_an_answer():
    words = Words(Random(1))
    for kind in read("profile")["kinds"]:
        saying = words.raised(kind, ["青石街"], [], titled=True)
        answer = words.answer(kind, saying.slots, "5月3日", "")
        assert "{" not in saying.text + answer
        assert "5月3日" in answer


# --- The commands.


@pytest.mark.django_db
def test_among_real_matters_no_synthetic_one_is_made():
    make.matter(make.town())
    for command in ("demo", "simulate"):
        with pytest.raises(CommandError, match="真实"):
            call_command(command, stdout=StringIO())
    assert Matter.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [{"months": 0}, {"months": 500}, {"matters": 0}])
def test_numbers_out_of_range_are_refused_with_a_sentence(bad):
    with pytest.raises(CommandError):
        call_command("simulate", stdout=StringIO(), **bad)


@pytest.mark.django_db
def test_without_a_district_the_simulator_says_what_to_do():
    call_command("seed", stdout=StringIO())
    with pytest.raises(CommandError, match="gongzhi demo"):
        call_command("simulate", matters=10, stdout=StringIO())


@pytest.mark.django_db
def test_without_the_demo_no_sign_ins_are_printed():
    out = StringIO()
    call_command("demo", sign_ins=True, stdout=out)
    assert out.getvalue() == ""


@pytest.mark.django_db
def test_seeding_again_adds_nothing():
    first, second = StringIO(), StringIO()
    call_command("seed", stdout=first)
    call_command("seed", stdout=second)
    assert (bool(first.getvalue()), second.getvalue()) == (True, "")


@pytest.mark.django_db
def test_seeding_offices_needs_a_place_that_is_there():
    with pytest.raises(CommandError, match="990199"):
        call_command("seed", offices="990199", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_two_processes_make_the_same_number_of_matters():
    call_command("demo", matters=2300, months=12, processes=2, stdout=StringIO())
    assert 0 <= Matter.objects.filter(parent=None).count() - 2300 <= PLANTED
    entries = Entry.objects.filter(subject_type="matter", seq=1).count()
    assert entries == Matter.objects.count()


@pytest.mark.django_db
def test_a_part_split_off_in_later_days_does_not_stand_for_the_matters_of_those_days(monkeypatch):
    monkeypatch.setattr(world, "BATCH", 4)
    monkeypatch.setitem(read("profile")["rates"], "split", {"default": 0.2})
    call_command("demo", matters=200, months=2, processes=1, stdout=StringIO())
    assert Matter.objects.exclude(parent=None).exists()
    assert 0 <= Matter.objects.filter(parent=None).count() - 200 <= PLANTED
