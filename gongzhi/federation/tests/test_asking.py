"""A contact stays where it was left, and each look is recorded there; files are fetched and written anew."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image

from gongzhi.audit.models import Look
from gongzhi.federation import actions
from gongzhi.federation.models import Handed
from gongzhi.federation.tests import make
from gongzhi.federation.tests.make import NOON, fresh, handed, later, pass_on, there, verbs, walk
from gongzhi.matters.models import Attachment, Requester
from gongzhi.matters.receipts import Contact
from gongzhi.matters.uploads import tidy

ZHANG = Contact("张建国", "13800000000")
WHERE = "/federation/ask/"


def photo(colour: str = "red") -> Any:
    made = BytesIO()
    Image.new("RGB", (60, 40), colour).save(made, "JPEG")
    made.seek(0)
    return made


def ends(town, **says: Any) -> tuple[Handed, Handed]:
    """Return a lamp that was handed up, in hand there, as both ends have it."""
    ours, copy = handed(town, contact=ZHANG, **says)
    walk(town, copy, "accept", "dispatch", "acknowledge")
    pass_on(town)
    rows = Handed.objects.select_related("matter__office", "peer__office", "peer__client__account")
    return rows.get(matter=ours), rows.get(matter=copy)


def ask(client, town, shared: Handed, **said: Any) -> Any:
    asked = {"ref": shared.ref.hex, "purpose": "visit", "who": "王明 (路灯管理所)"} | said
    return client.post(
        WHERE,
        json.dumps(asked),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {town.token_above}",
    )


def test_the_level_that_has_it_in_hand_is_told_the_contact_and_the_look_is_recorded(town, client):
    ours, _theirs = ends(town)
    answer = ask(client, town, ours)
    assert answer.json() == {"contact": {"name": "张建国", "phone": "13800000000"}}
    [look] = Look.objects.filter(subject=ours.matter_id)
    assert (look.by_label, look.purpose) == ("王明 (路灯管理所) · 上级平台", "visit")


def test_no_contact_is_kept_at_the_other_end(town, client):
    ours, theirs = ends(town)
    ask(client, town, ours)
    kept = Requester.objects.get(matter=theirs.matter)
    assert (kept.sealed, kept.phone_hash) == (None, "")


@pytest.mark.parametrize(
    ("said", "status"),
    [({"purpose": "curiosity"}, 422), ({"who": ""}, 422), ({"ref": make.uuid7().hex}, 403)],
)
def test_nothing_is_told_without_a_purpose_a_name_and_a_matter_in_common(
    town, client, said, status
):
    ours, _theirs = ends(town)
    assert ask(client, town, ours, **said).status_code == status
    assert not Look.objects.exists()


def test_once_it_is_answered_or_taken_back_nobody_there_is_told(town, client):
    ours, theirs = ends(town)
    walk(town, fresh(theirs.matter), "answer", "inspect", at=later(hours=1))
    pass_on(town, later(hours=1))
    answer = ask(client, town, ours)
    assert answer.status_code == 403
    assert "13800000000" not in answer.content.decode()


def test_who_must_reach_the_requester_asks_and_both_ends_record_the_look(town, under):
    _ours, theirs = ends(town)
    under.answer = lambda _said: (200, {"contact": {"phone": "13800000000"}})
    theirs = Handed.objects.select_related("matter__office", "peer__office").get(pk=theirs.pk)
    by = town.staff("handler")
    assert actions.ask_contact(theirs, purpose="visit", by=by, at=NOON) == [
        ("phone", "13800000000")
    ]
    assert Look.objects.get(subject=theirs.matter_id).by_label == by.label
    assert verbs(theirs.matter)[-1] == "level_look"


def test_who_need_not_reach_the_requester_asks_in_vain(town, under):
    _ours, theirs = ends(town)
    with pytest.raises(PermissionDenied, match="只有需要联系诉求人的岗位"):
        actions.ask_contact(theirs, purpose="visit", by=town.staff("stranger"), at=NOON)
    assert under.paths == []


def test_a_level_that_does_not_answer_is_named_with_what_to_do(town, under):
    _ours, theirs = ends(town)
    under.answer = lambda _said: (503, {"detail": "稍后"})
    theirs = Handed.objects.select_related("matter__office", "peer__office").get(pk=theirs.pk)
    with pytest.raises(ValidationError, match="下级平台") as refused:
        actions.ask_contact(theirs, purpose="visit", by=town.staff("handler"), at=NOON)
    assert "稍后再试" in str(refused.value)


def test_the_page_shows_the_contact_once_and_keeps_nothing(town, under, as_):
    _ours, theirs = ends(town)
    under.answer = lambda _said: (200, {"contact": {"phone": "13800000000", "evil": "x"}})
    page = as_("handler").post(f"/federation/contact/{theirs.pk}/", {"purpose": "visit"})
    assert "13800000000" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    stranger = as_("stranger").post(f"/federation/contact/{theirs.pk}/", {"purpose": "visit"})
    assert stranger.status_code == 404


def test_through_two_levels_the_contact_is_asked_for_where_it_was_left(town, under, client):
    _ours, theirs = ends(town)
    walk(town, fresh(theirs.matter), "send_back")
    make.send_up(town, fresh(theirs.matter))
    pass_on(town)
    third = Handed.objects.get(matter=theirs.matter, is_ours=True)
    under.answer = lambda _said: (200, {"contact": {"phone": "13800000000"}})
    assert ask(client, town, third).json()["contact"] == {"phone": "13800000000"}
    assert under.paths == ["POST /federation/ask/"]


# --- Files.


def test_a_photo_is_named_in_the_parcel_and_fetched_where_it_is(town, client):
    ours, copy = handed(town, photos=[tidy(photo(), "灯.jpg")])
    [file] = make.Parcel.objects.get(verb="hand", is_ours=False).body["files"]
    assert set(file) == {"key", "name", "stage"}
    ref = Handed.objects.get(matter=ours).ref
    key = make.UUID(file["key"])
    header = {"HTTP_AUTHORIZATION": f"Bearer {town.token_above}"}
    got = client.get(f"/federation/files/{ref}/{key}/", **header)
    content = b"".join(got.streaming_content)
    assert Image.open(BytesIO(content)).size == (60, 40)
    theirs = Handed.objects.get(matter=copy)
    actions.put_file(theirs, [tidy(BytesIO(content))], stage="report", by=make.SYSTEM, at=NOON)
    actions.put_file(theirs, [tidy(BytesIO(content))], stage="report", by=make.SYSTEM, at=NOON)
    assert copy.attachments.get().stage == "report"


def test_a_file_that_does_not_go_along_is_not_given(town, client):
    ours, _copy = handed(town, photos=[tidy(photo())])
    ref = Handed.objects.get(matter=ours).ref
    Attachment.objects.update(checked="harmful")
    header = {"HTTP_AUTHORIZATION": f"Bearer {town.token_above}"}
    for key in (Attachment.objects.get().pk, make.uuid7()):
        assert client.get(f"/federation/files/{ref}/{key}/", **header).status_code == 404
    header = {"HTTP_AUTHORIZATION": f"Bearer {town.token_below}"}
    other = client.get(f"/federation/files/{make.uuid7()}/{key}/", **header)
    assert other.status_code == 403


def test_what_is_fetched_is_written_anew_and_what_is_no_file_is_not_kept(town, under):
    _ours, copy = handed(town)
    theirs = Handed.objects.select_related("peer").get(matter=copy)
    under.answer = lambda _said: (200, {"no": "picture"})
    key = make.uuid7()
    assert actions.fetch(theirs, key, name="x", by=make.SYSTEM, at=NOON) == ()
    under.answer = lambda _said: (404, {})
    assert actions.fetch(theirs, key, name="x", by=make.SYSTEM, at=NOON) == ()


def test_the_photo_after_the_work_comes_with_the_answer(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge")
    from gongzhi.matters.actions import answer, inspect

    at = NOON + timedelta(hours=1)
    by = town.staff("handler", at)
    answer(fresh(copy), words="灯已修好。", photos=[tidy(photo("green"))], by=by, at=at)
    inspect(fresh(copy), words="亮了", by=town.staff("inspector", at), at=at)
    pass_on(town, at)
    assert [
        one["stage"] for one in make.Parcel.objects.get(verb="answer", is_ours=False).body["files"]
    ] == ["after"]
    assert there(ours) == copy
