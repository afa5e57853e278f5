from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongzhi.audit.models import Entry
from gongzhi.matters.models import Matter
from gongzhi.tables.fields import tables
from gongzhi.tables.models import Drop, Run
from gongzhi.tables.states import State
from gongzhi.tables.tests import make

pytestmark = pytest.mark.django_db


def page(browser, name, *args):
    return browser.get(reverse(f"tables:{name}", args=args))


def text(response):
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    return whole.decode("utf-8-sig")


def post(browser, content, table="matters", name="旧台账.csv", **typed):
    file = SimpleUploadedFile(name, content.encode())
    said = {"file": file, "source": "老台账", "crs": "WGS84", "encoding": ""} | typed
    return browser.post(reverse("tables:table", args=[table]), said, follow=True)


def test_an_acceptor_sends_a_file_sees_what_is_wrong_and_takes_the_rest(as_, town):
    browser = as_("acceptor")
    assert "发送文件" in text(page(browser, "index"))
    shown = text(post(browser, make.text([make.row(1), make.row(2, urgent="maybe")])))
    assert "正在查看" in shown
    assert 'hx-trigger="every 2s"' in shown
    make.work(make.at("2030-01-01 00:00"))
    run = Run.objects.get()
    shown = text(page(browser, "run", run.pk))
    for word in (
        "旧台账.csv",
        "可导入",
        "“这一格”既不是“是”也不是“否”：请写 true 或 false。",
        "导入其余各行",
    ):
        assert word in shown
    assert "hx-trigger" not in shown
    browser.post(reverse("tables:take", args=[run.pk]))
    make.work(make.at("2030-01-01 00:00"))
    assert "已导入" in text(page(browser, "run", run.pk))
    assert Matter.objects.count() == 1
    rows = list(csv.reader(io.StringIO(text(page(browser, "refused", run.pk)))))
    assert rows[0][:3] == ["_row", "_column", "_reason"]
    assert rows[1][:2] == ["3", "urgent"]
    assert Entry.objects.filter(subject=town.acceptor.pk, verb="tables.refused").count() == 1
    browser.post(reverse("tables:erase", args=[run.pk]))
    assert "已删除" in text(page(browser, "run", run.pk))


def test_an_administrator_reads_why_rows_of_others_were_refused_and_not_the_rows(
    as_, town, tmp_path
):
    rows = [make.row(1, urgent="x", phone="13800138000")]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    said = text(page(as_("administrator"), "refused", run.pk))
    assert "13800138000" not in said
    assert "2,urgent," in said
    assert "13800138000" in text(page(as_("acceptor"), "refused", run.pk))


def test_htmx_gets_the_part_alone(as_, town, tmp_path):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])))
    link = reverse("tables:run", args=[run.pk])
    shown = text(as_("acceptor").get(link, headers={"HX-Request": "true"}))
    assert shown.startswith('<div class="stack" id="run"')


@pytest.mark.parametrize(
    ("content", "typed", "said"),
    [
        ("id,text,color\n1,a,b\n", {}, "这张表没有“color”这一列"),
        ("id,text\n1,a\n", {"source": ""}, "errorlist"),
        ("id,text\n1,a\n", {"crs": "moon"}, "errorlist"),
        ("", {}, "errorlist"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(as_, town, content, typed, said):
    answer = post(as_("acceptor"), content, **typed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Run.objects.exists()


def test_who_may_not_reads_why(as_, town, tmp_path):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])), who="administrator")
    browser = as_("handler")
    for args, said in (
        (("index",), "只有管理员和受理员可以发送文件。"),
        (("table", "offices"), "您既无权发送这张表的文件，也无权取出。"),
        (("add_drop",), "只有管理员可以管理文件目录。"),
    ):
        answer = page(browser, *args)
        assert answer.status_code == 403
        assert said in text(answer)
    assert page(browser, "table", "nonsense").status_code == 404
    assert page(browser, "table", "ledger").status_code == 200
    assert page(browser, "get", "offices", "csv").status_code == 403
    browser = as_("acceptor")
    assert page(browser, "run", run.pk).status_code == 404
    assert page(browser, "refused", run.pk).status_code == 404
    assert browser.post(reverse("tables:take", args=[run.pk])).status_code == 404
    assert page(browser, "add_drop").status_code == 403
    answer = page(browser, "get", "matters", "csv")
    assert answer.status_code == 403
    assert "您无权取出这张表。" in text(answer)


def test_a_person_does_not_press_what_the_program_does(as_, town, tmp_path):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])))
    for name in ("check", "finish", "fail"):
        answer = as_("administrator").post(reverse(f"tables:{name}", args=[run.pk]))
        assert answer.status_code == 403
        assert "这一步只由程序完成。" in text(answer)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("name", [n for n, one in tables().items() if one.goes_out])
def test_every_table_goes_out_in_every_form_and_it_is_recorded(as_, town, name, ending):
    make.matter(town)
    answer = page(as_("administrator"), "get", name, ending)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
    assert answer["Cache-Control"] == "no-store"
    noted = Entry.objects.get(subject=town.administrator.pk, verb="tables.export")
    assert noted.facts == {"table": name, "form": ending}


