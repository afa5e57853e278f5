from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.tests import make
from gongzhi.opendata import actions, queries
from gongzhi.opendata.models import Volume


@pytest.fixture
def published(town):
    at = now()
    for _n in range(3):
        make.matter(town, at=at)
    actions.publish(by=SYSTEM, at=at)
    return f"matters-{at:%Y-%m}"


def test_anybody_sees_the_page_without_signing_in(client, published):
    page = client.get("/data/").content.decode()
    assert "开放数据" in page
    assert f"/data/{published}.csv" in page
    assert "&lt;5" in page  # three matters are few


def test_without_files_the_page_says_when_they_come(client, town):
    assert "尚无文件" in client.get("/data/").content.decode()


def test_a_file_is_sent_with_its_name_and_digest(client, published):
    answer = client.get(f"/data/{published}.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="{published}.csv"'
    assert answer["ETag"] == f'"{Volume.objects.get(name=published, sort="csv").sha256}"'
    assert len(list(csv.DictReader(StringIO(answer.getvalue().decode())))) == 3


@pytest.mark.parametrize("name", ["matters-1999-01.csv", "settings.py", "communities.csv"])
def test_what_is_not_there_is_not_found(client, published, name):
    assert client.get(f"/data/{name}").status_code == 404


def test_the_package_describes_every_csv_file(client, published):
    said = client.get("/data/datapackage.json").json()
    [resource] = said["resources"]
    assert resource["path"] == f"{published}.csv"
    named = [field["name"] for field in resource["schema"]["fields"]]
    head = client.get(f"/data/{published}.csv").getvalue().decode().splitlines()[0]
    assert named == head.split(",") == [field.name for field in queries.dictionary()]
    assert json.dumps(said["licenses"]) == '[{"name": "CC-BY-4.0"}]'


def test_the_dictionary_is_a_file_too(client, town):
    told = list(csv.DictReader(StringIO(client.get("/data/dictionary.csv").content.decode())))
    assert [row["name"] for row in told] == [field.name for field in queries.dictionary()]
    assert all(row["zh"] and row["en"] for row in told)


def test_the_page_costs_the_same_whatever_the_months(client, town, queries):
    at = now()
    make.matter(town, at=at)
    actions.publish(by=SYSTEM, at=at)
    with queries("data/"):
        client.get("/data/")
