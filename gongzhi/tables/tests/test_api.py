from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.models import Scope
from gongzhi.matters.models import Matter
from gongzhi.tables import api
from gongzhi.tables.models import Run
from gongzhi.tables.tests import make

pytestmark = pytest.mark.django_db
CSV = "text/csv; charset=utf-8"


def token(client, *scopes):
    given = exchange.give_token(
        client, scopes=scopes or (Scope.RAISE,), days=30, by=SYSTEM, at=now()
    )
    return {"Authorization": f"Bearer {given.secret}"}


def send(browser, content, headers, *, table="matters", query="", kind=CSV):
    link = reverse("tables:api_send", args=[table]) + query
    body = content if isinstance(content, bytes) else content.encode()
    return browser.post(link, body, content_type=kind, headers=headers)


def test_a_client_sends_a_file_asks_for_it_and_takes_it(client, town):
    may = token(town.hotline)
    answer = send(client, make.text([make.row(1), make.row(2, urgent="x")]), may)
    assert answer.status_code == 202
    where = answer["Location"]
    assert client.get(where, headers=may).json()["state"] == "uploaded"
    make.work(now())
    told = client.get(where, headers=may).json()
    assert {n: told[n] for n in ("state", "rows", "new", "known", "refused", "percent")} == {
        "state": "tried",
        "rows": 2,
        "new": 1,
        "known": 0,
        "refused": 1,
        "percent": 100,
    }
    said = "“这一格”既不是“是”也不是“否”：请写 true 或 false。"
    assert told["refusals"] == [{"row": 3, "column": "urgent", "detail": said}]
    assert client.post(f"{where}take/", headers=may).status_code == 202
    assert client.post(f"{where}take/", headers=may).status_code == 409
    make.work(now())
    assert client.get(where, headers=may).json()["state"] == "done"
    assert Matter.objects.count() == 1


def test_with_take_it_is_taken_at_once_and_the_same_file_is_the_same_run(client, town):
    may, content = token(town.hotline), make.text([make.row(1)])
    first = send(client, content, may, query="?take=1&name=a.csv")
    make.work(now())
    again = send(client, content, may, query="?take=1")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert Run.objects.get().name == "a.csv"
    assert Matter.objects.count() == 1


def test_ids_are_known_by_client(client, town):
    for one in (town.hotline, town.lighting):
        send(client, make.text([make.row(1)]), token(one), query="?take=1")
    make.work(now())
    assert Matter.objects.count() == 2


def test_of_a_client_on_trial_nothing_is_taken(client, town):
    town.hotline.on_trial = True
    town.hotline.save()
    may = token(town.hotline)
    where = send(client, make.text([make.row(1)]), may, query="?take=1")["Location"]
    make.work(now())
    assert client.get(where, headers=may).json()["state"] == "tried"
    assert client.post(f"{where}take/", headers=may).status_code == 403
    assert not Matter.objects.exists()


def test_who_may_not_is_told_why(client, town):
    file = make.text([make.row(1)])
    assert send(client, file, {}).status_code == 401
    assert send(client, file, {"Authorization": "Bearer x"}).status_code == 401
    assert send(client, file, token(town.hotline, Scope.READ)).status_code == 403
    answer = send(client, file, token(town.hotline), table="offices")
    assert (answer.status_code, answer.json()["detail"]) == (403, "您无权发送这张表的文件。")
    where = send(client, file, token(town.hotline))["Location"]
    assert client.get(where, headers=token(town.lighting)).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ("id,text\n1,a\n", "text/html", "请在 Content-Type 里写明文件类型，例如 text/csv。"),
        ("id,text,x\n1,a,b\n", CSV, "这张表没有“x”这一列"),
        (b"\n", CSV, "文件是空的：第一行要写列名。"),
        (
            b"PK",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "这不是工作簿",
        ),
        ("[1]", "application/json", "这不是 UTF-8 的 JSON"),
    ],
)
def test_what_cannot_be_read_is_refused_as_problem_json(client, town, content, kind, said):
    answer = send(client, content, token(town.hotline), kind=kind)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", '[{"id": "1", "text": "灯坏了", "place": "990101", "kind": "lamp"}]'),
        (
            "application/x-ndjson",
            '{"id": "1", "text": "灯坏了", "place": "990101", "kind": "lamp"}\n',
        ),
    ],
)
def test_json_is_taken_as_well(client, town, kind, content):
    send(client, content, token(town.hotline), query="?take=1", kind=kind)
    make.work(now())
    assert Matter.objects.get().text == "灯坏了"


def test_a_body_that_is_too_large_is_refused(client, town, monkeypatch):
    monkeypatch.setattr(api, "MOST_BYTES", 10)
    answer = send(client, make.text([make.row(1)]), token(town.hotline))
    assert answer.status_code == 422
    assert answer.json()["detail"] == "文件超过 512 MB：请分几份发送。"
