"""Parcels are kept in their order, each once; what cannot be done holds up nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client

from gongzhi.base.moves import MoveLost
from gongzhi.federation import actions, queries
from gongzhi.federation.actions import applying
from gongzhi.federation.models import Handed, Parcel, Peer
from gongzhi.federation.tests import make
from gongzhi.federation.tests.make import NOON, fresh, handed, later, pass_on, verbs, walk
from gongzhi.matters.models import Matter

WHERE = "/federation/parcels/"


def said(seq: int, verb: str = "state", ref: str = "", **body: Any) -> dict[str, Any]:
    ref = ref or make.uuid7().hex
    return {"seq": seq, "ref": ref, "verb": verb, "at": NOON.isoformat(), "body": body}


def post(client: Client, token: str, *parcels: dict[str, Any], **more: Any) -> Any:
    message = {"now": NOON.isoformat(), "parcels": list(parcels)} | more
    return client.post(
        WHERE,
        json.dumps(message),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )


def test_each_is_kept_once_and_the_answer_says_how_far(town, client):
    first, second = said(1), said(2)
    assert post(client, town.token_below, first).json()["heard"] == 1
    assert post(client, town.token_below, first, second).json()["heard"] == 2
    assert Parcel.objects.filter(peer=town.below, is_ours=False).count() == 2


def test_where_one_is_missing_nothing_further_is_kept(town, client):
    assert post(client, town.token_below, said(1), said(3)).json()["heard"] == 1


def test_another_parcel_under_a_known_number_is_refused(town, client):
    post(client, town.token_below, said(1))
    answer = post(client, town.token_below, said(1))
    assert answer.status_code == 409
    assert "较早的备份" in answer.json()["detail"]


def test_what_is_paused_keeps_nothing_and_says_that_nothing_is_lost(town, client):
    actions.pause(town.below, by=make.SYSTEM, at=NOON)
    answer = post(client, town.token_below, said(1))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("token", ["", "gz_wrong"])
def test_who_has_no_token_is_not_heard(town, client, token):
    assert post(client, token, said(1)).status_code == 401


def test_the_token_of_another_client_opens_nothing_here(town, client):
    from gongzhi.exchange.tests.make import secret

    answer = post(client, secret(town.hotline, days=700), said(1))
    assert answer.status_code == 403
    assert "不代表任何层级平台" in answer.json()["detail"]


def test_a_level_says_nothing_for_another(town):
    by = queries.as_caller(town.above, NOON)
    with pytest.raises(PermissionDenied, match="只有该层级平台自己"):
        actions.take(town.below, [], by=by, at=NOON)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"[]",
        b'{"now":"2026-03-02T04:00:00+00:00"}',
        b'{"now":"2026-03-02T04:00:00","parcels":[]}',
        b"[" * 5000,
    ],
)
def test_what_is_not_as_described_is_refused_whole(town, client, body):
    answer = client.post(
        WHERE,
        body,
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {town.token_below}",
    )
    assert answer.status_code == 422
    assert "与说明不符" in answer.json()["detail"]


def test_more_parcels_than_a_message_may_hold_are_refused(town, client):
    answer = post(client, town.token_below, *(said(n) for n in range(1, 102)))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("verb", "body", "why"),
    [
        ("dance", {}, "verb dance"),
        ("hand", {"text": "x"}, "number"),
        ("hand", {"number": "1", "kind": "lamp", "text": "", "place": "990101"}, "简单写几句"),
        ("answer", {"text": "好", "secret": 1}, "secret"),
        ("answer", {"text": "好"}, "没有这一共同事项"),
        ("state", {"state": "flying"}, "state"),
    ],
)
def test_what_cannot_be_done_is_kept_with_the_reason_and_holds_up_nothing(
    town, client, verb, body, why
):
    answer = post(client, town.token_below, said(1, verb, **body), said(2))
    assert answer.json()["heard"] == 2
    assert why in Parcel.objects.get(seq=1, is_ours=False).fault


def test_what_is_not_theirs_to_say_is_refused(town):
    ours, copy = handed(town)
    ref = Handed.objects.get(matter=ours).ref
    answer = Parcel(seq=1, ref=ref, verb="answer", at=NOON, body={"text": "x"})
    Peer.objects.filter(pk=town.below.pk).update(n_heard=0)
    Parcel.objects.filter(peer=town.below, is_ours=False).delete()
    make.take(town.below, [answer])
    assert "不应由该层级平台" in Parcel.objects.get(peer=town.below, is_ours=False).fault
    assert fresh(copy).state == "received"


def test_the_other_end_is_told_what_could_not_be_done(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "ask", at=later(hours=1))
    walk(town, fresh(ours), "send_back", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert "level_lost" in verbs(copy)


def test_what_cannot_be_taken_at_all_goes_back_to_the_dispatcher(town, monkeypatch):
    monkeypatch.setitem(applying.__dict__, "catalogue", lambda _on: {})
    monkeypatch.setitem(applying.__dict__, "likely_kind", lambda *_said: None)
    ours = walk(town, make.matter(town), "accept")
    make.send_up(town, ours)
    pass_on(town)
    assert fresh(ours).state == "accepted"
    assert "level_lost" in verbs(ours)


def test_a_fault_of_ours_holds_up_no_other_parcel(town, client, monkeypatch, caplog):
    def broken(_said: object) -> None:
        raise ZeroDivisionError

    ours, _copy = handed(town)
    ref = Handed.objects.get(matter=ours).ref
    n = Peer.objects.get(pk=town.above.pk).n_heard
    monkeypatch.setitem(applying.APPLY, "take", broken)
    answer = post(client, town.token_above, said(n + 1, "take", ref.hex), said(n + 2))
    assert answer.json()["heard"] == n + 2
    assert (
        Parcel.objects.get(peer=town.above, is_ours=False, seq=n + 1).fault == "ZeroDivisionError"
    )
    assert "failed" in caplog.text
    monkeypatch.undo()
    parcel = Parcel.objects.get(peer=town.above, is_ours=False, seq=n + 1)
    assert actions.take_again(parcel, by=town.staff("administrator"), at=NOON)
    assert fresh(ours).state == "handling"


def test_a_database_that_fails_keeps_nothing(town, monkeypatch):
    def locked(_said: object) -> None:
        raise OperationalError("locked")

    ours, _copy = handed(town)
    ref = Handed.objects.get(matter=ours).ref
    n = Peer.objects.get(pk=town.above.pk).n_heard
    monkeypatch.setitem(applying.APPLY, "take", locked)
    with pytest.raises(OperationalError):
        make.take(town.above, [Parcel(seq=n + 1, ref=ref, verb="take", at=NOON, body={})])
    assert Peer.objects.get(pk=town.above.pk).n_heard == n


def test_what_came_before_one_that_has_to_be_sent_again_stays_kept(town, client, monkeypatch):
    def lost(_said: object) -> None:
        raise MoveLost("somebody moves it")

    ours, _copy = handed(town)
    ref = Handed.objects.get(matter=ours).ref
    n = Peer.objects.get(pk=town.above.pk).n_heard
    parcels = said(n + 1), said(n + 2, "take", ref.hex), said(n + 3)
    with monkeypatch.context() as patch:
        patch.setitem(applying.APPLY, "take", lost)
        assert post(client, town.token_above, *parcels).json()["heard"] == n + 1
        assert post(client, town.token_above, *parcels[1:]).status_code == 503
    assert post(client, town.token_above, *parcels[1:]).json()["heard"] == n + 3
    assert fresh(ours).state == "handling"
    assert Parcel.objects.filter(peer=town.above, is_ours=False, seq__gt=n).count() == 3


def test_many_are_kept_in_several_transactions(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.federation.actions.taking.TOGETHER", 2)
    parcels = [said(n) for n in range(1, 6)]
    assert post(client, town.token_below, *parcels[:3]).json()["heard"] == 3
    assert post(client, town.token_below, *parcels).json()["heard"] == 5


def test_only_an_administrator_tries_again(town):
    post_fault = Parcel(peer=town.below, is_ours=False, seq=9, ref=make.uuid7(), verb="x", at=NOON)
    post_fault.save()
    with pytest.raises(PermissionDenied, match="只有管理员"):
        actions.take_again(post_fault, by=town.staff("handler"), at=NOON)


def test_a_level_does_here_only_what_its_office_may(town):
    """A level that says it takes what is not with its office changes nothing."""
    ours, _copy = handed(town)
    Matter.objects.filter(pk=ours.pk).update(office=town.lights)
    ref = Handed.objects.get(matter=ours).ref
    n = Peer.objects.get(pk=town.above.pk).n_heard
    make.take(town.above, [Parcel(seq=n + 1, ref=ref, verb="take", at=NOON, body={})])
    assert "只有承办单位" in Parcel.objects.get(peer=town.above, is_ours=False, seq=n + 1).fault
