from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.businesses import BUSINESSES
from gongzhi.sharing import actions
from gongzhi.sharing import queries as read
from gongzhi.sharing.models import Concept, Edition, Item, System, Transfer, Use
from gongzhi.sharing.states import UseState
from gongzhi.sharing.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps(town):
    return make.item(town.lamp_control)


def running(town, item, **says):
    today = localdate()
    return make.approved(town, item, since=today, until=today + timedelta(days=30), **says)


def page(browser, name, *args, **asked):
    return browser.get(reverse(f"sharing:{name}", args=args), asked).content.decode()


def typed(item_or_town, **says):
    said = {
        "code": "new-one",
        "name_zh": "检查井盖",
        "description_zh": "井盖的编号和位置。",
        "system": str(item_or_town.road_assets.pk),
        "theme": "REGI",
        "object": "asset",
        "fields_text": "code:text:编号\nlat:number:纬度",
        "origin": "grid",
        "period": "MONTHLY",
        "retention_months": "36",
        "retention_ground": "设施档案",
        "ground": "《城市道路管理条例》",
        "from_day": localdate().isoformat(),
    }
    return said | says


def test_the_data_officer_lists_an_item_and_changes_it(as_, town):
    browser = as_("data_officer")
    answer = browser.post(reverse("sharing:add_item"), typed(town), follow=True)
    assert "已列入目录。" in answer.content.decode()
    item = Item.objects.get(code="new-one")
    assert (item.office, len(item.fields)) == (town.roads, 2)
    shown = page(browser, "change", item.pk)
    assert "code:text:编号\nlat:number:纬度" in shown
    said = typed(town, name_zh="各类井盖", office=str(town.roads.pk))
    answer = browser.post(reverse("sharing:change", args=[item.pk]), said, follow=True)
    text = answer.content.decode()
    assert "已修改。" in text
    assert "第 2 版" in text
    assert "<del>检查井盖</del>" in text
    browser.post(reverse("sharing:withdraw", args=[item.pk]))
    assert not Item.objects.listed().exists()


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"name_zh": "重点人员台账"}, "数据项只能关于"),
        ({"fields_text": "身份证号"}, "能看出是谁"),
        ({"fields_text": "民族"}, "这里不共享这类内容"),
        ({"by_person": "on"}, "要么都选，要么都不选"),
        ({"code": "不行"}, "errorlist"),
        ({"retention_months": "0"}, "errorlist"),
        ({"address": "javascript:alert(1)"}, "errorlist"),
    ],
)
def test_what_cannot_be_listed_is_refused_on_the_page(as_, town, says, said):
    answer = as_("data_officer").post(reverse("sharing:add_item"), typed(town, **says))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Item.objects.exists()


@pytest.mark.parametrize("name", ["add_item", "take_in", "add_system", "add_concept"])
def test_pages_of_who_keeps_the_catalogue_are_closed_to_others(as_, town, name):
    answer = as_("lights_head").get(reverse(f"sharing:{name}"))
    assert answer.status_code == 403
    assert "只有数据官或管理员可以维护数据项目录。" in answer.content.decode()


def test_everybody_with_a_post_reads_and_nobody_else(as_, client, town, lamps):
    use = running(town, lamps)
    names = [
        ("items", ()), ("item", (lamps.pk,)), ("uses", ()), ("use", (use.pk,)), ("systems", ()),
        ("concepts", ()), ("doubles", ()), ("export", ("items",)),
    ]  # fmt: skip
    for name, args in names:
        assert client.get(reverse(f"sharing:{name}", args=args)).status_code == 302
    browser = as_("worker")
    for name, args in names:
        assert browser.get(reverse(f"sharing:{name}", args=args)).status_code == 200
    for move in ("approve", "refuse", "end"):
        answer = browser.post(reverse(f"sharing:{move}", args=[use.pk]), {"reason": "x"})
        assert answer.status_code == 403
    assert browser.get(reverse("sharing:ask", args=[lamps.pk])).status_code == 403


def test_a_use_is_asked_for_decided_and_ended_by_pages(as_, town, lamps):
    today = localdate()
    said = {
        "system": str(town.road_assets.pk),
        "purpose": "道路施工时避让灯杆",
        "ground": "《城市道路管理条例》",
        "one_by_one": "no",
        "since": today.isoformat(),
        "until": (today + timedelta(days=30)).isoformat(),
    }
    answer = as_("roads_head").post(reverse("sharing:ask", args=[lamps.pk]), said, follow=True)
    assert "由所属单位决定" in answer.content.decode()
    use = Use.objects.get()
    shown = page(as_("lights_head"), "use", use.pk)
    assert "批准" in shown
    refused = as_("lights_head").post(reverse("sharing:refuse", args=[use.pk]), {"reason": ""})
    assert refused.status_code == 422
    as_("lights_head").post(reverse("sharing:approve", args=[use.pk]), {"reason": ""})
    use.refresh_from_db()
    assert use.state == UseState.APPROVED
    form = {"count": "12", "moved_at": now().strftime("%Y-%m-%dT%H:%M")}
    form["moved_at"] = f"{now().astimezone():%Y-%m-%dT%H:%M}"
    moved = as_("handler").post(reverse("sharing:transfer", args=[use.pk]), form, follow=True)
    assert moved.status_code in (200, 422)
    as_("roads_head").post(reverse("sharing:end", args=[use.pk]), {"reason": "施工结束"})
    use.refresh_from_db()
    assert use.state == UseState.ENDED


