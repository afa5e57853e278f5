"""What other systems ask and record over the interface."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.exchange.models import Client, Scope
from gongzhi.sharing.models import Transfer
from gongzhi.sharing.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def use(town):
    item = make.item(town.lamp_control)
    today = localdate()
    return make.approved(town, item, since=today, until=today + timedelta(days=30))


@pytest.fixture
def own(town):
    item = make.person_item(town.lamp_control)
    today = localdate()
    return make.approved(town, item, since=today, until=today + timedelta(days=30))


def bearer(client, *scopes):
    secret = make.secret(client, *(scopes or (Scope.SHARE,)), at=now(), days=2)
    return {"Authorization": f"Bearer {secret}"}


def post(browser, use, said, headers, key="k-1"):
    where = reverse("sharing:api_transfers", args=[use.pk])
    headers = headers | ({"Idempotency-Key": key} if key else {})
    return browser.post(where, said, content_type="application/json", headers=headers)


def moved(**says):
    return {"count": 3, "moved_at": now().isoformat()} | says


def test_a_system_lists_items_and_its_own_uses(client, town, use, queries):
    headers = bearer(town.hotline)
    with queries("api items"):
        answer = client.get(reverse("sharing:api_items"), headers=headers)
    (item,) = answer.json()["items"]
    assert (item["code"], item["by_person"], item["office"]) == ("lamps", False, "lights")
    assert answer.json()["next"] is None
    (found,) = client.get(reverse("sharing:api_uses"), headers=headers).json()["uses"]
    assert (found["id"], found["from"], found["to"]) == (
        str(use.pk),
        "lamp-control",
        "road-assets",
    )
    theirs = client.get(reverse("sharing:api_uses"), headers=bearer(town.lighting))
    assert theirs.json() == {"uses": []}


@pytest.mark.parametrize("after", ["", "\0", "'", "lamps", "x" * 99])
def test_any_mark_is_answered(client, as_, town, use, after):
    headers = bearer(town.hotline)
    answer = client.get(reverse("sharing:api_items"), {"after": after}, headers=headers)
    assert (answer.status_code, len(answer.json()["items"])) == (200, int(after != "lamps"))
    for name in ("items", "uses"):
        page = as_("acceptor").get(reverse(f"sharing:{name}"), {"after": after})
        assert page.status_code == 200
    assert client.get(reverse("sharing:index"), {"after": after}).status_code == 200


def test_what_moved_is_recorded_once_for_each_key(client, town, use, queries):
    headers, said = bearer(town.hotline), moved()
    post(client, use, moved(), headers, "k-0")
    with queries("api transfer"):
        first = post(client, use, said, headers)
    again = post(client, use, said, headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["count"] == 3
    other = post(client, use, said | {"count": 4}, headers)
    assert other.status_code == 409
    assert other.json()["detail"] == "这个标识已用于另一次提供。请给每次提供一个自己的标识。"
    assert Transfer.objects.count() == 2


def test_one_person_s_entry_names_their_matter(client, town, own):
    headers = bearer(town.hotline)
    matter = make.request(town)
    refused = post(client, own, moved(count=1), headers)
    assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "matter")
    bulk = post(client, own, moved(matter=matter.number), headers)
    assert bulk.status_code == 422
    assert bulk.json()["detail"] == "一次只提供一个人的一条，只为本人自己的事项：请逐条登记。"
    unknown = post(client, own, moved(count=1, matter="990101-123"), headers)
    assert unknown.status_code == 422
    assert post(client, own, moved(count=1, matter=matter.number), headers).status_code == 201
    assert Transfer.objects.get().matter == matter


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"count": "3"}, "count"),
        ({"count": True}, "count"),
        ({"count": 0}, "count"),
        ({"count": -5}, "count"),
        ({"count": 10**30}, "count"),
        ({"count": None}, "count"),
        ({"moved_at": "yesterday"}, "moved_at"),
        ({"moved_at": "2026-03-02T12:00:00"}, "moved_at"),
        ({"moved_at": "2026-99-02T12:00:00Z"}, "moved_at"),
        ({"moved_at": 5}, "moved_at"),
        ({"moved_at": "9000-03-02T12:00:00+08:00"}, "moved_at"),
        ({"matter": 5}, "matter"),
        ({"rows": [{"id": "1"}]}, "rows"),
        ({"\ud800": 1}, "?"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(client, town, use, said, at):
    answer = post(client, use, moved(**said), bearer(town.hotline))
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [one["at"] for one in answer.json()["errors"]] == [at]
    assert not Transfer.objects.exists()


def test_data_itself_is_never_taken(client, town, use):
    answer = post(client, use, moved(data=["x"]), bearer(town.hotline))
    assert answer.json()["detail"] == "只登记 count、moved_at 和 matter：请绝不要发送数据本身。"


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"\xff", b"null", b"[" * 60_000, b"{" + b" " * 70_000]
)
def test_a_body_that_is_no_object_is_refused(client, town, use, body):
    answer = client.post(
        reverse("sharing:api_transfers", args=[use.pk]),
        body,
        content_type="application/json",
        headers=bearer(town.hotline) | {"Idempotency-Key": "a"},
    )
    assert answer.status_code == 400


def test_a_transfer_needs_a_key_of_its_own(client, town, use):
    headers = bearer(town.hotline)
    assert post(client, use, moved(), headers, key="").status_code == 422
    assert post(client, use, moved(), headers, key="x" * 101).status_code == 422


def test_nobody_gets_in_without_a_token_that_opens_this(client, town, use):
    answer = post(client, use, moved(), {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="gongzhi"',
    )
    assert post(client, use, moved(), {"Authorization": "Bearer gz_nothing"}).status_code == 401
    assert post(client, use, moved(), bearer(town.hotline, Scope.READ)).status_code == 403
    theirs = post(client, use, moved(), bearer(town.lighting))
    assert (theirs.status_code, theirs.json()["detail"]) == (404, "您的系统没有这项使用。")
    for name in ("api_items", "api_uses"):
        assert client.get(reverse(f"sharing:{name}")).status_code == 401
        assert client.post(reverse(f"sharing:{name}")).status_code == 405
    assert client.get(reverse("sharing:api_transfers", args=[use.pk])).status_code == 405


def test_an_expired_use_takes_nothing(client, town, use):
    use.until = localdate() - timedelta(days=1)
    use.since = localdate() - timedelta(days=9)
    use.save()
    answer = post(client, use, moved(), bearer(town.hotline))
    assert answer.status_code == 409
    assert "这项使用的期限是" in answer.json()["detail"]


def test_of_a_client_on_trial_nothing_stays(client, town, use):
    Client.objects.filter(pk=town.hotline.pk).update(on_trial=True)
    assert post(client, use, moved(), bearer(town.hotline)).status_code == 201
    assert not Transfer.objects.exists()
