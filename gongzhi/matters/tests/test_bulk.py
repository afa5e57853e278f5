from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from gongzhi.accounts.models import User
from gongzhi.audit import chain
from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.deadlines.actions import seed_china, seed_rules
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.actions.bulk import TABLES, batch
from gongzhi.matters.actions.planting import appoint_people, found_offices, list_duties
from gongzhi.matters.actions.simulating import Player, World, Year
from gongzhi.matters.actions.simulating.world import NOBODY
from gongzhi.matters.models import Matter, Message, OfficeTask, Requester, Supervision
from gongzhi.matters.receipts import Contact
from gongzhi.matters.simulator.seeds import read
from gongzhi.matters.tests import make
from gongzhi.places.actions import plant_district
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db

# What is drawn anew each time; the rest must be the same to the last microsecond.
RANDOM = {
    "id",
    "number",
    "receipt_hash",
    "sealed",
    "salt",
    "commitment",
    "hash",
    "key",
    "follow_up_id",
    "task_id",
}


# What happens to few, and what is then written of it.
RARE = (
    "handed_up",
    "split",
    "supervised",
    "insisted",
    "forced",
    "deferred",
    "withdrawn",
    "declined",
    "extension",
    "duplicate",
)
WRITTEN = {
    *("escalate", "assign", "involve", "take", "decline", "bind", "release", "finish"),
    *("split", "part_ended", "supervise", "report", "insist", "lift", "force_close"),
    *("object", "send_back", "dismiss", "extend", "grant", "deny", "defer", "resume"),
    *("merge", "withdraw", "restore", "rework", "reopen", "follow_up", "rate", "ask", "add"),
}


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def year(monkeypatch):
    """A year in which what is rare happens as often as all of it needs to happen to some hundred."""
    for rare in RARE:
        monkeypatch.setitem(read("profile")["rates"], rare, {"default": 0.2})
    seed_china(by=SYSTEM, at=make.NOON)
    seed_rules(by=SYSTEM, at=make.NOON)
    actions.seed_catalogue(by=SYSTEM, at=make.NOON)
    plant_district("demo", by=SYSTEM, at=make.NOON)
    district = Place.objects.get(code="990101")
    found_offices(district, by=SYSTEM, at=make.NOON)
    list_duties(district, by=SYSTEM, at=datetime(2025, 11, 1, tzinfo=UTC))
    appoint_people(district, password="", by=SYSTEM, at=make.NOON)
    until = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    return Year(first=date(2025, 11, 20), until=until, n=300, seed=5)


def everything() -> dict[str, Counter[Any]]:
    """Return every row of every table as a multiset, keys and numbers replaced by what they name."""
    names = {
        pk: (at, chain, text)
        for pk, at, chain, text in Matter.objects.values_list("pk", "received_at", "chain", "text")
    }
    numbers = {number: names[pk] for pk, number in Matter.objects.values_list("pk", "number")}
    assert len(set(names.values())) == len(names)
    people = [NOBODY, *User.objects.values_list("pk", flat=True)]

    def plain(name, value, row):
        if name == "sealed" and not isinstance(value, bool) and value:
            return str(unseal(bytes(value), row["matter_id"].hex))
        if name in RANDOM:
            return None
        if name == "words":  # but those of the number
            return " ".join(word for word in value.split() if not word.isascii())
        if name == "by_id" and "seq" in row:  # another key in every history
            return next((one for one in people if signed(row["subject"], one) == value), value)
        if name in ("facts", "told"):
            return str(sorted((k, numbers.get(v, v)) for k, v in value.items()))
        return names.get(value, value)

    tables: tuple[Any, ...] = (*TABLES, Entry)
    return {
        table.__name__: Counter(
            tuple(plain(name, value, row) for name, value in row.items())
            for row in table.objects.filter(
                **({"subject_type": "matter"} if table is Entry else {})
            ).values()
        )
        for table in tables
    }


def chains():
    entries = defaultdict(list)
    for entry in Entry.objects.filter(subject_type="matter").order_by("subject", "seq"):
        entries[entry.subject].append(entry)
    assert set(entries) == set(Matter.objects.values_list("pk", flat=True))
    return [fault for of_one in entries.values() for fault in chain.broken(of_one)]


