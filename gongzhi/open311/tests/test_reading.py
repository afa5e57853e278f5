from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from gongzhi.exchange.models import Scope
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.open311 import http, queries
from gongzhi.open311.queries import reading
from gongzhi.open311.tests import make
from gongzhi.open311.tests.make import NOON

LATER = NOON + timedelta(days=10)
TEXT = "张建国家门口的路灯坏了，电话13800000000。"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    """Let the requests come ten days after the cast began."""
    for module in ("api", "http"):
        monkeypatch.setattr(f"gongzhi.open311.{module}.now", lambda: LATER)
    monkeypatch.setattr(reading, "localdate", partial(timezone.localdate, LATER))


@pytest.fixture(scope="session")
def schema(shared):
    """Return a check by one of the published schemas."""
    folder = shared("vectors/open311")
    found = {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}
    known = [
        (name, Resource.from_contents(one, default_specification=_draft()))
        for name, one in found.items()
    ]
    registry = Registry().with_resources(known)

    def check(name: str, value: object) -> None:
        made = Draft202012Validator(found[name], registry=registry, format_checker=FormatChecker())
        assert [fault.message for fault in made.iter_errors(value)] == []

    return check


def _draft():
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012


def get(client, path: str, expects: int = 200, **asked: Any):
    found = client.get(f"/open311/v2/{path}", asked)
    assert found.status_code == expects, found.content.decode()
    return found.json() if path.endswith("json") else ET.fromstring(found.content)


def said(client, path: str, expects: int, **asked: Any) -> str:
    """Return the one sentence of an error, after a look at its code."""
    [fault] = get(client, path, expects, **asked)
    assert fault["code"] == expects
    return str(fault["description"])


def told(client, matter: Matter, **asked: Any) -> Any:
    [row] = get(client, f"requests/{queries.name_of(matter.pk)}.json", **asked)
    return row


# --- Discovery and services.


def test_discovery_names_the_endpoint_in_both_forms(client, db, settings):
    settings.ORIGIN = "https://town.example"
    found = client.get("/open311/discovery.json").json()
    [endpoint] = found["endpoints"]
    assert endpoint["url"] == "https://town.example/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    response = client.get("/open311/discovery.xml")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(response.content)
    assert root.findtext("endpoints/endpoint/url") == endpoint["url"]
    assert [one.text for one in root.iter("format")] == endpoint["formats"]


def test_services_are_the_kinds_of_the_public_board(client, town, schema):
    found = get(client, "services.json")
    schema("services.json", found)
    assert [one["service_code"] for one in found] == ["hole", "lamp"]  # the complaint is sealed
    assert found[1] == {
        "service_code": "lamp",
        "service_name": "路灯不亮",
        "description": "路灯不亮",
        "metadata": False,
        "type": "realtime",
        "keywords": "路灯不亮",
        "group": "道路",
    }
    xml = get(client, "services.xml")
    assert [one.text for one in xml.iter("service_code")] == ["hole", "lamp"]
    assert [one.text for one in xml.iter("metadata")] == ["false", "false"]


def test_services_are_named_in_the_language_that_is_asked_for(client, town):
    found = client.get("/open311/v2/services.json", headers={"Accept-Language": "en"}).json()
    assert [one["service_name"] for one in found] == ["Pothole", "Street lamp out"]


def test_a_definition_asks_nothing(client, town, schema):
    found = get(client, "services/lamp.json")
    schema("service-definition.json", found)
    assert found == {"service_code": "lamp", "attributes": []}
    assert get(client, "services/lamp.xml").find("attributes") is not None


@pytest.mark.parametrize("code", ["nothing", "office_conduct"])
def test_an_unknown_or_sealed_service_is_404(client, town, code):
    assert said(client, f"services/{code}.json", 404) == f"没有代码为“{code}”的服务。"


# --- What everybody may know.


def test_everybody_reads_kind_community_day_and_state_and_no_more(client, town, schema):
    matter = make.matter(
        town, text=TEXT, lat=30.1234, lon=120.5678, address="青禾路12号3室",
        contact=Contact("张建国", "13800000000", "z@example.org"),
    )  # fmt: skip
    found = get(client, "requests.json")
    schema("requests.json", found)
    assert found == [
        {
            "service_request_id": queries.name_of(matter.pk),
            "status": "open",
            "status_notes": None,
            "service_name": "路灯不亮",
            "service_code": "lamp",
            "description": None,
            "agency_responsible": None,
            "service_notice": None,
            "requested_datetime": "2026-03-02T00:00:00+08:00",
            "updated_datetime": "2026-03-02T00:00:00+08:00",
            "expected_datetime": None,
            "address": "柳岸社区, 青石街道, 云溪区",
            "address_id": "990101001001",
            "zipcode": None,
            "lat": None,
            "long": None,
            "media_url": None,
        }
    ]


