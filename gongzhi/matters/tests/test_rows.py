from __future__ import annotations

import pytest
from django.db import IntegrityError, models, transaction

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.rows import insert, select, update
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Answer, Matter, Requester
from gongzhi.matters.tests import make as cast

pytestmark = pytest.mark.django_db


def test_a_row_is_stored_as_save_stores_it(town):
    one = cast.matter(town, text="路灯坏了 💡", lat=31.5, lon=121.5)
    kept = Matter.objects.filter(pk=one.pk).values().get()
    Matter.objects.filter(pk=one.pk).delete()
    insert(one)
    assert Matter.objects.filter(pk=one.pk).values().get() == kept


def test_a_running_number_is_filled_in():
    jobs = [
        Job(topic="t", args={"n": n}, created_at=cast.NOON, run_after=cast.NOON) for n in (1, 2)
    ]
    for job in jobs:
        insert(job)
    assert [Job.objects.get(pk=job.pk).args for job in jobs] == [{"n": 1}, {"n": 2}]


def test_what_a_constraint_refuses_is_an_integrity_error(town):
    one = cast.matter(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(one)


def test_only_a_row_that_is_as_it_was_seen_is_changed(town):
    one, other = cast.matter(town), cast.matter(town)
    office = Office.objects.first()
    assert not update(one, {"title": "late"}, version=one.version + 1)
    assert update(one, {"title": "in time", "office": office, "lat": None}, version=one.version)
    found = dict(Matter.objects.values_list("pk", "title"))
    assert (found[one.pk], found[other.pk]) == ("in time", other.title)
    assert Matter.objects.get(pk=one.pk).office == office


def test_a_row_made_from_keywords_is_as_django_makes_it(town):
    matter = cast.matter(town)
    named = {"matter": matter, "office": None, "text": "好", "ground": "", "at": cast.NOON}
    ours, plain = Answer(**named), Answer.__new__(Answer)
    models.Model.__init__(plain, id=ours.id, **named)
    assert {k: v for k, v in vars(ours).items() if k != "_state"} == {
        k: v for k, v in vars(plain).items() if k != "_state"
    }
    assert (ours.matter, ours.office) == (matter, None)
    assert Answer(**named).id != ours.id
    fresh = Matter(kind=matter.kind)
    requester = Requester(matter=fresh, receipt_hash="")
    assert (fresh.requester, requester.pk, requester.language) == (requester, fresh.pk, "zh-hans")
    painted = named | {"colour": "red"}
    with pytest.raises(TypeError, match="has no field “colour”"):
        Answer(**painted)


def test_rows_are_read_as_django_reads_them(town):
    one, other = cast.matter(town), cast.matter(town)
    found = select(Matter, "-received_at", "number", state=one.state, place=one.place)
    assert [row.__dict__ | {"_state": None} for row in found] == [
        row.__dict__ | {"_state": None}
        for row in Matter.objects.filter(place=one.place).order_by("-received_at", "number")
    ]
    assert {row.pk for row in found} == {one.pk, other.pk}
    assert select(Matter, pk=uuid7()) == []
