from __future__ import annotations

from datetime import timedelta
from functools import partial
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from gongzhi.audit.models import Entry
from gongzhi.base.seal import unseal
from gongzhi.exchange.models import Scope
from gongzhi.matters.models import Attachment, Channel, Matter, Message, Requester
from gongzhi.matters.queries import by_receipt
from gongzhi.matters.tests.test_uploads import picture
from gongzhi.open311 import actions, queries
from gongzhi.open311.actions import Place311
from gongzhi.open311.models import Raised, Update
from gongzhi.open311.queries import reading
from gongzhi.open311.tests import make
from gongzhi.open311.tests.make import NOON
from gongzhi.places.atlas import Spot


def quote_to_bytes(said: bytes) -> bytes:
    return quote(said).encode()


URL = "/open311/v2/requests"
SAYS = {"service_code": "lamp", "description": "路灯不亮了", "address_string": "柳岸社区门口"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let the requests come when the cast began; `clock.append` lets them come later."""
    at = [NOON]
    for module in ("api", "http"):
        monkeypatch.setattr(f"gongzhi.open311.{module}.now", lambda: at[-1])
    monkeypatch.setattr(reading, "localdate", partial(timezone.localdate, NOON))
    return at


@pytest.fixture
def post(client, town):
    """Post to the interface with the hotline's key; return status and what is said in JSON."""
    key = make.key(town)

    def send(path: str = URL, headers: dict[str, str] | None = None, **says: object):
        data = {"api_key": key, **(SAYS if path == URL else {}), **says}
        data = {name: value for name, value in data.items() if value is not None}
        response = client.post(f"{path}.json", data, headers=headers or {})
        [told] = response.json()
        return response.status_code, told

    return send


def refusal(post, **says: object) -> str:
    status, told = post(**says)
    assert (status, told["code"]) == (400, 400)
    assert Matter.objects.count() == 0
    return str(told["description"])


# --- It becomes a matter.


def test_what_is_raised_becomes_a_matter_with_its_receipt(post, town):
    status, told = post(
        first_name="建国", last_name="张", phone="138 0000 0000", email="z@example.org",
        device_id="dropped", account_id="dropped", **{"attribute[X]": "1"},
    )  # fmt: skip
    matter = Matter.objects.get()
    assert (status, told["service_request_id"]) == (200, queries.name_of(matter.pk))
    assert told["account_id"] is None
    assert (matter.channel, matter.kind, matter.text) == (Channel.API, town.lamp, "路灯不亮了")
    assert matter.address == "柳岸社区门口"
    assert Raised.objects.get().matter == matter
    sealed = Requester.objects.get(matter=matter).sealed
    assert sealed
    assert unseal(bytes(sealed), matter.pk.hex) == {
        "name": "建国 张",
        "phone": "13800000000",
        "email": "z@example.org",
    }
    assert matter.number in told["service_notice"]
    code = told["service_notice"].partition("查询码 ")[2][:14]
    assert by_receipt(matter.number, code) == matter
    entry = Entry.objects.get(subject=matter.pk)
    assert (entry.verb, entry.by_label, entry.facts["channel"]) == (
        "matter.receive",
        "hotline",
        "api",
    )


def test_it_is_answered_in_xml_where_the_address_ends_so(client, town):
    response = client.post(f"{URL}.xml", {**SAYS, "api_key": make.key(town)})
    root = ET.fromstring(response.content)
    assert (root.tag, [child.tag for child in root[0]]) == (
        "service_requests",
        ["service_request_id", "service_notice", "account_id"],
    )
    assert "Access-Control-Allow-Origin" in response  # of a refusal and an answer alike


def test_a_point_finds_the_grid_and_stays(post, town, atlas_of):
    atlas_of(town.grid)
    post(lat="30.5", long="120.5", address_string=None)
    matter = Matter.objects.get()
    assert (matter.place, matter.lat, matter.lon) == (town.grid, 30.5, 120.5)


def test_a_code_of_ours_says_where(post, town):
    post(address_string=None, address_id=town.community.code)
    assert Matter.objects.get().place == town.community


def test_what_no_words_place_waits_in_the_largest_place(post, town):
    post(address_string="无处可寻")
    assert Matter.objects.get().place == town.district


def test_photos_are_written_anew(post):
    file = SimpleUploadedFile("a.png", picture("PNG").getvalue(), "image/png")
    status, _told = post(media=file)
    assert status == 200
    photo = Attachment.objects.get()
    with photo.file.open() as kept, Image.open(kept) as image:
        assert (image.format, photo.stage) == ("JPEG", "report")


def test_the_address_of_a_photo_elsewhere_is_kept_as_words_and_not_fetched(post):
    post(media_url="https://example.org/p.jpg")
    assert Matter.objects.get().text == "路灯不亮了\nhttps://example.org/p.jpg"


def test_words_of_danger_are_seen(post):
    post(description="路灯漏电，有人触电了")
    assert Matter.objects.get().urgent


# --- Each once.


def test_the_same_twice_within_minutes_is_the_same(post, clock):
    first = post()[1]
    clock.append(NOON + timedelta(minutes=9))
    assert post()[1] == first
    clock.append(NOON + timedelta(minutes=25))
    assert post()[1]["service_request_id"] != first["service_request_id"]
    assert Matter.objects.count() == 2


def test_other_words_are_another_matter_at_once(post):
    assert post()[1] != post(description="另一盏灯也不亮")[1]
    assert Matter.objects.count() == 2


def test_a_key_of_its_own_holds_longer(post, clock):
    headers = {"Idempotency-Key": "a-1"}
    first = post(headers=headers)[1]
    clock.append(NOON + timedelta(days=1))
    assert post(headers=headers)[1] == first
    assert Matter.objects.count() == 1
    post(headers=headers, description="同一个键，另一件事")
    assert Matter.objects.count() == 2


def test_two_clients_raise_two(post, town):
    post()
    post(api_key=make.secret(town.lighting, Scope.OPEN311))
    assert Matter.objects.count() == 2


def test_of_a_client_on_trial_nothing_is_kept(post, town):
    trial = make.client("trial", town.lights, on_trial=True)
    file = SimpleUploadedFile("a.png", picture("PNG").getvalue(), "image/png")
    status, told = post(api_key=make.secret(trial, Scope.OPEN311), media=file)
    assert (status, Matter.objects.count(), Attachment.objects.count()) == (200, 0, 0)
    assert told["service_request_id"]


# --- What is refused.


def test_without_a_key_it_is_403(post):
    status, told = post(api_key=None)
    assert (status, told["code"]) == (403, 403)
    assert told["description"] == "提交内容需要 api_key：请向综治中心申请。"


def test_with_a_key_for_something_else_it_is_403(post, town):
    status, told = post(api_key=make.secret(town.hotline, Scope.READ))
    assert status == 403
    assert told["description"] == "此令牌不能用于此事：需要“Open311”。"


def test_an_unknown_service_is_404(post):
    status, told = post(service_code="x")
    assert (status, told["description"]) == (404, "没有代码为“x”的服务。")


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"service_code": None}, "缺少“service_code”：可在“services”中查看。"),
        ({"description": " "}, "缺少“description”：请简要说明是什么事。"),
        ({"description": "灯" * 5001}, "最多 5000 字，现有 5001 字。"),
        ({"address_string": None}, "请说明地点：提供 lat 与 long、address_string 或 address_id。"),
        ({"address_string": "路" * 501}, "“address_string”超过 500 个字符。"),
        ({"lat": "30"}, "“lat”与“long”须同时提供。"),
        ({"lat": "x", "long": "120"}, "“lat”不是以度为单位的数字。"),
        ({"lat": "nan", "long": "120"}, "“lat”不是以度为单位的数字。"),
        ({"lat": "120", "long": "30"}, "“lat”超出 ±90 度。lat 与 long 是否颠倒了？"),
        ({"lat": "30", "long": "-181"}, "“long”超出 ±180 度。lat 与 long 是否颠倒了？"),
        ({"email": "nobody"}, "“email”不是电子邮箱地址。"),
        ({"phone": "x"}, "这不是电话号码。请填写数字，例如 13800138000。"),
        ({"first_name": "长" * 501}, "“first_name”超过 500 个字符。"),
        ({"jurisdiction_id": "x" * 999}, None),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_a_sentence(post, says, sentence):
    if sentence is None:
        assert post(**says)[0] == 200  # one jurisdiction, whatever it is called
    else:
        assert refusal(post, **says) == sentence


