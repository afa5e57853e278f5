"""Lists go in by the actions of their own pages, and what goes out comes in again unchanged."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from django.utils.timezone import now
from shapely import Polygon

from gongzhi.accounts.models import Office, Post, User
from gongzhi.assets.actions import add, damage, seed_classes
from gongzhi.assets.actions.keeping import Told
from gongzhi.assets.models import Asset, AssetClass
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.ids import uuid7
from gongzhi.matters.actions import list_duty
from gongzhi.matters.models import Duty, Kind
from gongzhi.places.actions.writing import plain
from gongzhi.places.atlas import forget
from gongzhi.places.models import Address, Edition, Level, Place
from gongzhi.tables import actions, queries, rules
from gongzhi.tables.fields import tables
from gongzhi.tables.queries import files
from gongzhi.tables.states import State
from gongzhi.tables.tests import make

pytestmark = pytest.mark.django_db
SQUARE = Polygon([(120, 30), (120.1, 30), (120.1, 30.1), (120, 30.1)])


def given(folder, table, rows, form):
    """Write rows of a table as a file."""
    path = folder / f"{table.name}.{form}"
    if form == "xlsx":
        with path.open("wb") as book:
            files.write_book(book, table, rows)
        return path
    head = [one.name for one in table.fields]
    lines = files.csv_lines(head, rows) if form == "csv" else files.json_lines(table, rows)
    path.write_bytes("".join(lines).encode())
    return path


def furnish(town):
    """Give the town a row of the duty list, a boundary and names, and an office below another."""
    list_duty(
        kind_code="lamp", place=town.district, level=Level.objects.get(code="district"),
        lead=town.lights, co_offices={town.roads}, otherwise=None, limit_value=3,
        limit_unit="work_day", urgent_value=None, urgent_unit="", ground="=1+1",
        ground_en="", evidence='照片,"前后"', evidence_en="", source="", listed_on=date(2026, 1, 1),
        delisted_on=None, by=SYSTEM, at=make.NOON,
    )  # fmt: skip
    Place.objects.filter(pk=town.district.pk).update(
        boundary=shapely.to_wkb(plain(SQUARE)), lat=30.05, lon=120.05, also=["老城", "鼓楼片"]
    )
    Place.objects.filter(pk=town.grid.pk).update(
        boundary=shapely.to_wkb(plain(SQUARE)), lat=30.05, lon=120.05
    )
    Edition.objects.update_or_create(defaults={"stamp": uuid7(), "changed_at": make.NOON})
    forget()
    told = Told(name="=路灯", lat=30.05, lon=120.05, keeper=town.lights, owner=town.roads)
    seed_classes(by=SYSTEM, at=make.NOON)
    lamp = AssetClass.objects.get(code="0118")
    damage(add(told, asset_class=lamp, by=SYSTEM, at=make.NOON), by=SYSTEM, at=make.NOON)
    Office.objects.filter(pk=town.roads.pk).update(superior=town.lights, phone="0571-1234567")


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("name", ["duties", "catalogue", "places", "assets", "offices"])
def test_what_goes_out_comes_in_again_and_changes_nothing(town, tmp_path, name, form):
    furnish(town)
    table, by = tables()[name], town.staff("administrator")
    before = list(queries.rows(table, by, {}, make.NOON))
    assert before
    path = given(tmp_path, table, before, form)
    run = make.taken(town, path, name, who="administrator", source="")
    assert (run.state, run.fault, make.why(run)) == (State.DONE, "", [])
    assert (run.n_fresh, run.n_known) == (0, len(before))
    assert list(queries.rows(table, by, {}, make.NOON)) == before


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_the_ledger_reads_as_it_was_written(town, tmp_path, form):
    from django.utils.timezone import get_default_timezone

    make.matter(town)
    table = tables()["ledger"]
    before = list(queries.rows(table, town.staff("acceptor"), {}, make.NOON))
    from gongzhi.tables.fields import read
    from gongzhi.tables.readers import read_file

    sheet = read_file(given(tmp_path, table, before, form), table)
    zone = get_default_timezone()
    after = [
        [read(f, cell, zone) for f, cell in zip(table.fields, line.cells, strict=True)]
        for line in sheet.lines
    ]
    assert after == before


def test_a_list_is_looked_through_without_leaving_anything(town, tmp_path):
    row = {
        "code": "parks",
        "duty": "parks",
        "name_zh": "绿化所",
        "name_en": "Parks",
        "place": "990101",
        "calendar": "cn",
    }
    run = make.tried(town, make.path(tmp_path, make.text([row])), "offices", who="administrator")
    assert (run.state, run.n_fresh) == (State.TRIED, 1)
    assert not Office.objects.filter(code="parks").exists()
    actions.take(run, by=town.staff("administrator"), at=make.NOON)
    make.work()
    assert Office.objects.get(code="parks").name_zh == "绿化所"


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"place": "110101"}, "没有编码为“110101”的区域。"),
        ({"calendar": "moon"}, "没有编码为“moon”的日历。"),
        ({"superior": "nobody"}, "没有代码为“nobody”的单位。"),
        ({"code": "roads", "place": "990101001"}, "这个单位属于另一个地点：请另设新单位。"),
    ],
)
def test_an_office_that_cannot_be_is_a_refused_row(town, tmp_path, says, said):
    row = {
        "code": "parks",
        "duty": "parks",
        "name_zh": "绿化所",
        "name_en": "Parks",
        "place": "990101",
        "calendar": "cn",
        "superior": "",
    }
    run = make.tried(
        town, make.path(tmp_path, make.text([row | says])), "offices", who="administrator"
    )
    assert [one[2] for one in make.why(run)] == [said]


def test_a_known_office_is_changed(town, tmp_path):
    row = {
        "code": "roads",
        "duty": "roads",
        "name_zh": "市政养护所",
        "name_en": "Roads",
        "place": "990101",
        "calendar": "cn",
    }
    run = make.taken(town, make.path(tmp_path, make.text([row])), "offices", who="administrator")
    assert run.n_fresh == 1
    assert Office.objects.get(code="roads").name_zh == "市政养护所"


def test_duties_are_taken_all_or_none(town, tmp_path):
    row = {
        "kind": "lamp",
        "place": "990101",
        "level": "district",
        "lead": "lights",
        "listed_on": "2026-01-01",
    }
    file = make.path(tmp_path, make.text([row, row | {"lead": "nobody", "place": "990101001"}]))
    run = make.tried(town, file, "duties", who="administrator")
    assert [(n, said) for n, _c, said in make.why(run)] == [(3, "没有代码为“nobody”的单位。")]
    said = "这张表要么全收，要么一行不收：请改好被拒的行，整份重新发送。"
    with pytest.raises(Exception, match=said):
        actions.take(run, by=town.staff("administrator"), at=make.NOON)
    run = make.send(town, file, "duties", who="administrator", takes=True)
    make.work()
    run.refresh_from_db()
    assert (run.state, run.fault) == (State.FAILED, said)
    assert not Duty.objects.exists()


def test_a_kind_about_persons_is_refused(town, tmp_path):
    kind = next(
        iter(queries.rows(tables()["catalogue"], town.staff("administrator"), {}, make.NOON))
    )
    told = dict(zip([one.name for one in tables()["catalogue"].fields], kind, strict=True))
    told |= {"code": "watch", "name_zh": "重点人员走访"}
    plain = {
        n: "" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
        for n, v in told.items()
    }
    run = make.tried(
        town, make.path(tmp_path, make.text([plain])), "catalogue", who="administrator"
    )
    assert "重点人" in make.why(run)[0][2]
    run = make.tried(
        town,
        make.path(tmp_path, make.text([plain | {"object": "person"}])),
        "catalogue",
        who="administrator",
    )
    assert make.why(run) == [
        (2, "object", "“person”不在可选值之内：place, asset, service, own_request。")
    ]
    assert not Kind.objects.filter(code="watch").exists()


def test_the_same_key_twice_is_refused_in_a_list(town, tmp_path):
    row = {
        "code": "parks",
        "duty": "parks",
        "name_zh": "绿化所",
        "name_en": "Parks",
        "place": "990101",
        "calendar": "cn",
    }
    run = make.tried(
        town, make.path(tmp_path, make.text([row, row])), "offices", who="administrator"
    )
    assert make.why(run) == [(3, "code", "与第 2 行重复：code 不能相同。")]


def test_places_and_addresses_are_read_in_the_declared_system(town, tmp_path):
    rows = [{"name_zh": "幸福路 12 号", "name_en": "", "lon": "120.0", "lat": "30.0"}]
    run = make.taken(
        town, make.path(tmp_path, make.text(rows)), "addresses", who="administrator", crs="gcj-02"
    )
    assert (run.state, run.crs) == (State.DONE, "GCJ02")
    found = Address.objects.get()
    assert found.lon == pytest.approx(119.9954, abs=0.001)
    assert found.lon != 120.0
    flat = [rows[0] | {"name_zh": "幸福路 12 号 3 单元 401 室"}]
    run = make.tried(town, make.path(tmp_path, make.text(flat)), "addresses", who="administrator")
    assert run.n_refused == 1


def test_posts_open_accounts_without_a_password(town, tmp_path):
    rows = [
        {
            "username": "wang_li",
            "name_zh": "王丽",
            "role": "acceptor",
            "place": "990101001",
            "office": "",
        },
        {
            "username": "wang_li",
            "name_zh": "王丽",
            "role": "handler",
            "place": "990101",
            "office": "lights",
        },
        {
            "username": "acceptor",
            "name_zh": "x",
            "role": "acceptor",
            "place": "990101",
            "office": "",
        },
        {"username": "zhao", "name_zh": "赵", "role": "handler", "place": "990101", "office": ""},
    ]
    file = make.path(tmp_path, make.text(rows))
    run = make.taken(town, file, "posts", who="administrator")
    assert (run.n_fresh, run.n_known) == (2, 1)
    assert make.why(run) == [(5, "", "任此职的人都属于一个单位：请填写是哪个单位。")]
    user = User.objects.get(username="wang_li")
    assert not user.has_usable_password()
    assert Post.objects.filter(user=user).count() == 2
    assert not User.objects.filter(username="zhao").exists()


def test_an_unknown_system_of_coordinates_is_refused(town, tmp_path):
    with pytest.raises(Exception, match="无法识别坐标系“moon”。"):
        make.send(town, make.path(tmp_path, make.text([make.row(1)])), crs="moon")


def test_points_place_a_matter(town, tmp_path):
    Place.objects.filter(pk=town.grid.pk).update(
        boundary=shapely.to_wkb(SQUARE), lat=30.05, lon=120.05
    )
    from gongzhi.base.ids import uuid7
    from gongzhi.places.models import Edition

    Place.objects.filter(pk=town.grid.pk).update(
        boundary=shapely.to_wkb(plain(SQUARE)), lat=30.05, lon=120.05
    )
    Edition.objects.update_or_create(only=True, defaults={"stamp": uuid7(), "changed_at": now()})
    rows = [
        make.row(1, place="", lat="30.05", lon="120.05"),
        make.row(2, place="", lat="120.05", lon="30.05"),
        make.row(3, place="", lat="31.05", lon="120.05"),
    ]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    said = [
        "这些坐标不可能是 WGS84。请声明文件实际使用的坐标系。",
        "此点不在本系统服务的任何区域内。",
    ]
    assert [one[2] for one in make.why(run)] == said
    run = make.tried(town, make.path(tmp_path, make.text(rows)), crs="BD09")
    assert run.n_fresh == 1


def test_a_closed_account_gets_no_post(town, tmp_path):
    User.objects.filter(pk=town.worker.pk).update(is_active=False)
    rows = [{"username": "worker", "name_zh": "x", "role": "acceptor", "place": "990101"}]
    run = make.tried(town, make.path(tmp_path, make.text(rows)), "posts", who="administrator")
    assert make.why(run) == [(2, "", "这个账号已注销。")]


def test_assets_come_in_change_and_are_refused_row_by_row(town, tmp_path):
    furnish(town)
    known = Asset.objects.get()

    def row(code, **says):
        usual = {"code": code, "class": "0118", "name_zh": "灯", "lon": "120.05", "lat": "30.05"}
        return usual | {"keeper": "lights", "owner": "", "condition": "", "look_on": ""} | says

    rows = [
        row("9901010118000007", condition="lost", look_on="2026-09-01"),
        row(known.code, name_zh="路灯", condition="in_order"),
        row("9901010118000008", keeper="nobody"),
        row("9901010118000009", lat="10"),
        row("9901010118000010", **{"class": "0599"}),
        row("9901010118000011", name_zh="上访户门口"),
        row("9901010305000001"),
        row("12"),
        row("9901010118000012", name_zh="柳岸路3单元灯"),
    ]
    file = make.path(tmp_path, make.text(rows))
    run = make.tried(town, file, "assets", who="administrator")
    assert (Asset.objects.count(), run.n_fresh) == (1, 2)
    run = make.taken(town, file, "assets", who="administrator")
    assert [number for number, *_rest in make.why(run)] == [4, 5, 6, 7, 8, 9, 10]
    known.refresh_from_db()
    assert (known.name, known.state) == ("路灯", "in_order")
    fresh = Asset.objects.exclude(pk=known.pk).get()
    assert (fresh.state, fresh.look_on) == ("lost", date(2026, 9, 1))


def test_everybody_with_a_post_takes_assets_out_and_administrators_alone_send_them(town):
    table = tables()["assets"]
    who = {name: town.staff(name) for name in ("administrator", "acceptor", "worker")}
    assert [rules.may_get(by, table) for by in who.values()] == [True] * 3
    assert [rules.may_send(by, table) for by in who.values()] == [True, False, False]
