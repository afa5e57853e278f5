"""Jobs and histories on their pages."""

from __future__ import annotations

import re

import pytest
from django.utils.timezone import now

from gongzhi.audit.models import Entry
from gongzhi.audit.queries import history
from gongzhi.jobs.models import Job
from gongzhi.manage.tests.make import told
from gongzhi.matters.tests import make

NEVER = "00000000-0000-7000-8000-000000000000"


def job(**says):
    at = now()
    usual = {"topic": "letter", "created_at": at, "run_after": at}
    return Job.objects.create(**usual | says)


def test_a_failed_job_shows_its_error_and_runs_again_at_a_press(town, client):
    broken = job(failed_at=now(), attempts=10, error="OSError: <b>no route</b>")
    job(topic="matter")

    page = told(client.get("/manage/jobs/"))
    assert "OSError: &lt;b&gt;no route&lt;/b&gt;" in page

    client.post("/manage/jobs/retry/", {"job": broken.pk})
    broken.refresh_from_db()
    assert (broken.failed_at, broken.attempts, broken.error) == (None, 0, "")


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "9" * 30])
def test_a_job_that_is_not_waiting_is_not_run(town, client, key):
    waiting = job()
    assert client.post("/manage/jobs/retry/", {"job": key}).status_code == 422
    assert client.post("/manage/jobs/retry/", {"job": waiting.pk}).status_code == 422


def test_a_history_is_found_by_number_or_key_and_shows_that_it_is_whole(town, client):
    matter = make.walk(town, make.matter(town, text="只给经办人看的话。"), "accept")

    for asked in (matter.number, matter.number.lower().replace("-", ""), str(matter.pk)):
        assert client.get("/manage/history/", {"q": asked}).url == f"/manage/history/{matter.pk}/"
    page = told(client.get(f"/manage/history/{matter.pk}/"))

    assert "The chain is whole" in page
    assert re.findall(r"matter\.\w+", page) == ["matter.receive", "matter.accept"]


def test_a_history_shows_neither_words_nor_names(town, client):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")
    page = told(client.get(f"/manage/history/{matter.pk}/"))

    assert "灯已修好" not in page
    assert "同志" not in page


def test_a_history_that_was_changed_is_shown_as_broken(town, client):
    matter = make.walk(town, make.matter(town), "accept")
    first = history(matter.pk)[0]
    Entry.objects.filter(pk=first.pk).update(facts={"kind": "hole"})

    assert "The chain is broken" in told(client.get(f"/manage/history/{matter.pk}/"))


def test_what_has_no_history_is_told(town, client):
    for asked in ("nonsense", NEVER, "260302-001-000000-X"):
        assert "has no history here" in told(client.get("/manage/history/", {"q": asked}))
