"""Offices are called, answer, come and resolve, by a system whose account holds the posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from gongzhi.exchange.tests import make
from gongzhi.exchange.tests.test_api import System
from gongzhi.matters.tests.make import matter
from gongzhi.meetings.models import Summons


@pytest.fixture
def hotline(town):
    return System(make.secret(town.hotline, at=now()))


@pytest.fixture
def lighting(town):
    return System(make.secret(town.lighting, at=now()))


def call(hotline: System, about: str, **says: Any) -> Any:
    usual = {
        "sort": "whistle_call",
        "number": about,
        "begins_at": (now() + timedelta(hours=3)).isoformat(),
        "where": "临水巷口",
        "words": "灯杆和路面一起看。",
        "offices": ["lights", "roads"],
    }
    return hotline.post("/meetings", usual | says)


def move(system: System, path: str, key: str, name: str, seen: int = 1, **says: Any) -> Any:
    return system.post(f"/{path}/{key}/{name}", says, **{"If-Match": f'"{seen}"'})


def test_offices_are_called_answer_come_and_resolve(town, hotline, lighting):
    called = call(hotline, matter(town).number)
    assert called.status_code == 201
    said = called.json()
    seats = {one["office"]: one for one in said["offices"]}
    assert seats.keys() == {"lights", "roads"}
    answered = move(lighting, "called", seats["lights"]["key"], "come").json()
    assert {one["office"]: one["state"] for one in answered["offices"]}["lights"] == "coming"
    held = move(hotline, "meetings", said["key"], "hold").json()
    assert held["state"] == "held"
    done = move(
        hotline,
        "meetings",
        said["key"],
        "resolve",
        held["version"],
        office="lights",
        text="换灯。",
        until=(now() + timedelta(days=5)).date().isoformat(),
    ).json()
    [resolved] = done["resolutions"]
    told = move(lighting, "resolved", resolved["key"], "report", words="已换。").json()
    assert told["resolutions"][0]["state"] == "reported"


def test_each_sees_what_it_convenes_or_was_called_to(town, hotline, lighting):
    made = make.meeting(town)
    month = made.begins_at.strftime("%Y-%m")
    for system in (hotline, lighting):
        [one] = system.get("/meetings", month=month).json()
        assert one["key"] == str(made.pk)
        assert system.get(f"/meetings/{made.pk}").json()["matter"] == str(made.matter)
    assert lighting.get("/meetings", month=month, state="ended").json() == []
    stranger = System(make.secret(make.client("third", town.roads), at=now()))
    assert stranger.get("/meetings", month=month).json() == []
    assert stranger.get(f"/meetings/{made.pk}").status_code == 404


def test_who_may_not_is_refused_and_nothing_changes(town, hotline, lighting):
    assert call(lighting, matter(town).number).status_code == 403
    made = make.meeting(town)
    assert (
        move(lighting, "meetings", str(made.pk), "end", made.version, outcome="x").status_code
        == 403
    )
    roads = made.attendances.get(office=town.roads)
    assert move(lighting, "called", str(roads.pk), "come").status_code == 403
    made.refresh_from_db()
    assert made.state == "held"


def test_another_version_and_a_move_that_is_not_open_are_told_apart(town, hotline):
    made = make.meeting(town)
    assert move(hotline, "meetings", str(made.pk), "end", 99, outcome="x").status_code == 412
    assert move(hotline, "meetings", str(made.pk), "hold", made.version).status_code == 409


@pytest.mark.parametrize(
    "says",
    [
        {"offices": []},
        {"offices": ["nobody"]},
        {"number": "none"},
        {"sort": "party"},
        {"words": ""},
    ],
)
def test_a_call_that_says_too_little_or_nonsense_is_refused(town, hotline, says):
    assert call(hotline, matter(town).number, **says).status_code == 422
    assert not Summons.objects.exists()


def test_on_trial_offices_are_not_called(town, hotline):
    town.hotline.on_trial = True
    town.hotline.save()
    assert call(hotline, matter(town).number).status_code == 201
    assert not Summons.objects.exists()