def test_persons_in_bulk_are_refused_on_the_page(as_, town):
    item = make.person_item(town.lamp_control)
    today = localdate().isoformat()
    said = {
        "system": str(town.road_assets.pk), "purpose": "核验", "ground": "依法",
        "one_by_one": "no", "since": today, "until": today,
    }  # fmt: skip
    answer = as_("roads_head").post(reverse("sharing:ask", args=[item.pk]), said)
    assert answer.status_code == 422
    assert "从不批量提供" in answer.content.decode()
    assert not Use.objects.exists()


def test_what_moves_for_one_person_is_read_by_them_in_the_portal(as_, client, town):
    use = running(town, make.person_item(town.lamp_control))
    matter = make.request(town)
    make.walk(town, matter, "accept", "dispatch")
    where = reverse("sharing:transfer", args=[use.pk])
    at = f"{now() - timedelta(minutes=2):%Y-%m-%dT%H:%M}+00:00"
    bulk = as_("handler").post(where, {"count": "7", "moved_at": at, "number": matter.number})
    assert bulk.status_code == 422
    assert "一次只提供一个人的一条" in bulk.content.decode()
    nobody = as_("handler").post(where, {"count": "1", "moved_at": at, "number": ""})
    assert nobody.status_code == 422
    answer = as_("handler").post(where, {"count": "1", "moved_at": at, "number": matter.number})
    assert answer.status_code == 302
    assert Transfer.objects.get().matter == matter


def test_the_list_is_narrowed(as_, town, lamps):
    make.person_item(town.road_assets, refreshed_on=None)
    concept = actions.add_concept(code="c", name_zh="概念", by=SYSTEM, at=make.NOON)
    for code in ("twice-a", "twice-b"):
        make.item(town.road_assets, code, name_zh="重复采集", origin="grid", concept=concept)
    use = running(town, lamps)
    browser = as_("acceptor")

    def found(**asked):
        text = page(browser, "items", **asked)
        return re.findall(r'<code class="small muted">([\w-]+)</code>', text)

    assert found() == ["insurance", "lamps", "twice-a", "twice-b"]
    assert found(words="重复") == ["twice-a", "twice-b"]
    assert found(office="lights") == ["lamps"]
    assert found(system="road-assets") == ["insurance", "twice-a", "twice-b"]
    assert found(look="doubled") == ["twice-a", "twice-b"]
    assert found(look="person") == ["insurance"]
    assert found(use="approved") == ["lamps"]
    assert found(use="none") == ["insurance", "twice-a", "twice-b"]
    assert found(look="withdrawn") == []
    assert "insurance" in found(look="stale")
    assert found(theme="HEAL") == []
    assert browser.get(reverse("sharing:items"), {"office": "nobody"}).status_code == 422
    assert str(use.pk) in page(browser, "uses", state="approved")


def test_systems_and_concepts_are_entered_and_changed(as_, town):
    browser = as_("data_officer")
    said = {"code": "new", "name_zh": "新系统", "office": str(town.roads.pk), "client": ""}
    browser.post(reverse("sharing:add_system"), said)
    made = System.objects.get(code="new")
    browser.post(reverse("sharing:change_system", args=[made.pk]), said | {"name_zh": "改名"})
    made.refresh_from_db()
    assert made.name_zh == "改名"
    taken = browser.post(reverse("sharing:add_system"), said)
    assert taken.status_code == 422
    browser.post(reverse("sharing:seed"))
    assert Concept.objects.count() > 20
    browser.post(reverse("sharing:add_concept"), {"code": "x", "name_zh": "某物"})
    concept = Concept.objects.get(code="x")
    browser.post(reverse("sharing:change_concept", args=[concept.pk]), {"name_zh": "某事"})
    concept.refresh_from_db()
    assert concept.name_zh == "某事"


def test_renewals_and_checks_are_noted_on_the_page(as_, town, lamps):
    browser, today = as_("handler"), localdate().isoformat()
    browser.post(reverse("sharing:renew", args=[lamps.pk]), {"refreshed_on": today})
    said = {"name": "编号不重复", "on": today, "passed": ""}
    browser.post(reverse("sharing:check", args=[lamps.pk]), said)
    lamps.refresh_from_db()
    assert lamps.refreshed_on == localdate()
    assert "未通过" in page(browser, "item", lamps.pk)
    wrong = browser.post(reverse("sharing:renew", args=[lamps.pk]), {"refreshed_on": "9999-01-01"})
    assert wrong.status_code == 422


