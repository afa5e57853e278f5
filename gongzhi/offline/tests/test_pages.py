from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import Client, RequestFactory
from django.utils.timezone import now

from gongzhi.accounts.actions import SIGN_IN_ENDED, end_sign_in
from gongzhi.accounts.models import SignIn
from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.audit.models import Entry
from gongzhi.jobs.handlers import Work
from gongzhi.offline import actions, tasks
from gongzhi.offline.http import act_once, sent
from gongzhi.offline.models import Act, Device

PACK = "/offline/pack/"


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def client(town):
    return signed_in(town.worker)


def signed_in(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def device(key):
    return {"Gongzhi-Device": str(key), "User-Agent": "Mozilla/5.0 (Linux; Android 9) Chrome/120"}


# --- The pack


def test_the_pack_says_whose_it_is_and_what_belongs_at_hand(client, town):
    said = client.get(PACK, headers=device(uuid4())).json()
    assert said["wiped"] is False
    assert "/offline/" in [address for address, _version in said["pages"]]
    assert all(version.startswith("en ") for _address, version in said["pages"])
    other = signed_in(town.neighbour).get(PACK).json()
    assert re.fullmatch("[0-9a-f]{16}", said["owner"])
    assert other["owner"] != said["owner"]
    assert str(Device.objects.get()) == "Android Chrome"


def test_a_device_is_written_down_once_a_day(client, django_assert_num_queries):
    key = uuid4()
    client.get(PACK, headers=device(key))
    entries = Entry.objects.count()
    client.get(PACK, headers=device(key))
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 5000])
def test_a_device_without_a_proper_name_is_not_kept(client, key):
    assert client.get(PACK, headers={"Gongzhi-Device": key}).status_code == 200
    assert not Device.objects.exists()


def test_whoever_is_signed_out_learns_only_whether_their_device_was_wiped(client, town):
    key = uuid4()
    client.get(PACK, headers=device(key))
    stranger = Client()
    answer = stranger.get(PACK, headers=device(key))
    assert (answer.status_code, answer.json()) == (401, {"wiped": False})
    assert client.post(f"/offline/devices/{key}/wipe/").status_code == 302
    assert stranger.get(PACK, headers=device(key)).json() == {"wiped": True}
    assert client.get(PACK, headers=device(key)).json()["wiped"] is True


def test_the_page_lists_my_devices_and_others_cannot_wipe_them(client, town):
    key = uuid4()
    client.get(PACK, headers=device(key))
    assert "Android Chrome" in client.get("/offline/").content.decode()
    mate = signed_in(town.neighbour, "zh-hans")
    assert "Android Chrome" not in mate.get("/offline/").content.decode()
    refused = mate.post(f"/offline/devices/{key}/wipe/")
    assert refused.status_code == 403
    assert "只有设备使用人本人或管理员可以清除这台设备" in refused.content.decode()
    assert Device.objects.get().wiped_at is None


def test_the_worker_and_the_manifest_name_only_what_is_there(client):
    script = client.get("/worker.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "no-cache" in script["Cache-Control"]
    body = script.content.decode()
    assert "{%" not in body
    assert "/static/offline/store" in body
    said = json.loads(client.get("/offline/app.webmanifest").content)
    assert said["display"] == "standalone"
    assert client.get(said["start_url"], follow=True).status_code == 200


# --- An act, once


@act_once
def _page(request):
    """A page that counts its calls in the history of the signed-in person."""
    if request.POST.get("text") == "":
        _note(request)  # must not stay
        return HttpResponse("no words", status=422)
    _note(request)
    return redirect("/done/")


def _note(request):
    actions.know(uuid4(), label="x", by=request.staff, at=now())


def sends(user, key, *, path="/there/", text="words", **headers):
    request = RequestFactory().post(
        path, {"text": text}, headers={"Gongzhi-Act": str(key), **headers}
    )
    request.user, request.staff = user, staff(user, now())  # type: ignore[attr-defined]
    return _page(request)  # type: ignore[arg-type]


def test_the_same_act_is_done_once_and_answered_alike(town):
    key = uuid4()
    answers = [sends(town.worker, key) for _n in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    told = [json.loads(answer.content) for answer in answers]
    assert told[0]["done"] == "/done/"
    assert told[0] == told[1] == told[2]
    assert Device.objects.count() == 1


def test_when_it_was_done_is_kept_beside_when_it_came(town):
    at = now()
    said = {"Gongzhi-Acted": "2020-01-01T08:00:00Z", "Gongzhi-Clock": "2020-01-01T10:00:00Z"}
    sends(town.worker, uuid4(), **said)
    act = Act.objects.get()
    assert act.received_at
    assert act.acted_at
    assert timedelta(hours=2) <= act.received_at - act.acted_at < timedelta(hours=2, minutes=1)
    assert act.received_at >= at


def test_another_person_or_page_cannot_use_the_same_key(town):
    key = uuid4()
    sends(town.worker, key)
    for answer in (sends(town.neighbour, key), sends(town.worker, key, path="/elsewhere/")):
        assert answer.status_code == 409
        assert "/done/" not in answer.content.decode()
    assert Device.objects.count() == 1


def test_a_refusal_leaves_nothing_and_the_act_may_come_again(town):
    key = uuid4()
    assert sends(town.worker, key, text="").status_code == 422
    assert not Device.objects.exists()
    assert not Act.objects.exists()
    assert sends(town.worker, key).status_code == 200


def test_a_form_from_a_browser_is_no_act(town):
    for key in ("", "nonsense"):
        assert sends(town.worker, key).status_code == 302
    assert not Act.objects.exists()
    request = RequestFactory().get("/")
    assert sent(request) is None


def test_of_two_at_one_moment_one_is_done(town, monkeypatch):
    """The second begins before the first has ended: its effects go, and it gets the first's answer."""
    key = uuid4()
    sends(town.worker, key)
    seen = iter([None])  # as if it had looked before the first was done

    def done(found):
        return next(seen, Act.objects.filter(pk=found).first())

    monkeypatch.setattr("gongzhi.offline.queries.done", done)
    answer = sends(town.worker, key)
    assert json.loads(answer.content)["done"] == "/done/"
    assert Device.objects.count() == 1
    assert connection.in_atomic_block  # the test's own


def test_a_device_whose_session_is_ended_is_wiped_when_it_next_calls(town, client):
    key = uuid4()
    client.get(PACK, headers=device(key))
    signed = SignIn.objects.get(user=town.worker)
    assert Device.objects.get().sign_in == signed.pk

    end_sign_in(signed, by=staff(town.worker, now()), at=now())
    tasks.wipe(Work(SIGN_IN_ENDED, signed.pk, {}, now()))

    answer = client.get(PACK, headers=device(key))
    assert (answer.status_code, answer.json()) == (401, {"wiped": True})


def test_a_device_is_known_anew_after_the_next_sign_in_of_the_same_day(town, client):
    key = uuid4()
    client.get(PACK, headers=device(key))
    client.force_login(town.worker)
    client.get(PACK, headers=device(key))
    assert Device.objects.get().sign_in == SignIn.objects.latest("since").pk


def test_other_devices_stay_as_they_are(town, client):
    mine, other = uuid4(), uuid4()
    client.get(PACK, headers=device(mine))
    signed_in(town.worker).get(PACK, headers=device(other))
    ended = Device.objects.get(pk=mine).sign_in
    tasks.wipe(Work(SIGN_IN_ENDED, ended, {}, now()))
    assert Device.objects.get(pk=mine).wiped_at
    assert Device.objects.get(pk=other).wiped_at is None