def test_the_name_of_a_service_request_is_neither_number_nor_key(client, town):
    matter = make.matter(town)
    name = queries.name_of(matter.pk)
    assert name not in (matter.number, str(matter.pk))
    assert queries.keys_of([name, "x"]) == [matter.pk]
    for guess in (matter.number, str(matter.pk)):
        assert said(client, f"requests/{guess}.json", 404) == "没有这个名称的服务请求。"


def test_what_is_not_public_is_nowhere(client, town):
    hidden = [
        make.matter(town, kind=town.conduct),
        make.walk(town, make.matter(town), "withdraw"),
        make.walk(town, make.matter(town), "merge"),
        make.walk(town, make.matter(town), "about"),
    ]
    into = hidden[2].merged_into
    assert into
    found = get(client, "requests.json")
    assert [one["service_request_id"] for one in found] == [queries.name_of(into.pk)]
    for matter in hidden:
        name = queries.name_of(matter.pk)
        assert get(client, f"requests/{name}.json", 404)
        assert get(client, "requests.json", service_request_id=name) == []
    page = client.get("/open311/v2/requests.csv").getvalue().decode()
    assert len(page.splitlines()) == 2


def test_closed_is_what_has_ended(client, town):
    ended = make.walk(town, make.matter(town), "refuse", at=make.at(days=2))
    row = told(client, ended)
    assert (row["status"], row["updated_datetime"]) == ("closed", "2026-03-04T00:00:00+08:00")
    assert [one["status"] for one in get(client, "requests.json", status="closed")] == ["closed"]
    assert get(client, "requests.json", status="open") == []


def test_several_are_read_by_their_names(client, town):
    two = [make.matter(town, make.at(hours=n)) for n in (0, 1)]
    names = ",".join(queries.name_of(one.pk) for one in two)
    assert len(get(client, f"requests/{names}.json")) == 2
    assert len(get(client, "requests.json", service_request_id=names, status="closed")) == 2


def test_xml_says_what_json_says(client, town):
    make.walk(town, make.matter(town), "refuse")
    make.matter(town, kind=town.hole)
    rows = get(client, "requests.json", extensions="true")
    root = get(client, "requests.xml", extensions="true")
    assert root.tag == "service_requests"
    for row, one in zip(rows, root, strict=True):
        attributes = row.pop("extended_attributes")
        extended = one.find("extended_attributes")
        assert {child.tag: child.text for child in extended} == attributes
        one.remove(extended)
        assert {child.tag: child.text for child in one} == row


# --- Asking for some of them.


def test_a_list_is_narrowed_by_kind_day_and_update(client, town):
    old, new = make.matter(town), make.matter(town, make.at(days=3), kind=town.hole)
    make.walk(town, old, "accept", at=make.at(days=5))
    ask = partial(get, client, "requests.json")

    def codes(**asked: Any) -> list[str]:
        return [one["service_code"] for one in ask(**asked)]

    assert codes() == ["hole", "lamp"]
    assert codes(service_code="lamp") == ["lamp"]
    assert codes(service_code="lamp,hole,x") == ["hole", "lamp"]
    assert codes(start_date="2026-03-03T00:00:00Z") == ["hole"]
    assert codes(end_date="2026-03-04T00:00:00+08:00") == ["lamp"]
    assert codes(updated_after="2026-03-07T00:00:00 08:00") == ["lamp"]  # a bare plus
    assert codes(updated_before="2026-03-06T00:00:00Z") == ["hole"]
    assert new.kind == town.hole


def test_no_question_finds_out_the_moment(client, town):
    make.matter(town, NOON)
    before: dict[str, Any] = {
        "start_date": "2026-03-02T06:00:00Z",
        "end_date": "2026-03-02T07:00:00Z",
    }
    assert len(get(client, "requests.json", **before)) == 1


