from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from gongzhi.audit.models import Entry
from gongzhi.base import ids
from gongzhi.jobs.models import Job
from gongzhi.matters import actions, queries
from gongzhi.matters.models import Attachment, Matter, Requester
from gongzhi.matters.receipts import Contact, contact_hash
from gongzhi.matters.tests import make
from gongzhi.matters.uploads import tidy

pytestmark = pytest.mark.django_db
ME = Contact(name="王小明", phone="000-1234")


@pytest.fixture
def town():
    return make.town()


def receive(town, **says):
    return actions.receive(make.report(town, **says), by=make.ANYBODY, at=make.NOON)


def test_a_receipt_opens_its_matter_and_no_other(town):
    mine, other = receive(town), receive(town)
    assert queries.by_receipt(mine.matter.number, mine.code) == mine.matter
    assert (
        queries.by_receipt(mine.matter.number.replace("-", " "), mine.code.lower()) == mine.matter
    )
    assert queries.by_receipt(mine.matter.number, other.code) is None
    assert queries.by_receipt("260302-001-000000-0", mine.code) is None


def test_the_code_is_kept_nowhere(town):
    receipt = receive(town)
    bare = receipt.code.replace("-", "")
    rows = [*Requester.objects.values(), *Entry.objects.values(), *Job.objects.values()]
    assert bare not in str(rows)
    assert receipt.code not in str(rows)


def test_a_form_sent_twice_is_one_matter_with_one_code(town):
    key = uuid4()
    first, second = receive(town, form_key=key), receive(town, form_key=key)
    assert (first.matter.pk, first.code) == (second.matter.pk, second.code)
    assert Matter.objects.count() == 1


def test_a_taken_number_is_made_anew(town, monkeypatch):
    taken = receive(town).matter.number
    free = ids.number("260302", "001", 7)
    numbers = iter([taken, taken, free])
    monkeypatch.setattr("gongzhi.matters.actions.intake.new_number", lambda *_args: next(numbers))
    assert receive(town).matter.number == free


def test_how_to_reach_somebody_is_sealed_and_found_only_by_the_whole_telephone(town):
    receipt = receive(town, contact=ME)
    requester = Requester.objects.get()
    assert "王小明".encode() not in bytes(requester.sealed or b"")
    assert list(queries.by_contact(contact_hash(Contact(phone="0001234")))) == [receipt.matter]
    assert list(queries.by_contact(contact_hash(Contact(phone="000-123")))) == []
    assert list(queries.by_contact("")) == []


def test_history_holds_no_words_of_the_requester(town):
    receive(town, contact=ME, text="我住三号楼，路灯坏了。")
    assert "三号楼" not in str(list(Entry.objects.values()))
    assert "王小明" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("text", ["字" * 100_000, "a" * 100_000, "", " \n\u200b\u202e"])
def test_words_too_long_or_none_are_refused_and_nothing_is_stored(town, text):
    with pytest.raises(ValidationError):
        receive(town, text=text)
    assert (Matter.objects.count(), Entry.objects.filter(subject_type="matter").count()) == (0, 0)


def test_emoji_stay_and_controls_and_turned_text_go(town):
    matter = receive(town, text="路灯\x00坏了\u202e😀\r\n第二行\x1b[31m").matter
    matter.refresh_from_db()
    assert matter.text == "路灯坏了😀\n第二行[31m"


def test_a_date_in_the_future_is_refused(town):
    with pytest.raises(ValidationError):
        receive(town, occurred_at=make.NOON + timedelta(hours=1))


def test_a_photo_is_kept_without_where_it_was_taken(town, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    Image.new("RGB", (30, 20)).save(out, "JPEG", exif=exif)

    receive(town, photos=[tidy(BytesIO(out.getvalue()))])

    kept = Attachment.objects.get()
    with kept.file.open() as file:
        assert dict(Image.open(file).getexif()) == {}
    assert (kept.width, kept.height, kept.stage) == (30, 20, "report")


def test_an_answer_to_a_question_ends_the_pause_and_moves_the_promise_by_it(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "ask")
    assert f"{matter.answer_by:%m-%d}" == "03-09"  # Monday noon and 5 work days

    make.walk(town, matter, "add", at=make.NOON + timedelta(days=3))

    # Tuesday and Wednesday ended in the pause; Monday is not counted anyhow.
    assert matter.answer_by == matter.due_at
    assert f"{matter.answer_by:%m-%d %H:%M}" == "03-11 17:30"
    assert matter.waitings.get().answered_at == make.NOON + timedelta(days=3)


def test_more_than_nine_photos_are_refused(town):
    out = BytesIO()
    Image.new("RGB", (3, 2)).save(out, "JPEG")
    photo = tidy(BytesIO(out.getvalue()))
    with pytest.raises(ValidationError):
        receive(town, photos=[photo] * 10)


def test_a_number_says_day_and_area_and_checks_itself(town):
    number = receive(town).matter.number
    assert number.startswith("260302-001-")
    assert ids.tidy_number(number) == number


def test_words_of_danger_make_it_urgent_from_the_first_hour(town):
    matter = receive(town, danger="fire").matter
    assert (matter.urgent, matter.due_at) == (True, make.NOON + timedelta(hours=1))
