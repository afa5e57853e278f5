from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import NOON
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.offline import actions, packs, queries
from gongzhi.offline.models import Act, Device
from gongzhi.offline.packs import Packed

MINUTES = st.integers(-10_000_000, 10_000_000).map(lambda n: timedelta(minutes=n))


@pytest.fixture
def town(db):
    return make.town()


def kept(town, *, key=None, address="/field/report/", at=NOON):
    by = staff(town.worker, at)
    return actions.keep(
        key or uuid4(), address=address, answer="/field/x/", acted_at=at - timedelta(minutes=7), by=by, at=at
    )  # fmt: skip


def test_an_act_is_kept_once(town):
    key = uuid4()
    kept(town, key=key)
    with pytest.raises(IntegrityError):
        kept(town, key=key)


def test_acts_of_one_person_cannot_be_put_together(town):
    """No column of two acts is alike but those that are alike with everybody's of that day."""
    one, other = kept(town), kept(town, at=NOON + timedelta(hours=1))
    alike = [
        field.name
        for field in Act._meta.concrete_fields
        if getattr(one, field.name) == getattr(other, field.name)
    ]
    assert set(alike) <= {"address", "acted_on", "received_on"}
    assert not [field for field in Act._meta.concrete_fields if field.is_relation]


def test_after_a_week_only_the_day_is_known(town):
    old, new = kept(town), kept(town, at=NOON + timedelta(days=5))
    later = NOON + timedelta(days=8)
    assert actions.coarsen(by=SYSTEM, at=later) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.received_at, old.acted_at) == (None, None)
    assert (str(old.received_on), str(old.acted_on)) == ("2026-03-02", "2026-03-02")
    assert new.received_at == NOON + timedelta(days=5)
    assert actions.coarsen(by=SYSTEM, at=later) == 0
    actions.coarsen(by=SYSTEM, at=NOON + timedelta(days=200))
    assert not Act.objects.exists()


@given(wrong=MINUTES, ago=st.integers(0, 14 * 24 * 60 - 1))
def test_a_wrong_clock_does_not_matter(wrong, ago):
    """The device is wrong alike when it acts and when it sends."""
    done_at = NOON - timedelta(minutes=ago)
    said, clock = done_at + wrong, NOON + wrong
    assert queries.acted(said.isoformat(), clock.isoformat(), NOON) == done_at


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("", ""),
        ("yesterday", NOON.isoformat()),
        (NOON.isoformat(), "2026-03-02T12:00:00"),  # without a zone
        ("2026-03-02T12:00:00", "2026-03-02T12:00:00+00:00"),
        ((NOON + timedelta(hours=1)).isoformat(), NOON.isoformat()),  # in the future
        ((NOON - timedelta(days=15)).isoformat(), NOON.isoformat()),  # too old
        ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"),
    ],
)
def test_a_time_that_makes_no_sense_counts_as_now(said, clock):
    assert queries.acted(said, clock, NOON) == NOON


def test_a_device_is_known_by_day_and_changes_hands(town):
    worker, mate, key = staff(town.worker, NOON), staff(town.neighbour, NOON), uuid4()
    one = actions.know(key, label="Android Chrome", by=worker, at=NOON)
    actions.know(key, label="Android Chrome", by=worker, at=NOON + timedelta(days=1))
    assert [entry.verb for entry in history(key)] == ["device.know"]
    actions.know(key, label="Android Chrome", by=mate, at=NOON + timedelta(days=2))
    one.refresh_from_db()
    assert (one.user, str(one.since), str(one.seen_on)) == (
        town.neighbour,
        "2026-03-04",
        "2026-03-04",
    )
    assert not queries.devices(town.worker)
    assert [entry.verb for entry in history(key)] == ["device.know"] * 2
    assert broken(key) == []


def test_a_device_is_wiped_by_its_owner_or_an_administrator(town):
    device = actions.know(uuid4(), label="Android", by=staff(town.worker, NOON), at=NOON)
    for stranger in (town.neighbour, town.handler):
        with pytest.raises(PermissionDenied):
            actions.wipe(device, by=staff(stranger, NOON), at=NOON)
    device.refresh_from_db()
    assert device.wiped_at is None
    actions.wipe(device, by=staff(town.administrator, NOON), at=NOON)
    assert Device.objects.get().wiped_at == NOON
    assert [entry.verb for entry in history(device.pk)] == ["device.know", "device.wipe"]
    assert not queries.devices(town.worker)


def test_a_pack_holds_each_page_once_and_not_too_many(town, monkeypatch):
    many = [Packed(f"/b/{n}/", "1") for n in range(packs.MOST_PAGES * 2)]
    monkeypatch.setattr(
        packs, "PACKERS", {"a": lambda *_: [Packed("/a/", "1")], "b": lambda *_: [Packed("/a/", "2"), *many]}
    )  # fmt: skip
    found = packs.pack(staff(town.worker, NOON), NOON)
    assert len(found) == packs.MOST_PAGES
    assert [one.address for one in found].count("/a/") == 1
