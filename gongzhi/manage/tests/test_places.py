"""Places on their pages: names, files, labels."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
import shapefile
from django.core.files.uploadedfile import SimpleUploadedFile

from gongzhi.manage.tests.make import told
from gongzhi.places.models import Address, Place


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


def spoiled(at, to):
    """Return a packed shapefile whose heads say ``to`` in the two bytes ``at``, in both places."""
    whole = bytearray(zipped(a_shp=b"x" * 9).read())
    for begin, offset in ((whole.find(b"PK\x03\x04"), at), (whole.find(b"PK\x01\x02"), at + 2)):
        whole[begin + offset : begin + offset + 2] = to.to_bytes(2, "little")
    return SimpleUploadedFile("a.zip", bytes(whole))


LOCKED, UNKNOWN = spoiled(6, 1), spoiled(8, 97)  # its flags, and how it is packed


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("a.zip", b"no zip"), "The .zip cannot be opened."),
        (LOCKED, "The .zip cannot be opened."),
        (UNKNOWN, "The .zip cannot be opened."),
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