def test_swapped_degrees_are_seen_where_they_lie_here_the_other_way_round(post, town, atlas_of):
    atlas_of(town.grid)
    assert refusal(post, lat="60.5", long="30.5") == "该坐标不在本辖区范围内。"
    atlas_of(town.grid, middle=(60.5, 30.5))
    told = refusal(post, lat="30.5", long="60.5")
    assert told == "“lat”与“long”颠倒了：对调后就在本辖区内。"


@pytest.mark.parametrize("n", [3_000_000, 10_000_000])
def test_a_description_of_megabytes_is_refused(post, n):
    assert refusal(post, description="x" * n) == f"最多 5000 字，现有 {n} 字。"


def test_what_is_too_large_to_be_read_is_refused_in_the_form_of_the_interface(post, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    told = refusal(post, description="x" * 2000)
    assert told == "无法读取：内容过大，或不是规范要求的表单。"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/x-www-form-urlencoded; charset=gbk", "description=灯".encode("gbk")),
    ],
)
def test_what_is_no_form_is_refused(client, town, kind, body):
    response = client.generic("POST", f"{URL}.xml", body, content_type=kind)
    assert response.status_code in (400, 403)
    assert ET.fromstring(response.content).tag == "errors"


@pytest.mark.parametrize("written", [bytes, quote_to_bytes])
def test_text_in_another_charset_is_refused(client, town, written):
    body = f"api_key={make.key(town)}&description=".encode() + written("灯坏了".encode("gbk"))
    kind = "application/x-www-form-urlencoded"
    response = client.generic("POST", f"{URL}.json", body, content_type=kind)
    assert response.status_code == 400
    assert response.json()[0]["description"] == "请以 UTF-8 发送文字：这不是 UTF-8。"


