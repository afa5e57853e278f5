from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from gongzhi.assets import actions
from gongzhi.assets.models import About, Asset, AssetClass
from gongzhi.assets.states import Condition
from gongzhi.assets.tests import make
from gongzhi.assets.tests.make import EAST, LAMP, LAT, LON, NOON
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.matters.models import Channel, Matter
from gongzhi.matters.tests import make as matters

pytestmark = pytest.mark.django_db
RAISE = "/raise/"


def link(name, *args):
    return reverse(f"assets:{name}", args=args)


def text(answer):
    return answer.content.decode()


def typed(**says):
    usual = {"asset_class": LAMP, "name": "柳岸路12号灯", "lat": LAT, "lon": LON}
    return usual | {"keeper": "lights", "owner": "", "look_on": "", "code": ""} | says


def test_the_office_that_maintains_it_adds_a_lamp_changes_and_finds_it(as_, town):
    browser = as_("handler")
    added = browser.post(link("add"), typed(owner="roads"))
    asset = Asset.objects.get()
    assert added.headers["Location"] == link("show", asset.pk)
    assert (asset.keeper, asset.owner, asset.place) == (town.lights, town.roads, town.grid)
    shown = text(browser.get(link("change", asset.pk)))
    assert 'value="柳岸路12号灯"' in shown
    browser.post(link("change", asset.pk), typed(name="新灯", version=1))
    asset.refresh_from_db()
    assert asset.name == "新灯"
    late = browser.post(link("change", asset.pk), typed(name="旧灯", version=1))
    assert late.status_code == 422
    assert "已有其他人先一步办理。" in text(late)
    browser.post(link("damage", asset.pk), {"look_on": ""})
    page = text(browser.get(link("show", asset.pk)))
    assert "已破损" in page
    assert "handler同志" in page


def test_a_form_that_says_what_cannot_be_comes_back_with_the_sentence(as_, town):
    browser = as_("handler")
    for says in ({"lat": 10}, {"name": "上访户门口"}, {"keeper": "roads"}, {"code": "12"}):
        answer = browser.post(link("add"), typed(**says))
        assert (answer.status_code, Asset.objects.count()) == (422, 0)
    asset = make.asset(town)
    yesterday = (localdate() - timedelta(days=1)).isoformat()
    answer = browser.post(link("look", asset.pk), {"look_on": yesterday})
    assert answer.status_code == 422
    assert "下次查看日期已过" in text(answer)


def test_who_may_not_change_an_asset_reads_it_and_why_not(as_, town):
    asset = make.asset(town)
    browser = as_("stranger")
    page = text(browser.get(link("show", asset.pk)))
    assert link("change", asset.pk) not in page
    assert link("damage", asset.pk) not in page
    for name in ("change", "damage"):
        answer = browser.post(link(name, asset.pk), typed())
        assert answer.status_code == 403
    assert link("add") in text(browser.get(link("index")))  # for what its own office maintains


def test_nobody_without_a_post_reads_the_register(client, town):
    asset = make.asset(town)
    for address in (link("index"), link("map"), link("labels"), link("show", asset.pk)):
        assert client.get(address).status_code == 302


def test_a_list_is_narrowed_and_read_page_by_page(as_, town, monkeypatch):
    from gongzhi.assets import queries

    lamp, east = make.asset(town), make.asset(town, lon=EAST, name="东灯")
    box = actions.add(
        make.told(town, name="箱", keeper=town.roads, look_on=localdate(NOON)),
        asset_class=town.bin_class,
        by=SYSTEM,
        at=NOON,
    )
    actions.damage(lamp, by=SYSTEM, at=NOON)
    browser = as_("acceptor")

    def names(query):
        return [row.name for row, _tone in browser.get(f"{link('index')}?{query}").context["rows"]]

    assert names("") == [lamp.name, east.name, box.name]
    assert names("kind=01") == [lamp.name, east.name]
    assert names(f"kind={town.bin_class.code}") == [box.name]
    assert names(f"place={town.next_grid.code}") == [east.name]
    assert names("condition=damaged") == [lamp.name]
    assert names("keeper=roads") == [box.name]
    assert names("due=1") == [box.name]
    assert names("kind=%27&place=%27&condition=x&keeper=x&after=") == names("")
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(queries.page, "__defaults__", (2,))
    first = browser.get(link("index"))
    assert len(first.context["rows"]) == 2
    assert [
        row.name
        for row, _ in browser.get(link("index") + first.context["next_url"]).context["rows"]
    ] == [box.name]


def test_the_map_shows_what_the_list_shows(as_, town):
    asset = make.asset(town)
    make.asset(town, lon=EAST)
    answer = as_("acceptor").get(f"{link('map')}?place={town.grid.code}")
    (point,) = answer.context["points"]
    assert (point["lat"], point["url"]) == (LAT, link("show", asset.pk))


def test_labels_have_code_name_and_whom_to_call_and_open_the_public_page(as_, town, settings):
    asset = make.asset(town)
    retired = make.asset(town, name="旧灯")
    actions.retire(retired, by=SYSTEM, at=NOON)
    page = text(as_("worker").get(link("labels")))
    assert asset.code in page
    assert asset.name in page
    assert "路灯管理所" in page
    assert page.count("<svg") >= 1
    assert retired.code not in page
    one = as_("worker").get(f"{link('labels')}?code={asset.code}")
    assert len(one.context["labels"]) == 1


