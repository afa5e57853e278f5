from __future__ import annotations

import base64
import struct
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import compress, crc32
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import connection

from gongzhi.audit.models import Entry, Look
from gongzhi.base.http import TooMany
from gongzhi.base.moves import MoveLost
from gongzhi.base.seal import SealBroken, unseal
from gongzhi.jobs.handlers import Work
from gongzhi.jobs.models import Job
from gongzhi.matters.uploads import Sort, Upload
from gongzhi.notices.models import Letter
from gongzhi.parties import actions, queries, tasks
from gongzhi.parties.fields import drawn
from gongzhi.parties.models import Paper, Party
from gongzhi.parties.reach import Reach, Way
from gongzhi.parties.rules import member
from gongzhi.parties.tests import make
from gongzhi.parties.tests.make import ANYBODY, MING, NOON, NUMBER

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def sent() -> list[dict[str, str]]:
    return [unseal(bytes(one.sealed), one.pk.hex) for one in Letter.objects.order_by("created_at")]


def test_number_and_code_open_the_file_to_one_party_only():
    ming = make.joined()
    hua = make.joined(ming.party.file, reach=Reach(name="王华"))
    assert queries.by_receipt(NUMBER, ming.code) == ming.party
    assert queries.by_receipt(NUMBER.replace("-", " "), hua.code.lower()) == hua.party
    assert queries.by_receipt(NUMBER, "2222-2222-2222") is None
    assert queries.by_receipt("nonsense", ming.code) is None


def test_nothing_of_a_person_stands_in_the_database_unsealed(ming):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM parties_party")
        row = b"|".join(
            bytes(c) if isinstance(c, memoryview | bytes) else str(c).encode()
            for c in cursor.fetchone()
        )
    for said in ("李明", "13800138000"):
        assert said.encode() not in row
    assert ming.reach == MING
    entries = Entry.objects.filter(subject=ming.pk).values_list("facts", "told")
    assert list(entries) == [({"role": "applicant"}, {"by": ""})]


def test_words_sealed_for_one_record_open_in_no_other(ming):
    with pytest.raises(SealBroken):
        unseal(bytes(ming.sealed), make.party().pk.hex)


@pytest.mark.parametrize(
    ("reach", "field", "said"),
    [
        (Reach(name=" "), "name", "请填写姓名：其他各方需要知道是谁。"),
        (Reach(name="李明", way=Way.PHONE), "phone", "您选了这种方式联系：请填上。"),
        (
            Reach(name="李明", phone="13800138000", way=Way.EMAIL),
            "email",
            "您选了这种方式联系：请填上。",
        ),
    ],
)
def test_who_cannot_be_reached_as_they_wish_is_told_which_field_is_missing(reach, field, said):
    with pytest.raises(ValidationError) as refused:
        make.party(reach=reach)
    assert refused.value.message_dict == {field: [said]}
    assert not Party.objects.exists()


def test_only_they_themselves_change_how_they_are_reached(ming):
    with pytest.raises(PermissionDenied, match="只有您本人"):
        actions.mend(ming, reach=MING, by=member(make.party(ming.file)), at=NOON)
    actions.mend(ming, reach=replace(MING, phone="13900139000"), by=member(ming), at=NOON)
    assert Party.objects.get(pk=ming.pk).reach.phone == "13900139000"
    assert ming.reach.phone == "13900139000"


def test_of_two_changes_at_once_one_is_lost(ming):
    other = Party.objects.get(pk=ming.pk)
    actions.mend(ming, reach=MING, by=member(ming), at=NOON)
    with pytest.raises(MoveLost):
        actions.mend(other, reach=MING, by=member(ming), at=NOON)


def test_a_new_code_voids_the_one_before():
    ming = make.joined()
    with pytest.raises(PermissionDenied):
        actions.renew(ming.party, may=False, by=ANYBODY, at=NOON)
    fresh = actions.renew(ming.party, may=True, by=ANYBODY, at=NOON)
    assert queries.by_receipt(NUMBER, ming.code) is None
    assert queries.by_receipt(NUMBER, fresh) == ming.party