def test_the_ledger_holds_what_the_reader_may_see_and_of_sealed_kinds_the_state_alone(as_, town):
    make.matter(town)
    make.matter(town, kind=town.conduct)
    rows = list(csv.DictReader(io.StringIO(text(page(as_("acceptor"), "get", "ledger", "csv")))))
    assert sorted(row["kind"] for row in rows) == ["", "lamp"]
    sealed = next(row for row in rows if not row["kind"])
    assert [name for name, cell in sealed.items() if cell] == ["number", "state"]
    assert list(rows[0]) == [one.name for one in tables()["ledger"].fields]
    narrowed = text(
        as_("acceptor").get(reverse("tables:get", args=["ledger", "csv"]) + "?kind=hole")
    )
    assert len(narrowed.splitlines()) == 1
    link = reverse("tables:get", args=["ledger", "csv"])
    month = text(as_("acceptor").get(link, {"month": "2026-03", "state": "received"}))
    assert len(month.splitlines()) == 3
    refused = as_("acceptor").get(link, {"month": "soon"})
    assert refused.status_code == 422
    assert "月份请写成 2026-03 这样。" in text(refused)
    assert len(text(page(as_("stranger"), "get", "ledger", "csv")).splitlines()) == 1


def test_no_table_that_goes_out_says_anything_of_a_person():
    out = {field.name for one in tables().values() if one.goes_out for field in one.fields}
    assert not out & {"name", "email", "contact", "text", "title", "username", "requester"}
    personal = [f.name for one in tables().values() for f in one.fields if f.personal]
    assert personal == ["name", "phone", "email"]
    assert {one.name: one.key for one in tables().values() if set(one.key) & {*personal}} == {}


@pytest.mark.parametrize("name", sorted(tables()))
def test_a_template_and_a_schema_are_given(as_, town, name):
    browser = as_("administrator")
    for ending in ("csv", "xlsx"):
        answer = page(browser, "template", name, ending)
        assert b"".join(answer.streaming_content)
    told = json.loads(text(page(browser, "package", name)))
    fields = told["resources"][0]["schema"]["fields"]
    assert [one["name"] for one in fields] == [one.name for one in tables()[name].fields]
    assert text(page(browser, "template", name, "csv")).strip().split(",") == [
        one["name"] for one in fields
    ]
    shown = text(page(browser, "table", name))
    assert all(one["title_zh"] in shown for one in fields)


def typed(**says):
    usual = {"name": "热线每日", "way": "in", "table": "matters", "folder": "hotline"}
    usual |= {"owner": "acceptor", "source": "热线", "crs": "GCJ02", "encoding": "gb18030"}
    return usual | {"form": "csv", "minutes": "30"} | says


def test_a_folder_is_added_changed_stopped_and_started(as_, town, root):
    browser = as_("administrator")
    link = reverse("tables:add_drop")
    answer = browser.post(link, typed(folder="../x"))
    assert answer.status_code == 422
    assert "请写成 hotline/daily 这样的目录" in text(answer)
    shown = text(browser.post(link, typed(), follow=True))
    for word in ("热线每日", "收进文件", "acceptor同志", "启用"):
        assert word in shown
    drop = Drop.objects.get()
    assert (drop.crs, drop.encoding, drop.minutes) == ("GCJ02", "gb18030", 30)
    change = reverse("tables:change", args=[drop.pk])
    assert 'value="hotline"' in text(browser.get(change))
    assert "已修改。" in text(browser.post(change, typed(minutes="60"), follow=True))
    assert "停用" in text(browser.post(reverse("tables:stop", args=[drop.pk]), follow=True))
    browser.post(reverse("tables:start", args=[drop.pk]))
    drop.refresh_from_db()
    assert (drop.minutes, drop.is_active) == (60, True)
    assert "热线每日" in text(page(browser, "index"))


def test_the_page_of_a_folder_shows_its_files(as_, town, root):
    drop = make.drop(town)
    (root / "hotline").mkdir()
    (root / "hotline" / "a.csv").write_text(make.text([make.row(1)]))
    (root / "hotline" / "b.csv").write_text("x")
    make.look(make.at("2026-03-02 12:15"))
    make.look(make.at("2026-03-02 12:30"))
    shown = text(page(as_("administrator"), "drop", drop.pk))
    for word in ("a.csv", "已导入", "b.csv", "无法读取"):
        assert word in shown


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.usefixtures("root")
def test_pages_ask_alike_for_one_and_for_three(as_, town, tmp_path, queries, n):
    for number in range(n):
        rows = make.text([make.row(number), make.row(n + number, urgent="maybe")])
        run = make.tried(town, make.path(tmp_path, rows))
        drop = make.drop(town, folder=f"in{number}")
    assert run.state == State.TRIED
    browser = as_("administrator")
    with queries("index"):
        page(browser, "index")
    with queries("run"):
        page(browser, "run", run.pk)
    with queries("drop"):
        page(browser, "drop", drop.pk)
    with queries("table"):
        page(browser, "table", "matters")
