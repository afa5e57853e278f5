"""The catalogue on its pages."""

from __future__ import annotations

import re

import pytest
from django.utils.timezone import localdate, now

from gongzhi.accounts.actions import found
from gongzhi.audit.actors import SYSTEM
from gongzhi.manage.tests.make import told
from gongzhi.matters.models import Kind, KindClass
from gongzhi.matters.tests import make


def kind(**says):
    usual = {
        "kind_class": KindClass.objects.get().pk,
        "code": "bench",
        "listed_on": localdate().isoformat(),
        "name_zh": "座椅破损",
        "name_en": "Broken bench",
        "object": "asset",
        "duty": "roads",
        "limit_value": 5,
        "limit_unit": "work_day",
        "urgent_value": 24,
        "urgent_unit": "urgent_hour",
        "inspection": "photo",
        "public": "on",
    }
    return {name: value for name, value in (usual | says).items() if value is not None}


def test_a_new_kind_is_listed(town, client):
    assert client.post("/manage/catalogue/new/", kind()).url == "/manage/catalogue/bench/"
    listed = Kind.objects.get(code="bench")
    assert (listed.edition, listed.object, listed.public, listed.settles) == (
        1,
        "asset",
        True,
        False,
    )
    assert "Broken bench" in told(client.get("/manage/catalogue/"))


def test_a_new_edition_ends_the_one_before_and_keeps_it(town, client):
    today = localdate()

    client.post("/manage/catalogue/lamp/", kind(code=None, limit_value=3, name_en="Lamp out"))

    old, new = Kind.objects.filter(code="lamp").order_by("edition")
    assert (old.limit_value, old.delisted_on, old.name_en) == (5, today, "Street lamp out")
    assert (new.edition, new.limit_value, new.listed_on) == (2, 3, today)


def test_an_edition_does_not_begin_before_the_one_it_follows(town, client):
    answer = client.post("/manage/catalogue/lamp/", kind(code=None, listed_on="2024-12-31"))

    assert answer.status_code == 422
    assert "A new edition begins after the one before it." in told(answer)


def test_a_kind_is_delisted(town, client):
    client.post("/manage/catalogue/lamp/delist/", {"on": localdate().isoformat()})
    assert Kind.objects.get(code="lamp").delisted_on == localdate()


def test_a_duty_is_named_by_the_office_whose_it_is(town, client):
    duty = "绿化所"
    for n, part in enumerate((town.township, town.next_grid)):
        found(
            code=f"green{n}", duty="green", name_zh=f"{part.name_zh}{duty}", name_en="Green",
            place=part, calendar=town.roads.calendar, by=SYSTEM, at=now(),
        )  # fmt: skip
    make.kind(KindClass.objects.get(), "tree", "树倒了", "Fallen tree", duty="green")
    make.kind(KindClass.objects.get(), "well", "井盖丢失", "Manhole", duty="nobodys")
    chinese = {"accept-language": "zh-hans"}

    page = told(client.get("/manage/catalogue/", headers=chinese))
    cells = re.findall(r"<td>([^<]*)</td>", page)
    assert {"路灯管理所", "道路养护所", duty, "nobodys"} <= set(cells)
    assert not {"lights", "roads", "green"} & set(cells)
    assert "<dd>路灯管理所</dd>" in told(client.get("/manage/catalogue/lamp/", headers=chinese))
    form = told(client.get("/manage/catalogue/new/", headers=chinese))
    assert '<option value="lights">路灯管理所</option>' in form


@pytest.mark.parametrize("on", ["", "2020-01-01", "tomorrow"])
def test_a_kind_cannot_end_on_a_day_that_is_none_or_before_it_began(town, client, on):
    assert client.post("/manage/catalogue/lamp/delist/", {"on": on}).status_code == 422
    assert Kind.objects.get(code="lamp").delisted_on is None


@pytest.mark.parametrize("about", ["person", "gathering", "dwelling", "household", ""])
def test_there_is_no_object_for_a_person_a_gathering_or_a_dwelling(town, client, about):
    answer = client.post("/manage/catalogue/new/", kind(object=about))

    assert answer.status_code == 422
    assert answer.context["form"].errors["object"]
    assert not Kind.objects.filter(code="bench").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("name_zh", "重点人员走访"),
        ("name_zh", "信访人员稳控"),
        ("name_zh", "吸毒人员排查"),
        ("name_zh", "刑满释放人员帮教"),
        ("name_zh", "宗教活动检查"),
        ("name_zh", "精神障碍患者随访"),
        ("name_zh", "重 点 人 员"),
        ("hint_zh", "发现群众上访请及时上报。"),
        ("evidence", "入户登记表"),
        ("keywords", "聚集|游行"),
        ("name_en", "Visits to petitioners"),
        ("name_en", "Drug users"),
    ],
)
def test_words_of_persons_are_refused_with_a_sentence_wherever_they_stand(
    town, client, name, words
):
    answer = client.post("/manage/catalogue/new/", kind(**{name: words}))

    assert answer.status_code == 422
    assert "kinds are about places, assets, services" in told(answer)
    assert not Kind.objects.filter(code="bench").exists()


@pytest.mark.parametrize(
    "says",
    [
        {"limit_value": 0},
        {"limit_value": ""},
        {"limit_unit": "moon"},
        {"code": "no blanks"},
        {"code": "lamp"},
        {"duty": "nobodys"},
        {"name_zh": "长" * 61},
    ],
)
def test_bad_input_of_a_kind_is_told_and_lists_nothing(town, client, says):
    n = Kind.objects.count()
    says = says | ({"listed_on": "2025-01-01"} if says == {"code": "lamp"} else {})

    answer = client.post("/manage/catalogue/new/", kind(**says))

    assert answer.status_code == 422
    assert Kind.objects.count() == n