def test_hundreds_of_matters_in_a_batch_are_those_one_by_one(year):
    world = World(year)
    [span] = world.batches()
    with batch() as gathered:
        Player(world, span).play()
    n_jobs, together, broken_together = Job.objects.count(), everything(), chains()
    assert gathered.n_rows == sum(rows.total() for rows in together.values())
    Matter.objects.exclude(merged_into=None, parent=None).delete()
    Matter.objects.all().delete()
    Entry.objects.filter(subject_type="matter").delete()

    Player(world, span).play()

    apart = everything()
    for table, rows in apart.items():
        assert (table, rows - together[table], together[table] - rows) == (
            table,
            Counter(),
            Counter(),
        )
    assert Matter.objects.filter(parent=None).count() == 300
    assert (broken_together, chains()) == ([], [])
    verbs = Entry.objects.filter(subject_type="matter").values_list("verb", flat=True)
    assert WRITTEN - {verb.removeprefix("matter.") for verb in verbs} == set()
    assert Supervision.objects.filter(listed=True).exists()
    parts = Matter.objects.exclude(parent=None).select_related("parent")
    assert not [part for part in parts if part.parent and part.parent.is_ended > part.is_ended]
    # What happened last year is told nobody today; one by one it would be.
    assert (n_jobs, Job.objects.filter(topic="matter").exists()) == (0, True)


def test_a_matter_changes_its_place_in_a_batch_too(town):
    with batch():
        matter = make.walk(town, make.matter(town, place=town.district), "relocate", "accept")
    stored = Matter.objects.select_related("place").get(pk=matter.pk)
    assert (stored.place, stored.chain) == (town.next_grid, town.next_grid.path)
    assert broken(matter.pk) == []


def test_a_batch_refuses_what_one_by_one_is_refused(town):
    with batch():
        matter = make.matter(town)
        with pytest.raises(PermissionDenied):
            actions.accept(matter, by=town.staff("stranger"), at=make.NOON)
        with pytest.raises(MoveRefused):
            make.walk(town, matter, "dispatch")
        make.walk(town, matter, "accept", "dispatch", "object")
        with pytest.raises(ValidationError):
            make.walk(town, matter, "object")
    matter.refresh_from_db()
    assert (matter.state, matter.version, matter.objections.count()) == ("dispatched", 4, 1)
    assert (broken(matter.pk), Entry.objects.filter(subject=matter.pk).count()) == ([], 4)


def test_a_batch_that_fails_stores_nothing(town):
    with pytest.raises(ZeroDivisionError), batch():
        make.walk(town, make.matter(town), "accept")
        raise ZeroDivisionError
    assert (Matter.objects.count(), Entry.objects.filter(subject_type="matter").count()) == (0, 0)
    # And outside it everything is written at once again.
    make.matter(town)
    assert (Matter.objects.count(), Job.objects.filter(topic="matter").count()) == (1, 1)


def test_a_form_sent_twice_in_a_batch_is_one_matter(town):
    key = uuid7()
    with batch():
        first = actions.receive(make.report(town, form_key=key), by=make.ANYBODY, at=make.NOON)
        again = actions.receive(make.report(town, form_key=key), by=make.ANYBODY, at=make.NOON)
    assert (again.matter.pk, again.code) == (first.matter.pk, first.code)
    assert Matter.objects.count() == 1


def test_a_form_that_is_stored_already_is_refused_with_the_whole_batch(town):
    key = uuid7()
    make.matter(town, form_key=key)
    with pytest.raises(IntegrityError), batch():
        make.matter(town)
        make.matter(town, form_key=key)


def test_a_batch_moves_only_what_it_received(town):
    before = make.matter(town)
    with pytest.raises(KeyError), batch():
        make.walk(town, before, "accept")


def test_what_a_flush_stored_is_as_django_would_write_it(town):
    at = make.NOON + timedelta(seconds=1)
    contact = Contact(phone="000-0000-0001")
    with batch() as gathered:
        matter = make.matter(town, at=at, contact=contact, lat=30.5, lon=114.25)
        make.walk(town, matter, "accept", "dispatch", "note", at=at)
        assert gathered.flush() == 9
    stored = Matter.objects.get(due_at__gt=at, received_at=at, accepted_at=at)
    assert (stored.pk, stored.state, stored.version) == (matter.pk, "dispatched", 4)
    assert (stored.lat, stored.public, stored.synthetic) == (30.5, True, False)
    assert unseal(bytes(Requester.objects.get().sealed or b""), stored.pk.hex) == {
        "phone": "000-0000-0001"
    }
    assert OfficeTask.objects.get(given_at=at).matter == stored
    assert Message.objects.get(at=at, sort="note").by_label == "acceptor同志"
    assert Entry.objects.filter(subject=stored.pk, at=at).count() == 4
    assert broken(stored.pk) == []
    make.walk(town, stored, "acknowledge", at=at)  # and life goes on, one by one
    assert broken(stored.pk) == []


def test_a_number_taken_before_is_changed_when_it_is_stored(town, monkeypatch):
    monkeypatch.setattr(
        "gongzhi.matters.actions.intake.new_number", lambda *_place: "260302-001-000007-0"
    )
    first = make.matter(town)
    with batch():
        second = make.matter(town)
        assert second.number == first.number
    numbers = set(Matter.objects.values_list("number", flat=True))
    assert numbers == {first.number, second.number}
    assert len(numbers) == 2