def test_a_file_that_is_none_is_refused_by_its_name(post):
    said = refusal(post, media=SimpleUploadedFile("a.exe", b"MZ", "image/png"))
    assert said.startswith("a.exe: ")


def test_a_client_calls_as_often_as_agreed(post, town):
    town.hotline.per_minute = 2
    town.hotline.save()
    answers = [post() for _n in range(3)]
    assert [status for status, _told in answers] == [200, 200, 429]


def test_an_action_asks_who_it_is(town):
    says = actions.Request311(kind=town.lamp, text="灯", place=Place311(address="x"))
    with pytest.raises(PermissionDenied) as refused:
        actions.raise_request(says, by=town.staff("acceptor"), at=NOON)
    assert str(refused.value) == "只有持 Open311 密钥的系统可以在此提交事项。"


def test_before_places_are_set_up_nothing_is_taken(town, monkeypatch):
    monkeypatch.setattr("gongzhi.open311.actions.raising.pool", lambda _on: None)
    with pytest.raises(ValidationError) as refused:
        make.raised(town)
    assert refused.value.messages == ["系统还没有设置地点，请致电综治中心。"]


# --- Updates from the other side.

UPDATES = "/open311/v2/servicerequestupdates"


def test_an_update_is_added_to_the_matter_and_its_state_moves_nothing(post, town):
    matter = make.raised(town)
    status, told = post(
        UPDATES, service_request_id=queries.name_of(matter.pk), update_id="7",
        status="CLOSED", description="已经亮了", email="z@example.org",
    )  # fmt: skip
    matter.refresh_from_db()
    assert (status, matter.state) == (200, "received")
    [message] = Message.objects.filter(matter=matter)
    assert (message.sort, message.text, message.by_label) == ("said", "已经亮了", "hotline")
    assert told == {
        "update_id": str(Update.objects.get().pk),
        "service_request_id": queries.name_of(matter.pk),
    }


@pytest.mark.parametrize("key", ["7", ""])
def test_an_update_sent_twice_is_added_once(post, town, key):
    name = queries.name_of(make.raised(town).pk)
    says = {"service_request_id": name, "update_id": key, "description": "还是不亮"}
    assert post(UPDATES, **says) == post(UPDATES, **says)
    assert Message.objects.count() == 1


def test_only_who_raised_it_adds_to_it(post, town):
    matter = make.raised(town)
    says = {"service_request_id": queries.name_of(matter.pk), "description": "x"}
    key = make.secret(town.lighting, Scope.OPEN311)
    status, told = post(UPDATES, api_key=key, **says)
    assert (status, told["description"]) == (404, "您没有提交过这个名称的服务请求。")
    other = Raised(matter=matter, client=town.lighting, service_code="lamp", at=NOON)
    with pytest.raises(PermissionDenied) as refused:
        actions.update(other, key="1", words="x", by=make.caller(town), at=NOON)
    assert str(refused.value) == "只有提交该事项的系统可以补充。"


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"service_request_id": ""}, "缺少“service_request_id”。"),
        ({"description": ""}, "请简单写几句。"),
        ({"update_id": "7" * 65}, "“update_id”超过 64 个字符。"),
    ],
)
def test_an_update_without_what_it_needs_is_refused(post, town, says, sentence):
    name = queries.name_of(make.raised(town).pk)
    usual = {"service_request_id": name, "description": "x"}
    status, told = post(UPDATES, **(usual | says))
    assert (status, told["description"]) == (400, sentence)


def test_after_its_end_nothing_is_added(post, town):
    matter = make.walk(town, make.raised(town), "refuse")
    says = {"service_request_id": queries.name_of(matter.pk), "description": "x"}
    status, told = post(UPDATES, **says)
    assert (status, told["code"]) == (400, 400)
    assert "不予受理" in told["description"]


def test_an_update_of_a_client_on_trial_is_not_kept(post, town):
    trial = make.client("trial", town.lights, on_trial=True)
    matter = make.raised(town)
    Raised.objects.filter(matter=matter).update(client=trial)
    says = {"service_request_id": queries.name_of(matter.pk), "description": "x"}
    assert post(UPDATES, api_key=make.secret(trial, Scope.OPEN311), **says)[0] == 200
    assert (Update.objects.count(), Message.objects.count()) == (0, 0)


@pytest.fixture
def atlas_of(monkeypatch):
    """Let the atlas hold one place, a degree wide around its middle."""

    def hold(place, middle: tuple[float, float] = (30.5, 120.5)) -> None:
        spot = Spot(
            id=place.pk, code=place.code, path=place.path, name_zh=place.name_zh,
            name_en=place.name_en, lat=middle[0], lon=middle[1], level="grid", also=(),
        )  # fmt: skip

        class One:
            spots = (spot,)

            def locate(self, lat: float, lon: float) -> Spot | None:
                near = abs(lat - middle[0]) <= 0.5 and abs(lon - middle[1]) <= 0.5
                return spot if near else None

        for module in ("places.atlas", "open311.actions.raising"):
            monkeypatch.setattr(f"gongzhi.{module}.atlas", One)

    return hold