def test_everybody_reads_what_is_shared_and_small_numbers_are_hidden(client, town, lamps):
    use = running(town, lamps)
    running(town, make.person_item(town.lamp_control))
    make.asked(town, make.item(town.lamp_control, "secretly-asked", name_zh="还没批准的"))
    last = now().replace(day=1) - timedelta(days=3)
    for _n in range(3):
        Transfer.objects.create(use=use, count=7, moved_at=last, recorded_at=last)
    text = page(client, "index")
    for word in ("路灯设施", "道路养护所", "道路施工时避让灯杆", "一次一条", "从不共享什么"):
        assert word in text
    assert "还没批准的" not in text
    assert "不足5次" in text
    assert "同志" not in text
    for _n in range(3):
        Transfer.objects.create(use=use, count=7, moved_at=last, recorded_at=last)
    text = page(client, "index")
    assert '上月提供次数: <span class="num">6</span>' in text
    assert '<td class="num">42</td>' in text
    assert page(client, "index", theme="HEAL").count("道路施工时避让灯杆") == 0


def test_everybody_reads_what_an_item_is(client, town, lamps):
    running(town, lamps)
    text = page(client, "public_item", "lamps")
    assert "《城市照明管理规定》" in text
    assert "道路施工时避让灯杆" in text
    assert client.get(reverse("sharing:public_item", args=["nothing"])).status_code == 404


@pytest.mark.once
def test_the_demo_has_a_believable_catalogue(town):
    Use.objects.all().delete()
    System.objects.all().delete()
    n = actions.plant(by=SYSTEM, at=now())
    assert n == Item.objects.count() >= 40
    assert System.objects.count() >= 12
    assert set(Use.objects.values_list("state", flat=True)) == set(UseState.values)
    assert Transfer.objects.count() > 50
    assert len(read.doubles()) >= 5
    assert read.likely()
    figures = read.figures(now())
    assert min(figures.n_stale, figures.n_failed, figures.n_kept, figures.n_doubled) > 0
    assert actions.plant(by=SYSTEM, at=now()) == 0
    assert "sharing" in BUSINESSES


def district(town, n_systems, n_items):
    """Write so many systems and items as one district has, faster than actions do."""
    systems = [
        System(code=f"system-{n}", name_zh=f"系统{n}", office=town.roads) for n in range(n_systems)
    ]
    System.objects.bulk_create(systems)
    items = []
    for n in range(n_items):
        said = make.said(systems[n % n_systems], f"item-{n:03}", name_zh=f"数据项{n}")
        items.append(Item(**said, changed_at=make.NOON))
    Item.objects.bulk_create(items)
    Edition.objects.bulk_create(
        Edition(item=one, number=1, from_day=one.from_day, says={}) for one in items
    )
    Use.objects.bulk_create(
        Use(
            item=one, edition=one.editions.get(), system=town.road_assets, purpose="用途",
            ground="依据", state=UseState.APPROVED, since=localdate(), until=localdate(),
            asked_at=make.NOON,
        )
        for one in items[:: n_items // 3]
    )  # fmt: skip


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_however_many(as_, client, town, queries, n):
    for one in range(n):
        item = make.item(town.lamp_control, f"lamps-{one}", origin="grid")
        use = running(town, item)
        Transfer.objects.create(use=use, count=7, moved_at=now(), recorded_at=now())
    for name in ("index",):
        with queries(name):
            page(client, name)
    with queries("public_item"):
        page(client, "public_item", item.code)
    browser = as_("data_officer")
    for name, args in (
        ("items", ()), ("item", (item.pk,)), ("uses", ()), ("use", (use.pk,)), ("systems", ()),
        ("concepts", ()), ("doubles", ()), ("ask", (item.pk,)),
    ):  # fmt: skip
        with queries(name):
            page(browser, name, *args)


@pytest.mark.once
def test_a_district_of_67_systems_and_356_items_is_listed_in_as_few_queries(
    as_, client, town, queries
):
    district(town, 67, 356)
    browser = as_("data_officer")
    for name in ("items", "systems", "doubles", "index"):
        with queries(name):
            page(browser if name != "index" else client, name)
    with queries("catalogue of a district"):
        answer = client.get(reverse("sharing:catalogue_as", args=["ttl"]))
    assert answer.content.count(b"dcat:Dataset") >= 356
    seen, after = 0, ""
    while True:
        found = read.items(read.Wanted(after=after), now())
        seen += len(found.rows)
        if not (after := found.after):
            break
    assert seen == 356
