"""Nowhere is kept, and nobody can ask, where a worker was one after another."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils.timezone import localtime

from gongzhi.audit.actions import look
from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry, Look
from gongzhi.audit.queries import broken
from gongzhi.errands import actions as errands
from gongzhi.errands.models import Errand
from gongzhi.errands.states import Sort
from gongzhi.errands.tests.make import WALKS
from gongzhi.jobs import actions as jobs
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.make import matter as raised
from gongzhi.matters.tests.make import walk
from gongzhi.notices import tasks  # noqa: F401  registers the handlers
from gongzhi.patrol import actions as patrol
from gongzhi.patrol.tests import make
from gongzhi.patrol.tests.make import NOON
from tests.opening import opened

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ZH, EN, LOGIN = "司马行舟", "Sima Xingzhou", "walker77"
POINT = (30.100717, 120.100919)  # where the device stood
# Rows that name a worker, and why that is no way they went.
NAMED = {
    "accounts.User": "the account itself",
    "accounts.SignIn": "a browser that is signed in, from when; not from where",
    "accounts.Post": "where somebody serves, since which day",
    "audit.Entry": "of their own account and posts, written by who gave them",
    "audit.Look": "whoever looks at a person's data is named to that person",
    "errands.Errand": "what they are asked for, until it has ended",
    "jobs.Job": "what is about to be told to them; gone once it is done",
    "notices.Notice": "what they were told",
    "offline.Device": "a device to be wiped, with the days alone",
}
OTHERS = ("acceptor", "dispatcher", "supervisor", "lead", "neighbour", "administrator", "inspector")


@pytest.fixture
def town(settings, tmp_path):
    settings.MEDIA_ROOT = settings.EMAIL_FILE_PATH = tmp_path
    cast = make.town()
    cast.worker.name_zh, cast.worker.name_en, cast.worker.username = ZH, EN, LOGIN
    cast.worker.save()
    return cast


@pytest.fixture
def done(client, town) -> list[Matter]:
    """Let the worker report, settle, inspect and patrol in one morning; return the matters of it."""
    client.force_login(town.worker)
    lat, lon = POINT
    seen = {"kind": "lamp", "place": town.grid.code, "lat": lat, "lon": lon, "pin_from": "device"}
    for says in ({"settled": "no"}, {"settled": "yes", "done": "已拧紧。"}):
        answer = client.post(reverse("field:report"), {"text": "路灯不亮", **seen, **says})
        assert answer.status_code == 302
    for sort in (Sort.VERIFY, Sort.INSPECT):
        errands.fail(asked(town, sort), reason="大门锁着。", by=town.staff("worker"), at=NOON)
    (stop, *_more) = make.stops(make.a_round(town))
    found = make.told(town, town.grid.code, seen=[make.seen(town)])
    patrol.visit(stop, found, by=town.staff("worker"), at=NOON)
    while claimed := jobs.claim(by=SYSTEM, at=NOON):
        for job in claimed:
            jobs.run(job, by=SYSTEM, at=NOON)
    return list(Matter.objects.all())


def asked(town, sort: Sort) -> Errand:
    """Ask the worker for something."""
    moves, asker = WALKS[sort]
    about = walk(town, raised(town), *moves)
    given = errands.Given(sort, town.worker, "看看。", recipient="物业", agreed="")
    return errands.ask(about, given, by=town.staff(asker), at=NOON)


def names(row: dict[str, Any], town) -> bool:
    said = " ".join(map(repr, row.values()))
    return any(word in said for word in (ZH, EN, LOGIN, town.worker.pk.hex, str(town.worker.pk)))


def test_no_row_of_any_table_leads_from_a_worker_to_where_they_were(town, done):
    assert len(done) == 5
    asked(town, Sort.DELIVER)
    found = {
        model._meta.label: [row for row in model._default_manager.values() if names(row, town)]
        for model in apps.get_models()
    }
    assert {label for label, rows in found.items() if rows} <= set(NAMED)
    assert {row["subject_type"] for row in found["audit.Entry"]} <= {"user", "post"}
    assert [row["state"] for row in found["errands.Errand"]] == ["asked"]


def test_where_the_device_stood_is_kept_nowhere(town, done):
    for model in apps.get_models():
        for row in model._default_manager.values():
            said = " ".join(map(repr, row.values()))
            assert not any(str(part) in said for part in POINT), model._meta.label


def test_in_every_history_the_worker_stands_under_another_key_and_by_their_role(town, done):
    acts = Entry.objects.filter(subject__in=[one.pk for one in done]).exclude(by_id=None)
    theirs = {one.subject: one for one in acts if one.by_id == signed(one.subject, town.worker.pk)}
    assert len(theirs) == len(done)
    assert len({one.by_id for one in theirs.values()}) == len(theirs)
    assert {one.by_label for one in theirs.values()} == {"grid_worker"}
    assert [fault for one in done for fault in broken(one.pk)] == []


def test_no_page_list_or_export_tells_anybody_where_a_worker_was(client, town, done):
    numbers = [one.number for one in done]
    keys = [str(one.pk) for one in done]
    for role in OTHERS:
        client.force_login(getattr(town, role))
        pages = dict(opened(client, keys))
        assert len(pages) > len(keys), role
        named = {
            path: page for path, page in pages.items() if any(w in page for w in (ZH, EN, LOGIN))
        }
        assert [path for path, page in named.items() if any(n in page for n in numbers)] == [], role


def test_the_times_of_visits_are_those_of_the_day(town, done):
    visits = Entry.objects.filter(verb="stop.visit")
    assert [midnight(one.at) for one in visits] == [True]
    assert all(midnight(when_made(one.pk)) for one in visits)


def midnight(at: datetime) -> bool:
    return localtime(at).time() == time()


def when_made(key) -> datetime:
    """Return the moment that a key of version 7 tells (RFC 9562)."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, NOON.tzinfo)


def test_who_looks_at_a_person_s_data_is_named_to_that_person(town, done):
    look(done[0].pk, purpose="visit", by=town.staff("worker"), at=NOON)
    assert Look.objects.get(purpose="visit").by_label == ZH
