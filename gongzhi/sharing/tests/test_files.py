from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongzhi.sharing import actions, readers
from gongzhi.sharing.models import Item, System
from gongzhi.sharing.tests import make
from gongzhi.sharing.tests.make import NOON, SYSTEM

pytestmark = pytest.mark.django_db


def row(**says):
    usual = {
        "code": "lamps",
        "name_zh": "路灯设施",
        "description_zh": "路灯的编号和位置。",
        "system": "lamp-control",
        "theme": "REGI",
        "object": "asset",
        "by_person": "no",
        "fields": "code:text:编号; lat:number:纬度",
        "origin": "sensors",
        "period": "DAILY",
        "refreshed_on": "2026-03-01",
        "retention_months": "36",
        "retention_ground": "设施档案",
        "ground": "《城市照明管理规定》",
        "is_public": "是",
    }
    return usual | says


def take(*rows, **says):
    return actions.import_items(list(enumerate(rows, start=2)), **says, by=SYSTEM, at=NOON)


def test_a_file_is_taken_whole_and_again_changes_nothing(town):
    rows = row(), row(code="more", name_zh="另一项")
    taken = take(*rows)
    assert (taken.n_added, taken.n_changed, taken.n_same, taken.refused) == (2, 0, 0, [])
    item = Item.objects.get(code="lamps")
    assert (item.office, item.is_public) == (town.lights, True)
    assert item.fields[1] == {"name": "lat", "type": "number", "meaning": "纬度"}
    again = take(*rows)
    assert (again.n_added, again.n_changed, again.n_same) == (0, 0, 2)
    changed = take(row(ground="《新规定》"), rows[1])
    assert (changed.n_changed, changed.n_same) == (1, 1)
    item.refresh_from_db()
    assert (item.edition, item.ground) == (2, "《新规定》")


def test_a_row_of_an_item_that_was_taken_off_is_refused_by_its_number(town):
    item = make.item(town.lamp_control)
    actions.withdraw(item, by=SYSTEM, at=NOON)
    ((number, why),) = take(row()).refused
    assert number == 2
    assert "现在的状态是：已撤下。" in why


def test_a_dry_run_keeps_nothing(town):
    assert take(row(), dry_run=True).n_added == 1
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"name_zh": "重点人员台账"}, "“重点人”：数据项只能关于"),
        ({"system": "nobody"}, "没有编码为“nobody”的系统。"),
        ({"office": "nobody"}, "没有代码为“nobody”的单位。"),
        ({"concept": "nobody"}, "没有编码为“nobody”的概念。"),
        ({"by_person": "perhaps"}, "by_person: 请写 yes 或 no。"),
        ({"refreshed_on": "1.3.2026"}, "refreshed_on: 请写成 2026-03-02 这样的日期。"),
        ({"retention_months": "-3"}, "retention_months: 请写数字。"),
        ({"retention_months": "0"}, "retention_months: "),
        ({"retention_months": "99999"}, "retention_months: "),
        ({"theme": "XXXX"}, "theme: "),
        ({"fields": "身份证号"}, "fields: “身份证”能看出是谁。"),
        ({"by_person": "yes"}, "按人查找的数据项只用于本人自己的申请"),
        ({"code": "more"}, "上面有一行编码相同。"),
        ({"code": "not a code"}, "code: "),
    ],
)
def test_a_bad_row_is_refused_by_its_number_and_nothing_is_kept(town, says, why):
    taken = take(row(code="more"), row(**says))
    (refused,) = taken.refused
    assert refused[0] == 3
    assert why in refused[1]
    assert not Item.objects.exists()


def test_systems_come_as_a_file_too(town):
    rows = [
        (2, {"code": "a", "name_zh": "甲系统", "office": "roads"}),
        (3, {"code": "b", "name_zh": "乙系统", "office": "nobody"}),
        (4, {"code": "c", "name_zh": "丙系统", "office": "roads", "client": "nobody"}),
    ]
    taken = actions.import_systems(rows, by=SYSTEM, at=NOON)
    assert [number for number, _why in taken.refused] == [3, 4]
    assert not System.objects.filter(code="a").exists()
    assert actions.import_systems(rows[:1], by=SYSTEM, at=NOON).n_added == 1
    changed = [(2, rows[0][1] | {"note": "已升级"})]
    assert actions.import_systems(changed, by=SYSTEM, at=NOON).n_changed == 1
    assert actions.import_systems(changed, by=SYSTEM, at=NOON).n_same == 1


def upload(text, **says):
    file = SimpleUploadedFile("items.csv", text.encode())
    return {"sort": "items", "file": file} | says


def written(rows):
    out = StringIO()
    names = list(rows[0])
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_the_page_shows_what_would_come_and_then_takes_it(as_, town):
    browser, where = as_("data_officer"), reverse("sharing:take_in")
    shown = browser.post(where, upload(written([row()]))).content.decode()
    assert "新增 1" in shown
    assert not Item.objects.exists()
    browser.post(where, upload(written([row()]), keep="on"))
    assert Item.objects.count() == 1
    refused = browser.post(where, upload(written([row(code="x", name_zh="信访人员")]), keep="on"))
    assert refused.status_code == 422
    assert "数据项只能关于" in refused.content.decode()
    short = browser.post(where, upload("code,name_zh\nx,y\n"))
    assert short.status_code == 422


def test_what_is_saved_is_what_is_taken_in_again(as_, town):
    make.item(town.lamp_control, name_zh="=危险的名字", description_zh="一行\n又一行，带逗号")
    make.person_item(town.lamp_control)
    answer = as_("acceptor").get(reverse("sharing:export", args=["items"]))
    text = answer.content.decode("utf-8-sig")
    assert "'=危险的名字" in text
    rows = list(csv.DictReader(StringIO(text)))
    assert list(rows[0]) == list(readers.ITEM)
    taken = take(*rows)
    assert (taken.refused, taken.n_same) == ([], 2)
    systems = as_("acceptor").get(reverse("sharing:export", args=["systems"]))
    rows = list(csv.DictReader(StringIO(systems.content.decode("utf-8-sig"))))
    again = actions.import_systems(list(enumerate(rows, 2)), by=SYSTEM, at=NOON)
    assert (again.refused, again.n_same) == ([], 2)
    assert as_("acceptor").get("/sharing/manage/secrets.csv").status_code == 404
