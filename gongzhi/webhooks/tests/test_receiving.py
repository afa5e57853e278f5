"""What other systems send becomes matters, once; everything else is refused with its reason."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta

import pytest
import shapely
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry
from gongzhi.base.seal import unseal
from gongzhi.exchange import readers
from gongzhi.exchange.pointers import find, is_pointer
from gongzhi.exchange.signing import HEADER, new_secret, sign
from gongzhi.matters.models import Channel, Matter
from gongzhi.matters.queries import by_receipt
from gongzhi.webhooks import actions, queries
from gongzhi.webhooks.models import Inlet, Used
from gongzhi.webhooks.tests import make

pytestmark = pytest.mark.django_db
UNKNOWN = "密钥或签名不正确、签名超过五分钟或已经用过：每次发送都要重新签名。"


@pytest.fixture
def inlet(town):
    return make.add_inlet(town)


def told(**more):
    """Return a message with something else in its data."""
    said = deepcopy(make.TOLD)
    for name, value in more.items():
        said["data"][name] = value
    return said


def send(client, inlet, document, *, signed_at=None, **headers):
    line, secret = inlet
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = headers or {HEADER: sign(body, [secret], signed_at or now())}
    where = reverse("webhooks:take", args=[line.slug])
    return client.post(where, body, content_type="application/json", headers=headers)


def faults(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == 422
    said = answer.json()
    assert said["detail"] == "无法接收这条消息：请看各字段的问题。"
    return [(one["field"], one["pointer"], one["detail"]) for one in said["errors"]]


def test_a_message_becomes_a_matter_and_its_sender_gets_the_receipt(client, town, inlet):
    answer = send(client, inlet, told() | {"who": {"name": "王小明", "phone": "13800138000"}})
    assert answer.status_code == 201
    said = answer.json()
    matter = Matter.objects.select_related("kind", "place", "requester").get()
    assert (said["number"], said["state"]) == (matter.number, "received")
    assert by_receipt(said["number"], said["receipt_code"]) == matter
    assert (matter.kind_code, matter.place, matter.channel) == ("hole", town.grid, Channel.API)
    assert (matter.text, matter.address) == ("路口的路灯不亮了。", "幸福路口")
    assert matter.occurred_at == make.at(hours=-1)
    assert matter.requester.sealed
    contact = unseal(bytes(matter.requester.sealed), matter.pk.hex)
    assert contact == {"name": "王小明", "phone": "13800138000"}
    first = Entry.objects.get(subject=matter.pk)
    assert (first.verb, first.by_label) == ("matter.receive", "热线平台")
    assert first.by_id == signed(matter.pk, inlet[0].pk)


def test_their_kind_that_is_in_no_table_becomes_the_fallback(client, inlet):
    for n, sort in enumerate(["灯", None, 7]):
        send(client, inlet, told(sort=sort) | {"id": n})
    assert set(Matter.objects.values_list("kind_code", flat=True)) == {"lamp"}
    assert Matter.objects.count() == 3


def test_the_same_id_again_is_the_same_matter_whatever_else_it_says(client, town, inlet):
    first = send(client, inlet, told())
    again = send(
        client, inlet, told(what="别的话", sort="灯"), signed_at=now() + timedelta(minutes=1)
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Matter.objects.get().text == "路口的路灯不亮了。"


def test_another_inlet_may_use_the_same_id(client, town, inlet):
    other = make.add_inlet(town, name="城管平台")
    assert send(client, inlet, told()).json() != send(client, other, told()).json()
    assert Matter.objects.count() == 2


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (told(what=""), [("text", "/data/what", "这一项必填，但消息中没有。")]),
        (told(what=None), [("text", "/data/what", "这一项必填，但消息中没有。")]),
        (told(what=["x"]), [("text", "/data/what", "这一项应为文字。")]),
        (told(what="长" * 5001), [("text", "/data/what", "超过 5000 个字。")]),
        (told() | {"id": None}, [("id", "/id", "这一项必填，但消息中没有。")]),
        (told() | {"id": True}, [("id", "/id", "这一项应为文字。")]),
        (told() | {"id": "x" * 201}, [("id", "/id", "超过 200 个字。")]),
        (told(area="000"), [("place", "/data/area", "我们负责的区域中没有这个代码。")]),
        (told(area=None), [("place", "/data/area", "既没有区域代码，也没有位置坐标。")]),
        (
            told(area=None, at=[10, 20]),
            [("place", "/data/area", "这个位置不在我们负责的任何区域内。")],
        ),
        (told(at=[91, "x"]), [
            ("lat", "/data/at/0", "这一项应为 -90 到 90 之间的度数。"),
            ("lon", "/data/at/1", "这一项应为 -180 到 180 之间的度数。"),
        ]),
        (
            told(when="yesterday"),
            [("occurred_at", "/data/when", "这一项应为时间，例如 2026-03-02T12:00:00+08:00。")],
        ),
        (
            told(when="2026-13-45T99:00:00"),
            [("occurred_at", "/data/when", "这一项应为时间，例如 2026-03-02T12:00:00+08:00。")],
        ),
        (
            told(when="2999-01-01T00:00:00Z"),
            [("occurred_at", "/data/when", "这个时间还没到。请填写事情发生的时间。")],
        ),
        (
            told() | {"who": {"phone": "call me"}},
            [("phone", "/who/phone", "这不是电话号码。请填写数字，例如 13800138000。")],
        ),
        (told() | {"who": {"email": "nobody"}}, [("email", "/who/email", "输入一个有效的 Email 地址。")]),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_told_with_where_it_stands(client, inlet, document, expected):
    found = faults(send(client, inlet, document))
    assert [one[:2] for one in found] == [one[:2] for one in expected]
    assert found == expected
    assert not Matter.objects.exists()


@pytest.mark.parametrize("document", [None, [], "text", 7, {}, {"data": []}, {"data": {"at": 3}}])
def test_a_message_of_another_shape_lacks_what_is_needed(client, inlet, document):
    found = faults(send(client, inlet, document))
    assert [one[0] for one in found] == ["text", "id", "place"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", "路".encode("gbk"), b'{"id": NaN}', b"[" * 100_000, b"<xml/>"],
)
def test_what_is_no_json_is_refused(client, inlet, body):
    answer = send(client, inlet, body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "内容不是UTF-8编码的JSON。")


def test_a_message_that_is_too_long_is_refused(client, inlet):
    answer = send(client, inlet, told(more="x" * 300_000))
    assert (answer.status_code, answer.json()["detail"]) == (413, "消息过大：最多 256 KB。")


def test_hidden_and_broken_characters_do_no_harm(client, inlet):
    answer = send(client, inlet, told(what="灯\u202e\x00不亮\ud800。") | {"id": "\ud800"})
    assert answer.status_code == 201
    assert Matter.objects.get().text == "灯不亮?。"


@pytest.fixture
def square(town):
    """Give each grid a boundary, far from one another."""
    make.bound(town.grid, shapely.box(120.0, 30.0, 120.1, 30.1))
    make.bound(town.next_grid, shapely.box(50.0, 20.0, 50.1, 20.1))


def test_a_point_finds_the_place_also_written_as_text(client, town, inlet, square):
    for n, point in enumerate([[30.05, 120.05], ["30.05", "120.05"]]):
        assert send(client, inlet, told(area=None, at=point) | {"id": n}).status_code == 201
    matter = Matter.objects.earliest("received_at", "id")
    assert (matter.place_id, matter.lat, matter.lon) == (town.grid.pk, 30.05, 120.05)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ([30.2, 120.05], "这个位置不在我们负责的任何区域内。"),
        ([50.05, 20.05], "纬度和经度写反了。"),
        ([120.05, 30.05], "这一项应为 -90 到 90 之间的度数。"),
    ],
)
def test_a_point_outside_or_the_wrong_way_round_is_told(client, inlet, square, where, said):
    ((_field, _pointer, detail),) = faults(send(client, inlet, told(area=None, at=where)))
    assert detail == said


# --- Who is let in.


@pytest.mark.parametrize("later", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=9)])
def test_an_old_signature_is_refused(client, inlet, later):
    answer = send(client, inlet, told(), signed_at=now() + later)
    assert (answer.status_code, answer.json()["detail"]) == (401, UNKNOWN)
    assert not Matter.objects.exists()


def test_a_signature_that_was_used_is_refused(client, inlet):
    at = now()
    assert send(client, inlet, told(), signed_at=at).status_code == 201
    answer = send(client, inlet, told(), signed_at=at)
    assert (answer.status_code, answer.json()["detail"]) == (401, UNKNOWN)
    assert Matter.objects.count() == 1


@pytest.mark.parametrize("headers", [
    {HEADER: ""}, {HEADER: "t=1,v1=00"}, {"Authorization": "Bearer x"}, {"X": "y"},
])  # fmt: skip
def test_who_shows_nothing_right_is_refused(client, inlet, headers):
    answer = send(client, inlet, told(), **headers)
    assert (answer.status_code, answer.json()["detail"]) == (401, UNKNOWN)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_signature_over_another_body_or_by_another_secret_is_refused(client, inlet):
    for body, secret in ((b"{}", inlet[1]), (json.dumps(told()).encode(), new_secret())):
        headers = {HEADER: sign(body, [secret], now())}
        assert send(client, inlet, told(), **headers).status_code == 401


def test_a_bearer_is_enough_where_the_inlet_says_so_also_the_old_one_for_a_day(client, town):
    line, secret = inlet = make.add_inlet(town, way="bearer")
    again = actions.rotate(line, by=SYSTEM, at=now())
    for n, one in enumerate([secret, again.secret]):
        answer = send(client, inlet, told() | {"id": n}, Authorization=f"Bearer {one}")
        assert answer.status_code == 201
    for wrong in ("Bearer x", "Bearer ", "路"):
        assert send(client, inlet, told(), Authorization=wrong).status_code == 401
    known = queries.facts(Inlet.objects.get())
    assert queries.keys(known, now() + timedelta(days=2)) == [again.secret]


def test_a_stopped_inlet_takes_nothing(client, inlet):
    actions.stop(inlet[0], by=SYSTEM, at=make.NOON)
    answer = send(client, inlet, told())
    assert answer.status_code == 409
    assert answer.json()["detail"] == "这个接入已停用：请联系管理员重新启用。"
    assert not Matter.objects.exists()


def test_nobody_guesses_an_address_or_a_secret_for_long(client, inlet):
    missing = reverse("webhooks:take", args=["x" * 32])
    assert client.post(missing, b"{}", content_type="application/json").status_code == 404
    for _each in range(20):
        assert send(client, inlet, told(), Authorization="Bearer x").status_code == 401
    answer = send(client, inlet, told(), Authorization="Bearer x")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert send(client, inlet, told()).status_code == 201


def test_it_takes_posts_alone_and_no_session(client, inlet):
    where = reverse("webhooks:take", args=[inlet[0].slug])
    assert client.get(where).status_code == 405


def test_used_signatures_are_forgotten_once_they_are_too_old_anyway(client, inlet):
    send(client, inlet, told())
    actions.erase(by=SYSTEM, at=now() + timedelta(minutes=4))
    assert Used.objects.count() == 1
    actions.erase(by=SYSTEM, at=now() + timedelta(minutes=16))
    assert not Used.objects.exists()


def test_taking_a_message_costs_what_is_on_file(client, inlet, queries):
    send(client, inlet, told() | {"id": "before"})
    with queries("take"):
        send(client, inlet, told())
    with queries("take again"):
        send(client, inlet, told(), signed_at=now() + timedelta(seconds=3))


# --- Pages.


def typed(town, **says):
    usual = {
        "name": "热线平台",
        "office": str(town.lights.pk),
        "way": "hmac",
        "fallback": "lamp",
        "kinds": "坑 = hole\n\n a=b = lamp ",
        "at_text": "/text",
        "at_id": "/id",
        "at_place": "/place",
    }
    return usual | says


def test_an_administrator_adds_an_inlet_and_tries_a_message(as_, town):
    browser = as_("administrator")
    shown = browser.post(reverse("webhooks:add_inlet"), typed(town)).content.decode()
    inlet = Inlet.objects.get()
    secret = queries.facts(inlet)["secret"]
    assert secret in shown
    assert (inlet.kinds, inlet.mapping) == (
        {"坑": "hole", "a=b": "lamp"},
        {"text": "/text", "id": "/id", "place": "/place"},
    )
    where = reverse("webhooks:inlet", args=[inlet.pk])
    page = browser.get(where).content.decode()
    assert inlet.slug in page
    assert secret not in page
    sample = {"text": "灯不亮", "id": 5, "place": "990101001001001"}
    page = browser.post(where, {"sample": json.dumps(sample)}).content.decode()
    for word in ("将成为", "路灯不亮", "第一网格", "匿名反映", "灯不亮"):
        assert word in page
    page = browser.post(where, {"sample": "{}"}).content.decode()
    assert page.count("这一项必填，但消息中没有。") == 2
    assert "既没有区域代码，也没有位置坐标。" in page
    answer = browser.post(where, {"sample": "<xml>"})
    assert (answer.status_code, "这不是 JSON。" in answer.content.decode()) == (422, True)
    assert not Matter.objects.exists()
    entry = Entry.objects.get(subject=inlet.pk)
    assert (entry.verb, entry.by_label) == ("inlet.add", "administrator同志")
    assert entry.facts == {
        "office": "lights",
        "way": "hmac",
        "mapping": {"text": "/text", "id": "/id", "place": "/place"},
        "kinds": {"坑": "hole", "a=b": "lamp"},
        "fallback": "lamp",
    }


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"kinds": "坑 hole"}, "“坑 hole”没有对应目录中的类别"),
        ({"kinds": "坑 = nothing"}, "“坑 = nothing”没有对应目录中的类别"),
        ({"kinds": " = hole"}, "没有对应目录中的类别"),
        ({"kinds": "\n".join(f"{n} = hole" for n in range(501))}, "类别超过 500 个。"),
        ({"at_text": "text"}, "请填写 JSON 指针，例如 /data/text。"),
        ({"at_place": "/a~2"}, "请填写 JSON 指针，例如 /data/text。"),
        ({"at_text": ""}, "errorlist"),
        ({"fallback": "nothing"}, "errorlist"),
        ({"way": "none"}, "errorlist"),
    ],
)
def test_an_inlet_that_cannot_be_is_refused_with_its_reason(as_, town, says, said):
    answer = as_("administrator").post(reverse("webhooks:add_inlet"), typed(town, **says))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Inlet.objects.exists()


def test_an_inlet_is_changed_stopped_started_and_given_a_new_secret(as_, town, inlet):
    browser, (line, secret) = as_("administrator"), inlet
    for name, form in (
        ("change", typed(town, name="新热线", at_email="/mail")),
        ("stop", {}),
        ("start", {}),
        ("rotate", {}),
    ):
        answer = browser.post(reverse(f"webhooks:{name}", args=[line.pk]), form, follow=True)
        assert answer.status_code == 200
    line.refresh_from_db()
    assert (line.name, line.mapping["email"], line.state) == ("新热线", "/mail", "active")
    assert queries.facts(line)["old"] == secret
    verbs = Entry.objects.filter(subject=line.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs)[1:] == ["inlet.change", "inlet.stop", "inlet.start", "inlet.rotate"]


@pytest.mark.parametrize("who", ["handler", "supervisor"])
def test_nobody_but_an_administrator_sees_or_makes_inlets(as_, town, inlet, who):
    browser, (line, _secret) = as_(who), inlet
    said = "只有管理员可以管理推送与接入。"
    for where in (reverse("webhooks:add_inlet"), reverse("webhooks:inlet", args=[line.pk])):
        for answer in (browser.get(where), browser.post(where, {"sample": "{}"})):
            assert (answer.status_code, said in answer.content.decode()) == (403, True)
    for refused in (
        lambda by: actions.add_inlet(name="x", office=town.lights, by=by, at=make.NOON),
        lambda by: actions.change(line, by=by, at=make.NOON),
    ):
        with pytest.raises(PermissionDenied, match=said):
            refused(town.staff(who))


def test_the_page_of_an_inlet_costs_what_is_on_file(as_, town, inlet, queries):
    browser = as_("administrator")
    where = reverse("webhooks:inlet", args=[inlet[0].pk])
    browser.get(where)
    with queries("inlet"):
        browser.get(where)


# --- Pointers.


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", {"a/b": 1, "m~n": [8, {"": 2}], "0": 3}),
        ("/a~1b", 1),
        ("/m~0n/0", 8),
        ("/m~0n/1/", 2),
        ("/0", 3),
        ("/m~0n/2", None),
        ("/m~0n/-", None),
        ("/m~0n/-1", None),
        ("/m~0n/٣", None),
        ("/a~1b/x", None),
        ("/nothing", None),
    ],
)
def test_a_pointer_leads_where_rfc_6901_says(pointer, found):
    document = {"a/b": 1, "m~n": [8, {"": 2}], "0": 3}
    assert find(document, pointer) == found


def test_what_is_no_pointer_is_told():
    assert [one for one in ("a", "~", "/~", "/~2", "/a~", "/" * 201) if is_pointer(one)] == []
    assert [one for one in ("", "/", "/a/0", "/~0~1") if not is_pointer(one)] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(readers.FIELDS, JSON)),
)
def test_whatever_comes_is_read_or_told_and_breaks_nothing(document):
    said = readers.read({name: f"/{name}" for name in readers.FIELDS}, document)
    assert {one.field for one in said.faults} | set(said.values) == set(readers.FIELDS)
