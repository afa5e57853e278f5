"""Behaviours that were learned the hard way and that no single app answers for.

The list of all of them, each with its tests, is docs/behaviours.md.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from PIL import Image

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.matters import actions
from gongzhi.matters.models import Attachment, Matter
from gongzhi.matters.queries import whose
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.matters.uploads import tidy
from gongzhi.portal.tests.make import follow, sent

ROOT = Path(__file__).resolve().parent.parent
CITIES = re.compile(
    "北京|上海|天津|重庆|广州|深圳|杭州|南京|成都|武汉|西安|苏州|诸暨|枫桥|"
    r"\b(?:Beijing|Shanghai|Shenzhen|Hangzhou|Amsterdam|London|Boston|Zurich)\b"
)
# A time zone bears a city's name wherever it is kept, and a law that is cited bears its maker's.
CITED = re.compile(r"Asia/Shanghai|Beijing time|北京时间|《[^》]+》")


@pytest.fixture
def town():
    return make.town()


@pytest.mark.django_db
def test_a_finished_matter_is_never_late(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")
    make.walk(town, matter, "inspect", "rate", at=make.at(days=90))

    assert matter.due_at is None
    assert not Matter.objects.overdue(make.at(days=365)).exists()


@pytest.mark.django_db
def test_the_promised_date_is_told_once_and_every_change_of_it_is_told_with_its_reason(
    client, town
):
    matter = follow(client, town)
    make.walk(town, matter, "accept", "dispatch", "acknowledge")
    first, address = matter.answer_by, reverse("portal:show", args=[matter.pk])
    assert first
    assert f"{first:%Y-%m-%d}" in client.get(address).content.decode()
    make.walk(town, matter, "extend", "grant")

    page = client.get(address).content.decode()
    assert matter.answer_by
    assert matter.answer_by > first
    assert f"{matter.answer_by:%Y-%m-%d}" in page
    assert "等待配件" in page


@pytest.mark.django_db
def test_choosing_the_same_kind_again_adds_no_row(town):
    matter = make.matter(town)

    with pytest.raises(ValidationError, match="没有需要修改的"):
        actions.sort(matter, kind=town.lamp, urgent=False, by=town.staff("acceptor"), at=make.NOON)

    assert history(matter.pk).count() == 1
    assert Matter.objects.get(pk=matter.pk).version == matter.version


@pytest.mark.django_db
def test_a_new_kind_clears_the_route_and_says_so(client, town):
    actions.list_duty(
        kind_code="lamp", place=town.district, level=town.district.level, lead=town.lights,
        listed_on=date(2026, 1, 1), by=SYSTEM, at=make.NOON,
    )  # fmt: skip
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "object", "send_back")
    assert matter.duty_id
    actions.sort(matter, kind=town.hole, urgent=False, by=town.staff("acceptor"), at=make.NOON)

    matter.refresh_from_db()
    assert matter.office_id is None
    assert matter.duty is None
    assert whose(matter, [town.lights, town.roads], make.TODAY).lead == town.roads
    client.force_login(town.dispatcher)
    page = client.get(reverse("matters:show", args=[matter.pk])).content.decode()
    assert "路灯不亮" in page
    assert "路面坑洼" in page


@pytest.mark.django_db
def test_the_public_cannot_set_a_state_an_office_or_a_clock(client, town):
    forged = {
        "state": "closed",
        "office": town.lights.pk,
        "urgent": "on",
        "answer_by": "2030-01-01",
    }
    client.post(reverse("portal:raise"), sent(**forged))

    matter = Matter.objects.get()
    assert (matter.state, matter.office, matter.urgent) == (State.RECEIVED, None, False)
    assert matter.answer_by is None


@pytest.mark.django_db
def test_a_kind_that_is_not_public_stays_off_the_board_whoever_chooses_it(client, town):
    make.kind(town.lamp.kind_class, "inside", "内部事项", "Internal", public=False)
    client.post(reverse("portal:raise"), sent(kind="inside"))

    assert Matter.objects.get().public is False


@pytest.mark.django_db
def test_a_broken_routing_entry_is_skipped_with_a_warning_and_the_next_still_works(client, town):
    listed = {
        "kind_code": "lamp", "level": town.district.level, "listed_on": date(2026, 1, 1),
        "by": SYSTEM, "at": make.NOON,
    }  # fmt: skip
    actions.list_duty(place=town.district, lead=town.lights, **listed)
    actions.list_duty(place=town.grid, lead=town.roads, **listed)
    matter = make.walk(town, make.matter(town), "accept")
    Office.objects.filter(pk=town.roads.pk).update(is_active=False)

    assert whose(matter, [town.lights], make.TODAY).lead == town.lights
    client.force_login(town.dispatcher)
    form = client.get(reverse("matters:dispatch", args=[matter.pk])).content.decode()
    assert "清单在此处列明的道路养护所已不再承办事项" in form


@pytest.mark.django_db(transaction=True)
def test_concurrent_uploads_all_survive(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town = make.town()
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    reports = [
        make.report(town, photos=[tidy(BytesIO(out.getvalue())) for _photo in range(3)])
        for _one in range(6)
    ]

    def receive(report: actions.Report) -> None:
        try:
            actions.receive(report, by=make.ANYBODY, at=make.NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(receive, reports))

    kept = list(Attachment.objects.all())
    assert len(kept) == len({photo.file.name for photo in kept}) == 18
    assert all(Path(photo.file.path).stat().st_size for photo in kept)
    assert [m.number for m in Matter.objects.all() if broken(m.pk)] == []


def test_every_map_has_its_list_or_its_form_field():
    beside = re.compile(r"(?:points|counts|pin_lat)=|_parts\.html|<ul|<table")
    bare = [
        file.name
        for file in (ROOT / "gongzhi").rglob("*.html")
        if "base/_map.html" in (text := file.read_text("utf-8")) and not beside.search(text)
    ]
    assert bare == []


def test_no_name_of_a_city_stands_in_code():
    named = []
    for file in (ROOT / "gongzhi").rglob("*.py"):
        if {"tests", "migrations"} & set(file.parts):
            continue
        lines = enumerate(file.read_text("utf-8").splitlines(), start=1)
        named += [f"{file.name}:{n}" for n, line in lines if CITIES.search(CITED.sub("", line))]
    assert named == []
