"""Clients that others wrote, and the examples of the handbook, against a live server."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree as ET

import pytest
from django.utils.timezone import now
from georeport import GeoReport

from gongzhi.exchange.models import Scope
from gongzhi.matters.actions.catalogue import list_kind
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.test_uploads import picture
from gongzhi.open311 import queries
from gongzhi.open311.tests import make

HANDBOOK = Path(__file__).resolve().parents[3] / "docs" / "open311.md"


@pytest.fixture
def town(transactional_db):
    return make.town()


@pytest.fixture
def endpoint(live_server):
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def key(town):
    return make.secret(town.hotline, Scope.OPEN311, at=now() - timedelta(days=1))


@pytest.fixture
def three(monkeypatch):
    """Return the client, written for Python 2: its ``ifilter`` is the ``filter`` of today.

    What it reads XML with is as old, and warns while it is read.
    """
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    with catch_warnings():
        simplefilter("ignore")
        from three import Three

    return Three


@pytest.fixture
def matter(town):
    return make.matter(town, now() - timedelta(hours=1))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_services_and_requests(town, matter, endpoint, form):
    client = GeoReport(endpoint, jurisdiction="town.example", output_format=form)
    services = client.get_service_list()
    assert [one["service_code"] for one in services] == ["hole", "lamp"]
    assert client.get_service_definition("lamp")["service_code"] == "lamp"
    name = queries.name_of(matter.pk)
    assert client.get_service_request(name)["service_request_id"] == name
    found = client.get_service_requests(service_code="lamp", status="open")
    [row] = found if form == "json" else [found]  # of one element xmltodict makes no list
    assert row["service_request_id"] == name
    past = client.get_service_requests(service_request_id=f"{name},{name}")
    assert past == found


def test_three_reads_and_raises(town, matter, endpoint, key, three):
    client = three(endpoint, api_key=key, format="json")
    assert client.discovery()["endpoints"][0]["url"].endswith("/open311/v2")
    assert [one["service_code"] for one in client.services()] == ["hole", "lamp"]
    assert client.services("lamp") == {"service_code": "lamp", "attributes": []}
    name = queries.name_of(matter.pk)
    assert [one["service_request_id"] for one in client.requests("lamp", count=5)] == [name]
    today = now()
    day = (today - timedelta(days=2)).strftime("%m-%d-%Y")
    tomorrow = (today + timedelta(days=1)).strftime("%m-%d-%Y")
    assert len(client.requests(between=[day, tomorrow])) == 1
    assert client.request(name)[0]["status"] == "open"
    assert client.token(name)[0]["service_request_id"] == name
    [made] = client.post(
        "lamp", address="柳岸社区", description="灯坏了", name="建国 张", phone="13800000000",
        media=("a.png", picture("PNG").getvalue(), "image/png"),
    )  # fmt: skip
    [own] = client.get("requests", made["service_request_id"], api_key=key)
    assert own["description"] == "灯坏了"
    assert Matter.objects.get(text="灯坏了").attachments.count() == 1
    client.session.close()


def test_three_is_told_what_is_wrong(town, endpoint, three):
    client = three(endpoint, api_key="gz_wrong")
    [fault] = client.post("lamp", address="x", description="灯")
    assert fault["code"] == 403
    client.session.close()


def examples() -> list[str]:
    """Return the calls of the handbook."""
    blocks = re.findall(r"```sh\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("curl")]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on this machine")
def test_every_example_of_the_handbook_works(town, endpoint, key, tmp_path):
    kind = {"name_zh": "路灯", "name_en": "Street light", "object": "asset", "duty": "lights"}
    copied = {
        name: getattr(town.lamp, name)
        for name in ("limit_value", "limit_unit", "urgent_value", "urgent_unit", "inspection")
    }
    list_kind(
        town.lamp.kind_class, code="street_light", public=True, settles=False, keywords="",
        listed_on=town.lamp.listed_on, by=make.SYSTEM, at=now(), **kind, **copied,
    )  # fmt: skip
    (tmp_path / "lamp.jpg").write_bytes(picture("JPEG").getvalue())
    lines = examples()
    assert len(lines) >= 12
    name = ""
    for line in lines:
        call = line.replace("https://town.example", endpoint.removesuffix("/open311/v2"))
        call = call.replace("KEY", key).replace("PLACE", town.community.code)
        call = call.replace("/ID.", f"/{name}.").replace("=ID ", f"={name} ")
        call = call.replace("Idempotency-" + key, "Idempotency-Key")
        done = subprocess.run(
            ["sh", "-c", call + " -w '\\n%{http_code}'"], cwd=tmp_path, capture_output=True,
            check=True, env={"PATH": os.environ["PATH"], "no_proxy": "*"},
        )  # fmt: skip
        body, _newline, status = done.stdout.decode().rpartition("\n")
        assert status == "200", (call, body)
        if "-d " in line or "-F " in line:
            found = re.search(r"[0-9a-f-]{36}", body)
            name = found[0] if found and "updates" not in line else name
        if ".xml" in line:
            assert ET.fromstring(body) is not None
    assert Matter.objects.count() == 2
    assert (tmp_path / "requests.csv").read_text().startswith("service_request_id,")
