from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.open311.spark import HEAD, MEMBERS, Value, written

said = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)
spoken = said | st.sampled_from(["<a>&\"'", "a\nb\tc", "a\r\nb", "]]>", " "])
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | spoken
names = st.sampled_from(["code", "description", "status", "lat"])
rows = st.dictionaries(names, plain, min_size=1)
listed = st.sampled_from(sorted(MEMBERS)).flatmap(
    lambda name: st.tuples(st.just(name), st.lists(rows, min_size=1))
)


def flat(value: object) -> str:
    """Return a value as an element says it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value if isinstance(value, str) else repr(value)


@given(listed)
def test_xml_and_json_say_the_same(given_):
    name, value = given_
    root = ET.fromstring(written(name, value, "xml"))
    read = [{child.tag: child.text or "" for child in one} for one in root]
    told = json.loads(written(name, value, "json"))
    assert root.tag == name
    assert {one.tag for one in root} == {MEMBERS[name]}
    assert read == [{key: flat(one) for key, one in row.items()} for row in told]


def test_lists_stand_in_lists():
    value: Value = {"attributes": [{"code": "a", "values": [{"key": "1", "name": "x"}]}]}
    xml = (
        "<service_definition><attributes><attribute><code>a</code><values><value><key>1</key>"
        "<name>x</name></value></values></attribute></attributes></service_definition>"
    )
    assert written("service_definition", value, "xml").decode() == f"{HEAD}\n{xml}"


def test_what_xml_has_no_word_for_is_left_out():
    body = written("errors", [{"description": "a\x00b\x0bc\ud800"}], "xml")
    assert ET.fromstring(body).findtext("error/description") == "abc"


def test_nothing_is_an_empty_list():
    assert written("service_requests", [], "xml").decode() == f"{HEAD}\n<service_requests/>"
    assert written("service_requests", [], "json") == b"[]"
