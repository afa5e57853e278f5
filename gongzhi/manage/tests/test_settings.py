"""Whatever an administrator changes leaves an entry, and holds for new matters only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.accounts.models import Office, Post, User
from gongzhi.audit.actors import signed
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.counter.models import Seat
from gongzhi.manage.tests.test_catalogue import kind
from gongzhi.matters.models import Duty, Kind, Trained
from gongzhi.matters.tasks import make_model
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
TODAY = localdate()


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def client(town):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(town.administrator)
    return browser


def duty(town, **says):
    usual = {
        "kind_code": "lamp",
        "place": town.district.code,
        "level": town.district.level.pk,
        "lead": town.lights.pk,
        "listed_on": TODAY.isoformat(),
    }
    return usual | says


def office(town, **says):
    usual = {
        "code": "parks", "duty": "parks", "name_zh": "公园管理所", "name_en": "Parks",
        "place": town.district.code, "calendar": town.roads.calendar.pk, "phone": "",
    }  # fmt: skip
    return usual | says


CHANGES = {
    "a new kind": ("add_kind", [], lambda town: kind(), Kind),
    "a new edition": ("kind", ["lamp"], lambda town: kind(code=None), Kind),
    "a kind that ends": ("delist", ["lamp"], lambda town: {"on": TODAY.isoformat()}, Kind),
    "a row of the duty list": ("add_duty", [], duty, Duty),
    "a new office": ("offices", [], office, Office),
    "a post": (
        "appoint",
        ["worker"],
        lambda town: {"role": "inspector", "place": town.district.code},
        Post,
    ),
    "an account": (
        "add_person",
        [],
        lambda town: {
            "username": "new", "name_zh": "新人", "name_en": "New", "password": "over the hills",
        },
        User,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_setting_that_is_changed_on_a_page_leaves_an_entry_in_its_chain(town, client, what):
    name, args, says, table = CHANGES[what]
    before = set(Entry.objects.values_list("pk", flat=True))
    answer = client.post(reverse(f"manage:{name}", args=args), says(town))
    assert answer.status_code == 302, answer.text
    fresh = Entry.objects.exclude(pk__in=before)
    for entry in fresh:
        assert entry.by_id == signed(entry.subject, town.administrator.pk)
    subjects = {entry.subject for entry in fresh}
    assert subjects & set(table._default_manager.values_list("pk", flat=True))
    assert [broken(subject) for subject in subjects] == [[]] * len(subjects)


def test_a_seat_that_is_opened_and_closed_leaves_entries_in_its_chain(town, client):
    said = {"place": town.district.code, "number": 4, "office": "lights"}
    client.post(reverse("counter:seats"), said)
    seat = Seat.objects.get()
    client.post(reverse("counter:close_seat", args=[seat.pk]))
    verbs = Entry.objects.filter(subject=seat.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["seat.open", "seat.close"]


def test_a_new_edition_of_a_kind_holds_for_new_matters_only(town, client):
    before = make.matter(town, at=now())
    promised = before.due_at
    says = kind(code=None, limit_value=1, name_en="Lamp out", listed_on=TODAY.isoformat())
    client.post(reverse("manage:kind", args=["lamp"]), says)
    before.refresh_from_db()
    assert (before.kind.edition, before.due_at) == (1, promised)
    after = make.matter(town, kind=Kind.objects.get(code="lamp", edition=2), at=now())
    assert after.kind.limit_value == 1


def test_a_new_row_of_the_duty_list_moves_no_matter_that_was_dispatched(town, client):
    before = make.matter(town, at=now())
    make.walk(town, before, "accept", "dispatch", at=now())
    client.post(reverse("manage:add_duty"), duty(town, lead=town.roads.pk))
    assert Duty.objects.get().lead == town.roads
    before.refresh_from_db()
    assert before.office == town.lights


def test_a_kind_to_come_is_offered_from_its_day_on(town, client):
    later = TODAY + timedelta(days=3)
    client.post(reverse("manage:add_kind"), kind(listed_on=later.isoformat()))
    assert "bench" not in {one.code for one in Kind.objects.listed(TODAY)}
    assert "bench" in {one.code for one in Kind.objects.listed(later)}


@pytest.mark.parametrize("code", [settings.COMPLAINT_KIND, settings.FALLBACK_KIND])
def test_the_kinds_that_everything_else_falls_to_do_not_end(town, client, code):
    if code == settings.FALLBACK_KIND:
        make.kind(town.lamp.kind_class, code, "咨询", "Question")
    answer = client.post(reverse("manage:delist", args=[code]), {"on": TODAY.isoformat()})
    assert answer.status_code == 422
    assert "list a new edition instead" in answer.text
    assert Kind.objects.get(code=code).delisted_on is None


@pytest.mark.parametrize("on", ["", "2020-01-01", "tomorrow"])
def test_a_day_that_cannot_be_is_told_beside_its_field_and_the_page_stays(town, client, on):
    answer = client.post(reverse("manage:delist", args=["lamp"]), {"on": on})
    assert answer.status_code == 422
    assert answer.context["delist"].errors["on"]
    assert "Next edition" in answer.text


def test_a_model_is_asked_for_made_and_told_of(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.matters.actions.advising.LEAST", 2)
    for n in range(40):
        said = ("路灯坏了", town.lamp) if n % 2 else ("路面有坑", town.hole)
        make.walk(town, make.matter(town, text=said[0], kind=said[1]), "accept")
    assert "No model yet" in client.get(reverse("manage:advice")).content.decode()
    client.post(reverse("manage:train"))
    again = client.post(reverse("manage:train"), follow=True).content.decode()
    assert "being made already" in again
    make_model(now())
    page = client.get(reverse("manage:advice")).content.decode()
    assert "at work" in page
    assert "1.000" in page
    spare = Trained.objects.create(state="rests", asked_at=now())
    assert (
        "damaged"
        in client.post(reverse("manage:employ", args=[spare.pk]), follow=True).content.decode()
    )
