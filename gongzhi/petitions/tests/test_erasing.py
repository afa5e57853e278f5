"""Petitions and visits that were kept long enough: nothing that anybody can read of their people is left."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry, Look
from gongzhi.audit.queries import broken, history
from gongzhi.base.seal import unseal
from gongzhi.parties.models import Paper, Party
from gongzhi.petitions import actions, tasks
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import DAY, LI, NOON, TEXT

pytestmark = pytest.mark.django_db
SECRETS = {
    LI.name,
    LI.phone,
    TEXT,
    "请恢复供暖。",
    "补充：昨晚只有12度。",
    "经测温，室温符合标准。",
}


@pytest.fixture
def town():
    return make.town()


def years(n: int, month: int = 12) -> datetime:
    """Return a day so many years after, in December unless said otherwise."""
    return NOON.replace(year=NOON.year + n, month=month)


def ended(town) -> Petition:
    """Let somebody raise a petition with a paper, add to it, and be answered; nobody asks for a review."""
    row = make.petition(town)
    row = make.walk(town, row, "forward", "accept", "add", "decide", "serve")
    actions.lapse(row, by=SYSTEM, at=NOON + 90 * DAY)
    return make.fresh(row)


def readable() -> str:
    """Return whatever can be read in the tables of petitions, parties and history, with all keys."""
    tables = [*apps.get_app_config("petitions").get_models()]
    tables += [*apps.get_app_config("parties").get_models(), Entry, Look]
    return "\n".join(
        str(unseal(bytes(value), row.pk.hex) if field.name == "sealed" else value)
        for table in tables
        for row in table._default_manager.all()
        for field in table._meta.concrete_fields
        if (value := getattr(row, field.attname)) is not None
    )


def test_nothing_readable_of_anybody_is_left_and_every_history_verifies(town):
    row = ended(town)
    before = readable()
    assert {secret for secret in SECRETS if secret not in before} == set()

    tasks.erase(years(11))

    after = readable()
    assert {secret for secret in SECRETS if secret in after} == set()
    assert not Party.objects.filter(file=row.pk).exists()
    gone = Petition.objects.get(pk=row.pk)
    kept = ("number", "state", "sort", "way", "topic", "place_id", "keeper_id", "received_at")
    assert [getattr(gone, name) for name in kept] == [getattr(row, name) for name in kept]
    last = history(row.pk).last()
    assert last is not None
    assert (last.verb, last.by_label) == ("petition.erase", "system")
    subjects = set(Entry.objects.values_list("subject", flat=True))
    assert [fault for subject in subjects for fault in broken(subject)] == []


def test_it_goes_once_it_was_kept_for_the_years_of_the_house(town, settings):
    settings.PETITIONS_KEPT_YEARS = 3
    row = ended(town)
    assert row.ended_at
    month = row.ended_at.month
    tasks.erase(years(3, month=month))
    assert make.fresh(row).text == TEXT
    tasks.erase(years(3, month=month + 1))
    assert make.fresh(row).text == ""


def test_what_has_not_ended_stays_however_old(town):
    row = make.walk(town, make.petition(town), "forward", "accept")
    tasks.erase(years(50))
    assert make.fresh(row).text == TEXT
    with pytest.raises(ValidationError, match="保存"):
        actions.erase(row, by=SYSTEM, at=years(50))


def test_it_is_done_by_itself_and_by_nobody_else(town):
    row = ended(town)
    for by in (town.staff("keeper"), town.staff("administrator"), make.speaker(row)):
        with pytest.raises(PermissionDenied):
            actions.erase(row, by=by, at=years(11))
    assert make.fresh(row).text == TEXT


def test_what_is_erased_is_not_erased_again_each_night(town):
    row = ended(town)
    tasks.erase(years(11))
    n = history(row.pk).count()
    tasks.erase(years(12))
    assert history(row.pk).count() == n


def test_a_store_that_refuses_leaves_all_for_the_next_night(town, monkeypatch, caplog):
    row = ended(town)
    party = make.party(row)
    Paper.objects.create(
        file=row.pk, giver=party, stored="ab/one", sort="document", n_bytes=1, at=NOON, sealed=b""
    )

    def refuse(_name: str) -> None:
        raise OSError("no more connections")

    with monkeypatch.context() as broken_store:
        broken_store.setattr(default_storage, "delete", refuse)
        tasks.erase(years(11))
    assert make.fresh(row).text == TEXT
    assert "no more connections" in caplog.text

    monkeypatch.setattr(default_storage, "delete", lambda _name: None)
    tasks.erase(years(11))
    assert make.fresh(row).text == ""


def test_the_pages_that_listed_it_open_as_before(town, as_):
    row = ended(town)
    tasks.erase(years(11))
    page = as_("keeper").get(make.address("show", row))
    assert page.status_code == 200
    assert row.number in page.content.decode()
    assert as_("keeper").get("/petitions/").status_code == 200


def visited(town) -> Visit:
    """Let somebody come to a reception day, and be promised something."""
    day = make.reception(town)
    actions.book(day, slot=1, words=TEXT, reach=LI, by=make.ANYBODY, at=NOON)
    visit, then = Visit.objects.get(), day.begins_at + DAY
    until, by = (then + DAY).date(), town.staff("keeper", then)
    actions.come(visit, words="讲了供暖。", promise="年底改造。", until=until, by=by, at=then)
    return visit


def test_of_a_visit_long_ago_nothing_readable_is_left(town):
    visit = visited(town)
    tasks.erase(years(11))
    assert "年底改造。" in readable()  # what was promised is still to be kept

    then = visit.day.begins_at + 2 * DAY
    actions.keep(visit, words="已改造。", by=town.staff("keeper", then), at=then)
    for by in (town.staff("keeper"), town.staff("administrator")):
        with pytest.raises(PermissionDenied):
            actions.erase_visit(visit, by=by, at=years(11))
    with pytest.raises(ValidationError, match="保存"):
        actions.erase_visit(visit, by=SYSTEM, at=years(1))

    tasks.erase(years(11))

    after = readable()
    assert [
        one
        for one in (TEXT, LI.name, LI.phone, "讲了供暖。", "年底改造。", "已改造。")
        if one in after
    ] == []
    gone = Visit.objects.get()
    assert (gone.number, gone.state, gone.day_id) == (visit.number, "kept", visit.day_id)
    assert broken(visit.pk) == []