def test_who_left_comes_in_no_more():
    ming = make.joined()
    actions.leave(ming.party, by=ANYBODY, at=NOON)
    assert queries.by_receipt(NUMBER, ming.code) is None
    assert not actions.tell(ming.party, "%(number)s", verb="x", by=ANYBODY, at=NOON)


def test_a_look_needs_a_right_and_a_purpose_and_is_shown(ming):
    with pytest.raises(PermissionDenied, match="联系"):
        actions.look(ming, may=False, purpose="打电话", by=ANYBODY, at=NOON)
    with pytest.raises(ValidationError):
        actions.look(ming, may=True, purpose=" ", by=ANYBODY, at=NOON)
    assert not Look.objects.exists()
    assert actions.look(ming, may=True, purpose="约时间", by=ANYBODY, at=NOON) == MING
    (seen,) = queries.looks(ming)
    assert (seen.why, seen.purpose) == ("约时间", "")
    assert seen.sealed
    assert "约时间".encode() not in bytes(seen.sealed)


@pytest.mark.parametrize(
    ("reach", "to"),
    [
        (Reach(name="a", phone="1", email="a@b.cn"), ["1"]),
        (Reach(name="a", email="a@b.cn"), ["a@b.cn"]),
        (Reach(name="a", phone="1", email="a@b.cn", way=Way.EMAIL), ["a@b.cn"]),
        (Reach(name="a", phone="1", email="a@b.cn", way=Way.NONE), []),
        (Reach(name="a"), []),
    ],
)
def test_nothing_is_sent_by_another_way_than_the_chosen(reach, to):
    one = make.party(reach=reach)
    actions.tell(one, "%(number)s %(where)s", verb="news", by=ANYBODY, at=NOON)
    actions.send_code(one, by=ANYBODY, at=NOON)
    assert {letter["to"] for letter in sent()} == set(to)


@pytest.mark.parametrize(
    ("hours", "hour", "free"),
    [
        ((0, 0), 3, (2, 3)),
        ((9, 17), 12, (2, 12)),
        ((9, 17), 8, (2, 9)),
        ((9, 17), 17, (3, 9)),
        ((22, 6), 23, (2, 23)),
        ((22, 6), 5, (2, 5)),
        ((22, 6), 6, (2, 22)),
    ],
)
def test_a_message_waits_for_the_hours_that_are_safe(hours, hour, free):
    reach = Reach(name="a", phone="1", hour_from=hours[0], hour_to=hours[1])
    local = datetime(2026, 3, 2, hour, 0, tzinfo=SHANGHAI)
    found = reach.not_before(local)
    assert (found.day, found.hour) == free


@pytest.mark.parametrize(
    ("then", "to"),
    [("stays", ["1"]), ("mends", ["2"]), ("wants nothing", []), ("leaves", []), ("later", [])],
)
def test_what_waits_for_a_safe_hour_goes_the_way_that_holds_by_then(then, to):
    one = make.party(reach=Reach(name="a", phone="1", hour_from=20, hour_to=22))
    assert actions.tell(one, "%(number)s", verb="news", by=ANYBODY, at=NOON)
    job = Job.objects.get(topic="party_letter")
    assert (sent(), NUMBER in str(job.args)) == ([], False)
    fresh = {
        "mends": Reach(name="a", phone="2"),
        "wants nothing": Reach(name="a", phone="1", way=Way.NONE),
        "later": Reach(name="a", phone="1", hour_from=21, hour_to=22),
    }
    if then == "leaves":
        actions.leave(one, by=ANYBODY, at=NOON)
    elif then in fresh:
        actions.mend(one, reach=fresh[then], by=member(one), at=NOON)
    tasks.write(Work(job.topic, job.key, job.args, job.run_after))
    assert [(letter["to"], letter["text"]) for letter in sent()] == [(way, NUMBER) for way in to]
    assert Job.objects.filter(topic="party_letter").count() == 1 + (then == "later")


def test_a_message_says_nothing_of_what_it_is_about():
    one = make.party(language="en")
    actions.tell(one, "News of %(number)s: %(where)s", verb="news", by=ANYBODY, at=NOON)
    assert sent()[0]["text"].startswith(f"News of {NUMBER}: http")