def test_pages_follow_each_other_and_end(client, town):
    names = [queries.name_of(make.matter(town, make.at(hours=n)).pk) for n in range(5)][::-1]

    def page(n: int, size: int = 2) -> list[str]:
        found = get(client, "requests.json", page=str(n), page_size=str(size))
        return [one["service_request_id"] for one in found]

    assert page(2) == names[2:4]  # asked for before the first
    assert [page(1), page(2), page(3), page(4)] == [names[:2], names[2:4], names[4:], []]
    make.matter(town, make.at(hours=9))
    assert page(2) == names[2:4]  # it begins where the first had ended, whatever came since
    assert page(999_999_999) == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"status": "solved"}, "“status”只能是 open 或 closed。"),
        ({"page": "0"}, "“page”应为从 1 开始的数字。"),
        ({"page_size": "-5"}, "“page_size”应为从 1 开始的数字。"),
        ({"page": "²"}, "“page”应为从 1 开始的数字。"),
        ({"start_date": "yesterday"}, "“start_date”不是时间：请写成 2026-03-05T08:00:00+08:00 这样。"),
        ({"start_date": "2026-13-45T00:00:00Z"}, "“start_date”不是时间：请写成 2026-03-05T08:00:00+08:00 这样。"),
        ({"end_date": "2026-03-01T00:00:00"}, "“end_date”没有时区：请以 Z 或 +08:00 这样的时区结尾。"),
        (
            {"start_date": "2026-03-05T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"},
            "“start_date”晚于“end_date”。",
        ),
        (
            {"start_date": "2025-01-01T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"},
            "起止时间最多相隔 90 天：请分几次查询。",
        ),
        ({"end_date": "0001-01-01T00:00:00Z"}, "日期太过久远。"),
        (
            {"start_date": "2026-03-01", "updated_after": "2026-03-01"},
            "请按提交时间或更新时间之一查询，不能两者并用。",
        ),
        ({"service_request_id": ",".join("a" * n for n in range(1, 103))}, "一次最多查询 100 个服务请求。"),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(client, town, asked, sentence):
    assert said(client, "requests.json", 400, **asked) == sentence


def test_nothing_is_a_service_request_for_ever(client, town):
    """An optional argument that is empty is as one that is not there."""
    make.matter(town)
    empty: dict[str, Any] = dict.fromkeys(
        ("start_date", "status", "page", "service_code", "service_request_id"), ""
    )
    assert len(get(client, "requests.json", jurisdiction_id="", **empty)) == 1


def test_an_error_has_its_form_in_xml(client, town):
    root = get(client, "requests.xml", 400, status="solved")
    assert root.tag == "errors"
    assert [(one.findtext("code"), one.findtext("description")) for one in root] == [
        ("400", "“status”只能是 open 或 closed。")
    ]


def test_what_is_not_there_is_404_in_the_form_of_the_interface(client, db):
    response = client.get("/open311/v2/nothing.xml")
    assert response.status_code == 404
    root = ET.fromstring(response.content)
    assert root.findtext("error/description") == "这个地址下没有内容：请看 discovery.xml。"


def test_another_jurisdiction_is_404(client, town, settings):
    assert get(client, "services.json", jurisdiction_id="anything")
    settings.JURISDICTION = "town.example"
    assert get(client, "services.json", jurisdiction_id="town.example")
    assert get(client, "services.json")
    sentence = said(client, "services.json", 404, jurisdiction_id="other.example")
    assert sentence == "这里不服务该 jurisdiction_id，只服务 town.example。"


def test_scripts_of_other_sites_may_read_and_not_send(client, town):
    for path in ("services.json", "requests.json?status=x"):
        assert client.get(f"/open311/v2/{path}")["Access-Control-Allow-Origin"] == "*"
    asked = client.options("/open311/v2/requests.json")
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD")


