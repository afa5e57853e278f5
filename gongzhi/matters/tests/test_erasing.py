from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from PIL import Image

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.base.seal import unseal
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.erasing import LIST
from gongzhi.matters.models import ERASED, Matter, Message, Requester
from gongzhi.matters.queries import by_contact, by_receipt
from gongzhi.matters.queries.rates import rates
from gongzhi.matters.receipts import Contact, contact_hash
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.matters.uploads import of_image, tidy
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db
MING = Contact(name="王小明", phone="13800138000", email="ming@example.org")
WALK = ("accept", "dispatch", "acknowledge", "note", "handle", "answer", "inspect", "rate")


@pytest.fixture
def town():
    return make.town()


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "files"


def officer(town, at: Place | None = None):
    user = open_account(
        username="data", name_zh="数据官", name_en="data", password="", by=SYSTEM, at=make.NOON
    )
    where = at or town.district
    appoint(user, role=Role.DATA_OFFICER, place=where, office=None, by=SYSTEM, at=make.NOON)
    return staff(user, make.NOON)


def raised(town, **says):
    given = make.report(town, contact=MING, address="柳岸路12号3单元", **says)
    return actions.receive(given, by=make.ANYBODY, at=make.NOON)


def everything(matter):
    """Return whatever any table of matters and its history say, in one text."""
    rows: list[Any] = [Matter.objects.filter(pk=matter.pk).values(), history(matter.pk).values()]
    for relation in Matter._meta.related_objects:
        name = relation.field.name
        rows.append(relation.related_model._default_manager.filter(**{name: matter.pk}).values())
    return "".join(str(list(some)) for some in rows)


def test_masked_after_the_follow_up_window_an_old_telephone_finds_nothing(town):
    receipt = raised(town)
    assert by_contact(contact_hash(MING)).count() == 1
    actions.forget_contact(receipt.matter, by=SYSTEM, at=make.NOON)
    assert by_contact(contact_hash(MING)).count() == 0
    kept = Requester.objects.get(matter=receipt.matter)
    assert (kept.sealed, kept.phone_hash, kept.email_hash) == (None, "", "")
    assert by_receipt(receipt.matter.number, receipt.code) == receipt.matter
    assert list(history(receipt.matter.pk))[-1].verb == "matter.forget_contact"


def test_an_erased_matter_leaves_a_tombstone_and_the_figures_stay_true(
    town, django_capture_on_commit_callbacks
):
    receipt = raised(town, photos=[of_image(Image.new("RGB", (40, 30), "teal"), "灯.jpg")])
    matter = make.walk(town, receipt.matter, *WALK)
    file = str(matter.attachments.get().file.name)
    before = {
        name: value
        for name, value in Matter.objects.filter(pk=matter.pk).values().get().items()
        if name not in ("title", "text", "address", "lat", "lon", "form_key", "version")
    }
    when = make.NOON - timedelta(days=1), make.NOON + timedelta(days=1)
    counted = rates(town.staff("supervisor"), "office", *when)
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(matter, by=SYSTEM, at=make.NOON)
    assert counted
    assert rates(town.staff("supervisor"), "office", *when) == counted
    found = Matter.objects.get(pk=matter.pk)
    now: dict[str, Any] = dict(Matter.objects.filter(pk=matter.pk).values().get())
    assert {name: now[name] for name in before} == before
    assert (found.title, found.text, found.address, found.is_erased) == (ERASED, "", "", True)
    told = everything(matter)
    for words in ("路灯不亮了", "王小明", "13800138000", "柳岸路12号", "灯.jpg"):
        assert words not in told
    assert not Message.objects.filter(matter=matter).exists()
    assert not default_storage.exists(file)
    assert broken(matter.pk) == []
    assert by_receipt(matter.number, receipt.code) == found


def test_what_was_erased_is_noted_outside_the_database_once_it_is_done(
    settings, town, django_capture_on_commit_callbacks
):
    matter = raised(town).matter
    with django_capture_on_commit_callbacks() as later:
        actions.erase(matter, by=SYSTEM, at=make.NOON)
    assert not (settings.VAR / LIST).exists()  # nothing is noted of what may be rolled back
    for callback in later:
        callback()
    line = (settings.VAR / LIST).read_text(encoding="utf-8")
    when, key = line.strip().split(", ")
    assert (when, UUID(key)) == ("2026-03-02T04:00:00Z", matter.pk)


