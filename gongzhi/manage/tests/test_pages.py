from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import shapefile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import IN_OFFICE, Absence, Office, Post, Role, User
from gongzhi.accounts.queries import colleagues
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import history
from gongzhi.jobs.models import Job
from gongzhi.manage.urls import urlpatterns
from gongzhi.matters.models import Kind, KindClass
from gongzhi.matters.tests import make
from gongzhi.places.models import Address, Place

pytestmark = pytest.mark.django_db
ROLES = ["acceptor", "dispatcher", "handler", "inspector", "supervisor", "worker", "officer"]
NEVER = "00000000-0000-7000-8000-000000000000"
GIVEN = {"code": "lamp", "username": "worker", "key": NEVER}


@pytest.fixture
def town():
    return make.town()


def signed_in(town, who="administrator"):
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(town, who))
    return client


@pytest.fixture
def client(town):
    return signed_in(town)


def told(answer):
    return answer.content.decode()


def addresses():
    """Return every address of these pages, with something in place of its parts."""
    for one in urlpatterns:
        parts = {name: GIVEN[name] for name in one.pattern.converters}
        yield reverse(f"manage:{one.name}", kwargs=parts)


# --- Who sees these pages.


@pytest.mark.parametrize("who", ROLES)
def test_only_administrators_see_any_of_these_pages(town, who):
    other = signed_in(town, who)

    for address in addresses():
        for answer in (other.get(address), other.post(address)):
            assert answer.status_code in (403, 405), address
    assert "These pages are for administrators." in told(other.get("/manage/"))


def test_others_sign_in_first(town):
    for address in addresses():
        assert Client().get(address).status_code in (302, 405), address


def test_every_page_opens_for_an_administrator(town, client):
    pages = (
        "catalogue/ catalogue/new/ catalogue/lamp/ places/ places/990101/ places/990101/qr/"
        " places/import/ offices/ offices/lights/ staff/ staff/@worker/ staff/new/ absences/ jobs/ history/"
        " duties/ duties/new/ duties/compare/ duties/faults/ duties/import/ duties/export/"
        " calendars/ calendars/cn/ calendars/cn/list/ calendars/cn/hours/ rules/ rules/new/"
    )
    for page in ["", *pages.split()]:
        assert client.get(f"/manage/{page}").status_code == 200, page


def test_what_is_not_there_is_not_found(town, client):
    for page in (
        "catalogue/none/",
        "places/000000/",
        "staff/@nobody/",
        f"history/{NEVER}/",
        f"duties/{NEVER}/",
        "calendars/none/",
    ):
        assert client.get(f"/manage/{page}").status_code == 404, page


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    "page", ["staff/", "catalogue/", "offices/", "jobs/", "absences/", "places/990101/"]
)
def test_lists_cost_the_same_whatever_their_length(town, client, queries, page, n):
    at = now()
    for k in range(n):
        user = open_account(
            username=f"more{k}", name_zh="某", name_en="", password="", by=SYSTEM, at=at
        )
        appoint(user, role="grid_worker", place=town.next_grid, by=SYSTEM, at=at)
        make.kind(KindClass.objects.get(), f"more{k}", "更多", "More")
        make.place(f"99010100{k + 2}", "某街道", town.township.level, town.district)
        Job.objects.create(topic="matter", created_at=at, run_after=at, failed_at=at)
        Absence.objects.create(
            user=user, deputy=town.worker, starts_at=at, ends_at=at + timedelta(days=1)
        )
        found(
            code=f"more{k}", duty="more", name_zh="某所", name_en="More", place=town.district,
            calendar=town.roads.calendar, by=SYSTEM, at=at,
        )  # fmt: skip
    client.get(f"/manage/{page}")
    with queries(page):
        client.get(f"/manage/{page}")


# --- The catalogue.


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


# --- Places.


def names(place, **says):
    usual = {"version": place.version, "name_zh": place.name_zh, "name_en": "", "local_code": ""}
    return usual | {"also": ""} | says


def test_names_people_use_are_kept_one_a_line(town, client):
    said = names(town.grid, also="柳岸市场\n\n 东门站 \n柳岸市场", name_en="Willow grid")

    assert client.post(f"/manage/places/{town.grid.code}/", said).status_code == 302

    kept = Place.objects.get(pk=town.grid.pk)
    assert (kept.also, kept.name_en) == (["柳岸市场", "东门站"], "Willow grid")


