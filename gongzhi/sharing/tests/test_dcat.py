"""The catalogue for machines: by the shapes of DCAT-AP 3, and by what stands in it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse
from pyshacl import validate
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS

from gongzhi.opendata.models import Volume
from gongzhi.sharing import actions, dcat
from gongzhi.sharing.tests import make
from gongzhi.sharing.tests.make import NOON, SYSTEM

# What reads JSON-LD for these tests warns of what it uses itself.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]
EU = "http://publications.europa.eu/resource/authority/"
FORMS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


@pytest.fixture
def catalogue(town):
    """A town with an item of every sort, and two files of open data."""
    concept = actions.add_concept(code="street-lamp", name_zh="路灯", by=SYSTEM, at=NOON)
    make.item(town.lamp_control, concept=concept)
    make.person_item(town.lamp_control)
    make.item(
        town.road_assets,
        "roads",
        name_en="",
        is_public=True,
        address="https://example.org/路面.csv",
        oldest_on=None,
    )
    for sort in (Volume.Sort.CSV, Volume.Sort.PARQUET):
        _volume("matters-2026-02", sort, date(2026, 2, 1))
    _volume("communities", Volume.Sort.GEOJSON, None)
    return town


def _volume(name, sort, month):
    Volume.objects.create(
        name=name, sort=sort, month=month, file="x", rows=3, size=99, sha256="ab" * 32, made_at=NOON
    )


def read(client, ending):
    answer = client.get(reverse("sharing:catalogue_as", args=[ending]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{dcat.TYPES[ending]}; charset=utf-8"
    return Graph().parse(data=answer.content, format=FORMS[ending])


@pytest.fixture(scope="module")
def shapes(shared):
    return Graph().parse(shared("vectors/dcat/dcat-ap-SHACL.ttl"), format="turtle")


def conforms(graph, shapes):
    passed, _report, said = validate(graph, shacl_graph=shapes, inference="none", advanced=False)
    return passed, said


@pytest.mark.once
@pytest.mark.parametrize("ending", FORMS)
def test_it_is_by_the_shapes_of_dcat_ap(client, catalogue, shapes, ending):
    passed, said = conforms(read(client, ending), shapes)
    assert passed, said


@pytest.mark.once
def test_a_broken_catalogue_is_not_by_them(client, catalogue, shapes):
    whole = read(client, "ttl")
    (here,) = whole.subjects(RDF.type, DCAT.Catalog)
    breaks = [
        (here, DCTERMS.publisher, None),
        (here, DCTERMS.title, None),
        (None, DCTERMS.description, None),
        (None, DCAT.accessURL, None),
        (URIRef(f"{EU}frequency/DAILY"), RDF.type, None),
    ]
    for triple in breaks:
        broken = Graph()
        for one in whole:
            broken.add(one)
        broken.remove(triple)
        assert conforms(broken, shapes)[0] is False
    broken.add((here, DCTERMS.publisher, Literal("nobody")))
    assert conforms(broken, shapes)[0] is False


def test_every_item_and_every_month_of_open_data_stands_in_it(client, catalogue):
    graph = read(client, "ttl")
    codes = {str(one) for one in graph.objects(None, DCTERMS.identifier)}
    assert codes == {"lamps", "insurance", "roads", "matters-2026-02", "communities"}
    same = [len(read(client, ending)) for ending in FORMS]
    assert same == [len(graph)] * 3
    titles = {(str(one), one.language) for one in graph.objects(None, DCTERMS.title)}
    assert {("路灯设施", "zh"), ("Street lamps", "en")} <= titles


def test_what_is_found_by_person_is_restricted_and_has_no_distribution(client, catalogue):
    graph = read(client, "ttl")
    by_code = {str(code): one for one, code in graph.subject_objects(DCTERMS.identifier)}

    def rights(code):
        found = graph.value(by_code[code], DCTERMS.accessRights)
        return str(found).removeprefix(f"{EU}access-right/")

    assert (rights("insurance"), rights("lamps"), rights("roads")) == (
        "RESTRICTED",
        "NON_PUBLIC",
        "PUBLIC",
    )
    files = {
        code: len(list(graph.objects(one, DCAT.distribution))) for code, one in by_code.items()
    }
    assert files == {
        "insurance": 0,
        "lamps": 0,
        "roads": 1,
        "matters-2026-02": 2,
        "communities": 1,
    }
    often = graph.value(by_code["lamps"], DCTERMS.accrualPeriodicity)
    assert str(often) == f"{EU}frequency/DAILY"
    theme = graph.value(by_code["lamps"], DCAT.theme)
    assert str(theme) == f"{EU}data-theme/REGI"


def test_no_person_stands_in_it(client, catalogue):
    text = client.get(reverse("sharing:catalogue_as", args=["ttl"])).content.decode()
    for name in ("head", "同志", "officer"):
        assert name not in text.replace("theme", "")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.1", "application/rdf+xml"),
        ("text/html", "text/turtle"),
        ("", "text/turtle"),
    ],
)
def test_the_form_is_that_which_is_asked_for(client, catalogue, accept, kind):
    answer = client.get(reverse("sharing:catalogue"), headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith(kind)
    assert "Accept" in answer.headers["Vary"].split(", ")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_it_is_made_again_only_when_something_changed(client, catalogue, queries):
    where = reverse("sharing:catalogue_as", args=["jsonld"])
    with queries("catalogue anew"):
        first = client.get(where)
    with queries("catalogue again"):
        again = client.get(where)
    tag = first.headers["ETag"]
    assert (again.headers["ETag"], again.content) == (tag, first.content)
    same = client.get(where, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    make.item(catalogue.road_assets, "new")
    changed = client.get(where, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "new" in {
        one["@value"]
        for node in json.loads(changed.content)
        for one in node.get(str(DCTERMS.identifier), [])
    }