def test_another_method_is_refused(client, town):
    response = client.put("/open311/v2/services.json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.json()[0]["description"] == "这个地址不接受此方法，请用 GET, HEAD。"


def test_who_asks_too_often_waits(client, town, monkeypatch):
    monkeypatch.setattr(http, "A_MINUTE", 2)
    assert [client.get("/open311/v2/services.json").status_code for _n in range(3)] == [
        200,
        200,
        429,
    ]
    response = client.get("/open311/v2/services.xml")
    assert int(response["Retry-After"]) > 0
    assert b"<code>429</code>" in response.content


# --- What a client reads of its own.


def test_a_client_reads_its_own_as_the_requester_does(client, town, schema):
    matter = make.raised(town, text="灯坏了", contact=Contact("张建国", "13800000000"))
    make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer")
    own = told(client, matter, api_key=make.key(town))
    schema("request.json", own)
    assert own["description"] == "灯坏了"
    assert own["agency_responsible"] == "路灯管理所"
    assert own["status_notes"] == "灯已修好。"
    assert own["requested_datetime"] == "2026-03-02T12:00:00+08:00"
    assert own["expected_datetime"] == "2026-03-09T17:30:00+08:00"
    assert "张建国" not in str(own)
    assert "13800000000" not in str(own)
    for other in ({}, {"api_key": make.secret(town.lighting, Scope.OPEN311)}):
        assert told(client, matter, **other)["description"] is None


def test_of_its_own_that_was_sealed_since_a_client_reads_only_the_state(client, town):
    matter = make.raised(town)
    make.walk(town, matter, "about")
    own = told(client, matter, api_key=make.key(town))
    assert own["service_code"] == "lamp"
    assert own["status"] == "open"
    assert [own[name] for name in ("service_name", "description", "address", "lat")] == [None] * 4
    assert own["requested_datetime"] == "2026-03-02T00:00:00+08:00"


def test_a_wrong_key_is_403(client, town):
    sentence = said(client, "requests.json", 403, api_key="gz_wrong")
    assert sentence == "此令牌无效：不存在、已停用或已过期。"


def test_a_token_is_the_name(client, town):
    name = queries.name_of(make.matter(town).pk)
    assert get(client, f"tokens/{name}.json") == [{"service_request_id": name, "token": name}]
    assert said(client, "tokens/123.json", 404) == "没有这个名称的令牌。"


# --- Costs.


@pytest.mark.parametrize("n", [1, 3])
def test_a_list_costs_as_many_queries_for_one_as_for_three(client, town, queries, n):
    for hour in range(n):
        make.matter(town, make.at(hours=hour))
        make.raised(town, make.at(hours=hour), text=f"第{hour}盏灯坏了")
    key = make.key(town)
    get(client, "requests.json")
    with queries("requests"):
        get(client, "requests.json")
    get(client, "requests.json", api_key=key)
    with queries("requests of a client"):
        get(client, "requests.json", api_key=key)
    with queries("updates"):
        get(client, "servicerequestupdates.json")
    with queries("updates of a client"):
        get(client, "servicerequestupdates.json", api_key=key)
    with queries("services"):
        get(client, "services.json")


# --- In bulk.


def test_the_whole_is_sent_as_csv_by_the_columns_of_the_bulk_specification(client, town):
    first = make.walk(town, make.matter(town), "refuse", at=make.at(days=1))
    second = make.matter(town, make.at(days=40), text=TEXT)
    response = client.get("/open311/v2/requests.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(response.getvalue().decode())))
    assert rows[0] == list(queries_of())
    where = ["柳岸社区, 青石街道, 云溪区", "", ""]
    day = "2026-04-11T00:00:00+08:00"
    assert rows[1:] == [
        [queries.name_of(second.pk), day, day, "", "open", "", "", "路灯不亮", "", "", "", *where],
        [
            queries.name_of(first.pk), "2026-03-02T00:00:00+08:00", "2026-03-03T00:00:00+08:00",
            "2026-03-03T00:00:00+08:00", "closed", "", "", "路灯不亮", "", "", "", *where,
        ],
    ]  # fmt: skip


def queries_of() -> tuple[str, ...]:
    return (
        "service_request_id", "requested_datetime", "updated_datetime", "closed_date",
        "status_description", "status_notes", "source", "service_name", "service_subtype",
        "description", "agency_responsible", "address", "lat", "long",
    )  # fmt: skip


def test_the_whole_is_not_sent_to_the_same_address_over_and_over(client, town):
    answers = [client.get("/open311/v2/requests.csv") for _n in range(7)]
    assert [one.status_code for one in answers] == [200] * 6 + [429]


# --- Updates.


def test_everybody_reads_that_something_was_closed_and_the_day(client, town):
    matter = make.walk(town, make.matter(town), "refuse", at=make.at(days=2))
    make.matter(town)
    [row] = get(client, "servicerequestupdates.json")
    assert row.pop("update_id")
    assert row == {
        "service_request_id": queries.name_of(matter.pk),
        "status": "closed",
        "updated_datetime": "2026-03-04T00:00:00+08:00",
        "description": "已结案。",
        "media_url": None,
    }
    root = get(client, "servicerequestupdates.xml")
    assert root.tag == "service_request_updates"
    assert [one.tag for one in root] == ["request_update"]
    assert get(client, "servicerequestupdates.json", start_date="2026-03-05T00:00:00Z") == []


def test_a_client_reads_the_course_of_its_own(client, town):
    matter = make.raised(town)
    make.walk(town, matter, "accept", "note", "dispatch", "acknowledge", "handle", "answer")
    make.matter(town)
    rows = get(client, "servicerequestupdates.json", api_key=make.key(town))
    assert [(row["status"], row["description"]) for row in rows] == [
        ("open", "已受理。"),
        ("open", "已派送承办单位。"),
        ("open", "承办单位已签收。"),
        ("open", "办理进展。\n已到现场查看。"),
        ("open", "已答复。\n灯已修好。"),
    ]
    assert {row["service_request_id"] for row in rows} == {queries.name_of(matter.pk)}
    assert rows[0]["updated_datetime"] == "2026-03-02T12:00:00+08:00"


def test_of_its_own_that_was_sealed_since_a_client_reads_no_words(client, town):
    matter = make.raised(town)
    make.walk(town, matter, "about", "refuse")
    rows = get(client, "servicerequestupdates.json", api_key=make.key(town))
    assert [(row["status"], row["description"]) for row in rows] == [("closed", "不予受理。")]


def test_the_day_of_a_moment_is_that_of_the_house(db):
    late = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert queries.Teller().day(late) == "2026-03-03T00:00:00+08:00"