def test_a_paper_is_stored_so_that_nobody_reads_it_there(ming):
    upload = Upload(Sort.DOCUMENT, b"%PDF-1.7 rent", "lease.pdf")
    paper = actions.keep(ming.file, upload=upload, room=ming.pk, by=member(ming), at=NOON)
    with default_storage.open(paper.stored) as file:
        assert b"rent" not in file.read()
    assert queries.content(paper) == b"%PDF-1.7 rent"
    assert Paper.objects.get().name == "lease.pdf"
    assert queries.papers(ming.file, [None]) == []
    assert queries.papers(ming.file, [None, ming.pk]) == [paper]


def test_a_paper_that_was_changed_in_the_store_is_not_served(ming):
    paper = actions.keep(ming.file, upload=Upload(Sort.PHOTO, b"x"), by=ANYBODY, at=NOON)
    other = actions.keep(ming.file, upload=Upload(Sort.PHOTO, b"y"), by=ANYBODY, at=NOON)
    paper.stored = other.stored
    with pytest.raises(SealBroken):
        queries.content(paper)


def test_a_paper_that_is_taken_out_is_gone(ming, django_capture_on_commit_callbacks):
    paper = actions.keep(ming.file, upload=Upload(Sort.PHOTO, b"x"), by=ANYBODY, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget(paper, by=member(ming), at=NOON)
    assert not Paper.objects.exists()
    assert not default_storage.exists(paper.stored)


def code_of(text: str) -> str:
    return "".join(c for c in text.split("。", maxsplit=1)[0] if c.isdigit())


def test_a_party_signs_with_the_code_sent_to_them_once(ming):
    document, by = "a" * 64, member(ming)
    assert actions.send_code(ming, by=by, at=NOON)
    code = code_of(sent()[0]["text"])
    assert len(code) == 6

    def sign(code: str) -> None:
        given = {"document": document, "drawing": drawn(make.drawing()), "party": ming}
        actions.sign(ming.file, **given, code=code, by=by, at=NOON)

    with pytest.raises(ValidationError, match="验证码"):
        sign("000000" if code != "000000" else "111111")
    sign(code)
    signature = queries.signatures(document)[0]
    assert (signature.name, signature.signer, signature.witnessed) == ("李明", ming, False)
    with pytest.raises(ValidationError, match="验证码"):
        sign(code)


def test_before_a_witness_no_code_is_needed_and_nobody_signs_twice(ming):
    given = {"document": "b" * 64, "drawing": "", "party": ming, "witnessed": True}
    actions.sign(ming.file, **given, by=ANYBODY, at=NOON)
    with pytest.raises(ValidationError, match="已经签"):
        actions.sign(ming.file, **given, by=ANYBODY, at=NOON)
    assert len(queries.signatures("b" * 64)) == 1


def test_codes_are_sent_five_times_an_hour(ming):
    for _n in range(5):
        actions.send_code(ming, by=ANYBODY, at=NOON)
    with pytest.raises(TooMany):
        actions.send_code(ming, by=ANYBODY, at=NOON)
    assert actions.send_code(ming, by=ANYBODY, at=NOON + timedelta(hours=2))


@pytest.mark.parametrize("typed", ["", "nonsense", "data:image/png;base64,AAAA", "%%%", "é" * 10])
def test_what_is_no_drawing_is_refused(typed):
    with pytest.raises(ValidationError):
        drawn(typed)


@pytest.mark.parametrize("side", [3_000, 10_000, 20_000])
def test_a_drawing_whose_header_says_that_it_is_huge_is_refused(side):
    head = struct.pack(">II5B", side, side, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n"
    for chunk in (b"IHDR" + head, b"IDAT" + compress(b"")):
        png += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", crc32(chunk))
    typed = base64.b64encode(png).decode()
    with pytest.raises(ValidationError, match="签名图太大"):
        drawn(typed)


def test_an_empty_box_is_no_signature():
    blank = make.blank()
    with pytest.raises(ValidationError, match="签名"):
        drawn(blank)


def test_a_drawing_is_written_anew():
    assert drawn(make.drawing()) != make.drawing()
    assert drawn(drawn(make.drawing())) == drawn(make.drawing())