def test_of_two_who_rename_at_once_the_second_reads_so(town, client):
    stale = names(town.grid, also="甲")
    client.post(f"/manage/places/{town.grid.code}/", stale)

    answer = client.post(f"/manage/places/{town.grid.code}/", stale | {"also": "乙"})

    assert answer.status_code == 409
    assert Place.objects.get(pk=town.grid.pk).also == ["甲"]


def test_a_place_keeps_a_chinese_name(town, client):
    answer = client.post(f"/manage/places/{town.grid.code}/", names(town.grid, name_zh=" "))
    assert answer.status_code == 422


def feature(code, level, west, **says):
    corners = [[west, 30], [west + 0.01, 30], [west + 0.01, 30.01], [west, 30.01], [west, 30]]
    properties = {"code": code, "name_zh": f"网格{code[-2:]}", "level": level} | says
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


def geojson(*features, name="places.geojson"):
    whole = {"type": "FeatureCollection", "features": features}
    return SimpleUploadedFile(name, json.dumps(whole).encode())


def upload(client, file, crs="WGS84", what="places"):
    said = {"what": what, "file": file, "crs": crs}
    return client.post("/manage/places/import/", said)


def test_a_file_adds_places_and_refuses_bad_rows_one_by_one(town, client):
    parent = {"parent": town.community.code}
    answer = upload(
        client,
        geojson(
            feature("990101001001011", "grid", 110.0, **parent),
            feature("990101001001012", "grid", 110.005, **parent),  # over the first
            feature("12", "grid", 110.5, **parent),
        ),
    )

    done = answer.context["done"]
    assert done.added == ("990101001001011",)
    assert {row.number for row in done.refused} == {2, 3}
    assert "Refused rows" in told(answer)
    assert Place.objects.filter(code="990101001001011").exists()


def test_a_file_of_addresses_is_the_library_or_leaves_it_as_it_is(town, client):
    def library(*lines):
        text = "\n".join(("名称,经度,纬度", *lines))
        return upload(client, SimpleUploadedFile("a.csv", text.encode()), what="addresses")

    assert "The library holds 1 addresses." in told(library("翠微路2号,116,40"))
    answer = library("翠微路4号,116,40", "翠微路6号301室,116,40")
    assert "Leave out floors and flats." in told(answer)
    assert Address.objects.get().name_zh == "翠微路2号"


def test_the_same_file_again_changes_nothing(town, client):
    file = feature("990101001001011", "grid", 110.0, parent=town.community.code)
    upload(client, geojson(file))

    done = upload(client, geojson(file)).context["done"]

    assert (done.added, done.changed, done.n_same, done.refused) == ((), (), 1, ())


def test_a_shapefile_comes_whole_in_a_zip(town, client, tmp_path):
    with shapefile.Writer(str(tmp_path / "网格")) as writer:
        for name in ("code", "name_zh", "level", "parent"):
            writer.field(name, "C", 40)
        writer.poly([[[110, 30], [110, 30.01], [110.01, 30.01], [110.01, 30], [110, 30]]])
        writer.record("990101001001011", "新网格", "grid", town.community.code)
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for part in tmp_path.iterdir():
            archive.write(part, f"数据/{part.name}")

    done = upload(client, SimpleUploadedFile("a.zip", packed.getvalue())).context["done"]

    assert (done.added, done.refused) == (("990101001001011",), ())