def test_administrators_keep_the_classes(as_, town):
    browser = as_("administrator")
    browser.post(link("seed_classes"))
    assert AssetClass.objects.count() > 40
    said = {"name_zh": "充电桩", "name_en": "Charger", "source": "本地清单"}
    browser.post(link("classes"), said | {"code": "0190"})
    row = AssetClass.objects.get(code="0190")
    browser.post(link("change_class", row.pk), said | {"name_zh": "充电柱"})
    row.refresh_from_db()
    assert (row.name_zh, row.is_active) == ("充电柱", False)
    for code in ("0190", "0900", "x"):
        assert browser.post(link("classes"), said | {"code": code}).status_code == 422
    assert browser.post(link("change_class", row.pk), said | {"name_zh": "上访"}).status_code == 422
    for name in ("classes", "seed_classes"):
        assert as_("handler").post(link(name), said).status_code == 403


def test_everybody_who_scans_a_label_sees_the_thing_and_nobody(client, town):
    asset = make.asset(town)
    matter = matters.matter(town, text="灯不亮，王五说的")
    actions.link(asset, matter=matter, by=make.ANYBODY, at=NOON)
    page = text(client.get(link("public", asset.code)))
    for said in (asset.name, "路灯管理所", f"{RAISE}?asset={asset.code}", '<dd class="num">1</dd>'):
        assert said in page
    assert "王五" not in page
    assert matter.number not in page


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        ("12", 404, "这不是部件编码"),
        ("3301060118000001", 404, "该编码属于其他区县，本平台无法受理。请拨打当地 12345"),
        ("9901010118009999", 404, "没有使用此编码的部件，标签可能已旧"),
    ],
)
def test_a_code_that_opens_nothing_says_what_to_do(client, town, code, status, sentence):
    answer = client.get(link("public", code))
    assert (answer.status_code, sentence in text(answer)) == (status, True)
    scanned = client.get(f"{RAISE}?asset={code}")
    assert scanned.headers["Location"] == link("public", code)


def test_a_thing_out_of_use_takes_no_reports_but_its_place_does(client, town):
    asset = make.asset(town)
    actions.retire(asset, by=SYSTEM, at=NOON)
    answer = client.get(link("public", asset.code))
    assert answer.status_code == 410
    assert "该部件已停用" in text(answer)
    assert f"{RAISE}?place={town.grid.code}" in text(answer)


def test_a_scan_fills_the_form_and_the_matter_keeps_its_asset(as_, client, town):
    asset = make.asset(town)
    assert "您扫的是" not in text(client.get(RAISE))
    scanned = client.get(f"{RAISE}?asset={asset.code}")
    assert f"您扫的是“{asset.name}”的标签" in text(scanned)
    form = scanned.context["form"]
    assert [form[name].value() for name in ("asset", "place", "lat", "lon")] == [
        asset.code,
        town.grid.code,
        LAT,
        LON,
    ]
    said = {"text": "这盏灯不亮", "kind": "lamp", "reach": "no", "pin_from": ""}
    said |= {name: form[name].value() for name in ("asset", "scanned", "place", "lat", "lon")}
    client.post(RAISE, said | {"form_key": str(form["form_key"].value())})
    matter = Matter.objects.get()
    assert About.objects.get(matter=matter).asset == asset
    assert (matter.channel, matter.place, matter.lat) == (Channel.QR, town.grid, LAT)
    assert [one.verb for one in history(asset.pk)] == ["asset.add", "asset.link"]
    browser = as_("acceptor")
    assert link("show", asset.pk) in text(browser.get(reverse("matters:show", args=[matter.pk])))
    assert matter.number in text(browser.get(link("show", asset.pk)))
    assert matter.number not in text(as_("stranger").get(link("show", asset.pk)))


def test_a_form_whose_asset_went_out_of_use_meanwhile_is_taken_all_the_same(client, town):
    asset = make.asset(town)
    actions.retire(asset, by=SYSTEM, at=NOON)
    said = {"text": "灯杆歪了", "kind": "lamp", "place": town.grid.code, "scanned": town.grid.code}
    assert client.post(RAISE, said | {"asset": asset.code}).status_code == 302
    assert Matter.objects.exists()
    assert not About.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_pages_ask_the_same_however_many_rows(as_, client, town, queries, n):
    for step in range(n):
        asset = make.asset(town, lon=LON + step / 1000)
        matter = matters.matter(town)
        actions.link(asset, matter=matter, by=make.ANYBODY, at=NOON)
    browser = as_("acceptor")
    for name, address in (
        ("list", link("index")),
        ("map", link("map")),
        ("labels", link("labels")),
        ("show", link("show", asset.pk)),
        ("public", link("public", asset.code)),
    ):
        browser.get(address)
        with queries(name):
            browser.get(address)


def test_the_demo_has_things_in_their_classes(town):
    n = actions.plant(by=SYSTEM, at=NOON)
    assert n == Asset.objects.count() == 2
    assert set(Asset.objects.values_list("state", flat=True)) == {Condition.IN_ORDER}
    assert actions.plant(by=SYSTEM, at=NOON) == 0