def test_what_is_erased_already_is_left_alone(town, django_capture_on_commit_callbacks):
    matter = raised(town).matter
    actions.erase(matter, by=SYSTEM, at=make.NOON)
    n = history(matter.pk).count()
    with django_capture_on_commit_callbacks() as later:
        actions.erase(Matter.objects.get(pk=matter.pk), by=SYSTEM, at=make.NOON)
    assert (history(matter.pk).count(), later) == (n, [])


def test_the_parts_of_a_matter_are_erased_with_it(town):
    matter = raised(town).matter
    make.walk(town, matter, "accept", "split")
    part = matter.parts.get()
    actions.erase(matter, by=SYSTEM, at=make.NOON)
    part.refresh_from_db()
    assert (part.text, broken(part.pk)) == ("", [])


def test_a_contact_is_put_right_and_the_new_one_finds_the_matter(town):
    matter = raised(town).matter
    by = officer(town)
    right = Contact(phone="13900139000")
    actions.correct_contact(matter, contact=right, by=by, at=make.NOON)
    kept = Requester.objects.get(matter=matter)
    assert unseal(bytes(kept.sealed or b""), matter.pk.hex) == {"phone": "13900139000"}
    assert by_contact(contact_hash(MING)).count() == 0
    assert by_contact(contact_hash(right)).get() == matter
    last = list(history(matter.pk))[-1]
    assert (last.verb, last.facts) == (
        "matter.correct_contact",
        {"parts": ["phone"], "had": True},
    )
    assert "139" not in str(last.told)
    with pytest.raises(ValidationError, match="请填写姓名、电话或者电子邮箱"):
        actions.correct_contact(matter, contact=Contact(), by=by, at=make.NOON)
    with pytest.raises(ValidationError, match="这不是电话号码"):
        actions.correct_contact(matter, contact=Contact(phone="找我"), by=by, at=make.NOON)


def test_who_asked_for_it_gets_no_more_messages(town):
    matter = raised(town).matter
    actions.silence(matter, by=officer(town), at=make.NOON)
    assert Requester.objects.get(matter=matter).no_contact
    assert list(history(matter.pk))[-1].verb == "matter.silence"


def test_who_raised_it_can_do_nothing_more_with_what_was_erased(town):
    matter = make.walk(town, raised(town).matter, *WALK)
    actions.erase(matter, by=SYSTEM, at=make.NOON)
    with pytest.raises(PermissionDenied):
        actions.reopen(matter, reason="还是不亮", by=rules.holder(matter), at=make.NOON)
    assert rules.may_see(rules.holder(matter), matter)  # and still reads the tombstone


@pytest.mark.parametrize("name", ["acceptor", "handler", "supervisor", "administrator"])
def test_nobody_but_the_data_officer_of_the_place_may(town, name):
    matter = raised(town).matter
    for act in (actions.erase, actions.forget_contact, actions.silence):
        with pytest.raises(PermissionDenied, match="只有当地的数据官可以这样做"):
            act(matter, by=town.staff(name), at=make.NOON)
    with pytest.raises(PermissionDenied):
        actions.correct_contact(matter, contact=MING, by=town.staff(name), at=make.NOON)
    elsewhere = officer(town, town.next_grid)
    with pytest.raises(PermissionDenied):
        actions.erase(matter, by=elsewhere, at=make.NOON)
    matter.refresh_from_db()
    assert (matter.state, matter.is_erased) == (State.RECEIVED, False)


def test_a_photo_not_written_anew_yet_goes_too(town, django_capture_on_commit_callbacks):
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    photo = tidy(BytesIO(out.getvalue()), "a.jpg", later=True)
    matter = raised(town, photos=[photo]).matter
    raw = str(matter.attachments.get().raw.name)
    assert default_storage.exists(raw)
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(matter, by=SYSTEM, at=make.NOON)
    assert not default_storage.exists(raw)