def zipped(**files):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return SimpleUploadedFile("a.zip", packed.getvalue())


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("a.zip", b"no zip"), "The .zip cannot be opened."),
        (zipped(readme_txt=b"hello"), "The .zip must hold one shapefile"),
        (zipped(a_shp=b"", b_shp=b""), "The .zip must hold one shapefile"),
        (zipped(a_shp=b"x", a_dbf=b"x", a_shx=b"x"), "The shapefile cannot be read."),
        (SimpleUploadedFile("a.exe", b"MZ"), "Give a .geojson, .csv or .zip file."),
        (SimpleUploadedFile("a.geojson", b"{}"), "The file is not a GeoJSON FeatureCollection."),
        (SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), "The file lacks these columns"),
        (SimpleUploadedFile("a.csv", b"\xff\xfe\x00\xd8" * 50), "The file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_changes_nothing(town, client, file, sentence):
    n = Place.objects.count()

    answer = upload(client, file)

    assert answer.status_code == 422
    assert sentence in told(answer)
    assert Place.objects.count() == n


def test_a_cell_that_begins_like_a_formula_is_refused(town, client):
    lines = "code,name_zh,level,parent\n990101001001011,=cmd|'/c calc'!A0,grid,990101001001\n"
    answer = upload(client, SimpleUploadedFile("a.csv", lines.encode()))

    assert "A cell begins like a formula" in answer.context["done"].refused[0].sentence


def test_the_coordinate_system_must_be_declared(town, client):
    answer = upload(client, geojson(), crs="")
    assert (answer.status_code, bool(answer.context["form"].errors["crs"])) == (422, True)


def test_labels_open_the_form_with_the_place_filled_in(town, client, settings):
    settings.ORIGIN = "https://gongzhi.example"
    page = client.get(f"/manage/places/{town.community.code}/qr/")

    labels = page.context["labels"]
    assert [label.place for label in labels] == [town.community, town.grid, town.next_grid]
    assert labels[1].address == f"https://gongzhi.example/raise/?place={town.grid.code}"
    assert told(page).count("<svg") - told(page).count('class="icon') == 3


def test_labels_come_some_pages_at_a_time(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.manage.queries.SHEETS", 2)
    first = client.get("/manage/places/990101/qr/?sheet=1")
    second = client.get("/manage/places/990101/qr/", {"after": first.context["after"]})

    codes = [label.place.code for page in (first, second) for label in page.context["labels"]]
    assert codes == ["990101", "990101001", "990101001001", "990101001001001"]


# --- Offices.


def office(**says):
    usual = {"name_zh": "园林所", "name_en": "Parks", "code": "parks", "duty": "greening"}
    return usual | {"place": "990101 云溪区", "phone": "000-1234"} | says


def test_an_office_is_founded(town, client):
    said = office(calendar=town.roads.calendar_id)
    assert client.post("/manage/offices/", said).url == "/manage/offices/"
    founded = Office.objects.get(code="parks")
    assert (founded.duty, founded.place, founded.phone) == ("greening", town.district, "000-1234")


@pytest.mark.parametrize(
    "says", [{"code": "roads"}, {"place": "123"}, {"place": " "}, {"duty": "a b"}]
)
def test_a_bad_office_is_told_and_not_founded(town, client, says):
    answer = client.post("/manage/offices/", office(calendar=town.roads.calendar_id, **says))
    assert (answer.status_code, Office.objects.count()) == (422, 2)


def test_an_office_where_nobody_serves_is_shown_so(town, client):
    client.post("/manage/offices/", office(calendar=town.roads.calendar_id))
    assert "nobody" in told(client.get("/manage/offices/"))


def test_an_office_is_changed_on_its_page(town, client):
    said = {"name_zh": "路灯所", "name_en": "Lighting", "duty": "lights", "phone": "000-9"}
    said |= {"calendar": town.lights.calendar_id}
    assert client.post("/manage/offices/lights/", said).url == "/manage/offices/lights/"
    page = told(client.get("/manage/offices/lights/"))
    assert ("“Lighting” is changed." in page, 'value="000-9"' in page) == (True, True)
    again = client.post("/manage/offices/lights/", said)
    assert (again.status_code, "Nothing of it would change." in told(again)) == (422, True)


def test_an_office_that_is_at_work_or_filled_is_not_closed_and_says_why(town, client):
    close = "/manage/offices/lights/close/"
    filled = client.post(close)
    assert (filled.status_code, "Its posts are filled" in told(filled)) == (422, True)
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    busy = client.post(close, {"end_posts": "on"})
    assert (busy.status_code, "It leads 1 matter that has not ended" in told(busy)) == (422, True)
    make.walk(town, matter, "send_back")
    assert client.post(close, {"end_posts": "on"}).url == "/manage/offices/"
    assert not Office.objects.get(code="lights").is_active
    assert "Close the office" not in told(client.get("/manage/offices/lights/"))


# --- People and posts.


def account(**says):
    usual = {"username": "new.one", "name_zh": "新人", "password": "a long way to go"}
    return usual | says


def test_an_account_is_opened_and_its_owner_can_sign_in(town, client):
    assert client.post("/manage/staff/new/", account()).url == "/manage/staff/@new.one/"
    said = {"login": "new.one", "password": "a long way to go"}
    assert Client().post("/sign-in/", said)["Location"] == "/start/"


@pytest.mark.parametrize(
    "says",
    [{"username": "worker"}, {"username": "Big Name"}, {"password": "1234"}, {"name_zh": ""}],
)
def test_a_bad_account_is_told_and_not_opened(town, client, says):
    n = User.objects.count()
    answer = client.post("/manage/staff/new/", account(**says))
    assert (answer.status_code, User.objects.count()) == (422, n)


def test_people_are_found_by_name_and_by_the_code_of_their_place(town, client):
    for asked in ("worke", "worker同志", town.grid.code):
        found = client.get("/manage/staff/", {"q": asked}).context["people"]
        assert [user.username for user in found] == ["worker"]
    assert "Nobody found" in told(client.get("/manage/staff/?q=%F0%9F%92%A5"))


def test_people_have_names_of_people_in_chinese(town, client):
    page = told(client.get("/manage/staff/", headers={"accept-language": "zh-hans"}))
    assert '<th scope="col">姓名</th>' in page


def test_the_list_of_people_pages_by_name(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.manage.queries.PAGE", 4)
    seen, after = [], ""
    while True:
        page = client.get("/manage/staff/", {"after": after}).context
        seen += [user.username for user in page["people"]]
        after = page["after"]
        if not after:
            break
    assert seen == sorted(User.objects.values_list("username", flat=True))


def test_somebody_is_appointed_and_the_post_ends_once_another_fills_it(town, client):
    said = {"role": "grid_worker", "place": town.grid.code, "office": ""}
    client.post("/manage/staff/@stranger/appoint/", said)
    post = Post.objects.get(user=town.worker)

    assert client.post("/manage/staff/@worker/end/", {"post": post.pk}).status_code == 302
    assert Post.objects.get(pk=post.pk).valid_to


def test_the_last_one_in_a_post_cannot_leave_it(town, client):
    post = Post.objects.get(user=town.worker)

    answer = client.post("/manage/staff/@worker/end/", {"post": post.pk})

    assert answer.status_code == 422
    assert "appoint a successor first" in told(answer)
    assert Post.objects.get(pk=post.pk).valid_to is None


def test_a_post_of_somebody_else_is_not_ended_from_this_page(town, client):
    post = Post.objects.get(user=town.acceptor)
    assert client.post("/manage/staff/@worker/end/", {"post": post.pk}).status_code == 422
    assert client.post("/manage/staff/@worker/end/", {"post": "x"}).status_code == 422


@pytest.mark.parametrize(
    "says", [{"role": "handler"}, {"role": "king"}, {"place": "7"}, {"place": ""}]
)
def test_a_bad_appointment_is_told_and_fills_nothing(town, client, says):
    n = Post.objects.count()
    usual = {"role": "grid_worker", "place": town.grid.code, "office": ""}
    answer = client.post("/manage/staff/@stranger/appoint/", usual | says)
    assert (answer.status_code, Post.objects.count()) == (422, n)


def local(at):
    return f"{at + timedelta(hours=8):%Y-%m-%dT%H:%M}"


def test_an_absence_is_recorded_and_ended_for_somebody(town, client):
    at = now()
    appoint(
        town.stranger,
        role="handler",
        place=town.district,
        office=town.lights,
        by=SYSTEM,
        at=at,
    )
    said = {
        "starts_at": local(at),
        "ends_at": local(at + timedelta(days=3)),
        "deputy": town.stranger.pk,
    }

    client.post("/manage/staff/@handler/leave/", said)
    absence = Absence.objects.get()
    assert "handler" in told(client.get("/manage/absences/"))

    client.post("/manage/absences/", {"absence": absence.pk})
    assert not Absence.objects.filter(ends_at__gt=now()).exists()


@pytest.mark.parametrize("role", Role.values)
def test_in_every_post_somebody_can_be_named_to_stand_in_by_themselves_or_an_administrator(
    town, client, role
):
    at = now()
    office = town.lights if role in IN_OFFICE else None
    place = town.grid if role.startswith("grid") else town.district
    alone = open_account(
        username="alone", name_zh="独一人", name_en="Alone", password="", by=SYSTEM, at=at
    )
    appoint(alone, role=role, place=place, office=office, by=SYSTEM, at=at)
    own = Client()
    own.force_login(alone)
    for browser, link in (
        (client, "/manage/staff/@alone/leave/"),
        (own, reverse("accounts:leave")),
    ):
        said = {"starts_at": local(at), "ends_at": local(at + timedelta(days=1))}
        deputies = colleagues(alone, at)
        assert deputies
        answer = browser.post(link, said | {"deputy": deputies[0].pk})
        assert answer.status_code == 302, told(answer)
        absence = Absence.objects.get()
        assert [e.verb for e in history(absence.pk)] == ["absence.leave"]
        absence.delete()


def test_others_are_offered_to_stand_in_only_where_nobody_fills_the_same_post(town):
    assert town.dispatcher in colleagues(town.acceptor, now())
    assert town.handler not in colleagues(town.acceptor, now())

    at = now()
    twin = open_account(
        username="twin", name_zh="一同", name_en="Twin", password="", by=SYSTEM, at=at
    )
    appoint(twin, role=Role.ACCEPTOR, place=town.township, by=SYSTEM, at=at)
    assert list(colleagues(town.acceptor, at)) == [twin]


def test_a_new_password_is_given(town, client):
    client.post("/manage/staff/@worker/password/", {"password": "over the hills"})
    assert User.objects.get(username="worker").check_password("over the hills")
    assert client.post("/manage/staff/@worker/password/", {"password": "123"}).status_code == 422


def test_an_account_is_closed_only_without_posts(town, client):
    answer = client.post("/manage/staff/@worker/close/")
    assert (answer.status_code, "They still hold a post" in told(answer)) == (422, True)

    Post.objects.filter(user=town.worker).update(valid_to=now())
    client.post("/manage/staff/@worker/close/")
    assert not User.objects.get(username="worker").is_active


# --- Jobs and histories.


def job(**says):
    at = now()
    usual = {"topic": "letter", "created_at": at, "run_after": at}
    return Job.objects.create(**usual | says)


def test_a_failed_job_shows_its_error_and_runs_again_at_a_press(town, client):
    broken = job(failed_at=now(), attempts=10, error="OSError: <b>no route</b>")
    job(topic="matter")

    page = told(client.get("/manage/jobs/"))
    assert "OSError: &lt;b&gt;no route&lt;/b&gt;" in page

    client.post("/manage/jobs/retry/", {"job": broken.pk})
    broken.refresh_from_db()
    assert (broken.failed_at, broken.attempts, broken.error) == (None, 0, "")


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "9" * 30])
def test_a_job_that_is_not_waiting_is_not_run(town, client, key):
    waiting = job()
    assert client.post("/manage/jobs/retry/", {"job": key}).status_code == 422
    assert client.post("/manage/jobs/retry/", {"job": waiting.pk}).status_code == 422


def test_a_history_is_found_by_number_or_key_and_shows_that_it_is_whole(town, client):
    matter = make.walk(town, make.matter(town, text="只给经办人看的话。"), "accept")

    for asked in (matter.number, matter.number.lower().replace("-", ""), str(matter.pk)):
        assert client.get("/manage/history/", {"q": asked}).url == f"/manage/history/{matter.pk}/"
    page = told(client.get(f"/manage/history/{matter.pk}/"))

    assert "The chain is whole" in page
    assert re.findall(r"matter\.\w+", page) == ["matter.receive", "matter.accept"]


def test_a_history_shows_neither_words_nor_names(town, client):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")
    page = told(client.get(f"/manage/history/{matter.pk}/"))

    assert "灯已修好" not in page
    assert "同志" not in page


def test_a_history_that_was_changed_is_shown_as_broken(town, client):
    matter = make.walk(town, make.matter(town), "accept")
    first = history(matter.pk)[0]
    Entry.objects.filter(pk=first.pk).update(facts={"kind": "hole"})

    assert "The chain is broken" in told(client.get(f"/manage/history/{matter.pk}/"))


def test_what_has_no_history_is_told(town, client):
    for asked in ("nonsense", NEVER, "260302-001-000000-X"):
        assert "has no history here" in told(client.get("/manage/history/", {"q": asked}))
