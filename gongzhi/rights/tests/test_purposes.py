from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from gongzhi.matters.models import Matter
from gongzhi.rights.purposes import BY_CODE, NONE, PURPOSES, Goes, declared

GOES = {value for name, value in vars(Goes).items() if name.isupper()}
EVERY = {model._meta.label: model for model in apps.get_models()}


def said(label):
    return [name for row in declared() if row.model == label for name in row.fields]


@pytest.mark.parametrize("label", sorted(EVERY))
def test_every_field_of_every_table_is_declared_once(label):
    """A new field fails here until somebody says what it is for, in ``rights/seeds/fields.csv``."""
    there = [field.name for field in EVERY[label]._meta.concrete_fields]
    assert sorted(said(label)) == sorted(there)


def test_nothing_is_declared_that_is_not_there():
    assert {row.model for row in declared()} == set(EVERY)


@pytest.mark.parametrize("row", declared(), ids=lambda row: f"{row.model}-{row.purpose}")
def test_what_is_declared_has_a_purpose_and_a_way_to_go(row):
    if row.purpose == NONE:
        assert (row.goes, row.path) == ("", "")
        return
    assert row.purpose in BY_CODE
    assert row.goes in GOES
    if row.goes in (Goes.ROWS, Goes.SENT, Goes.EMPTY, Goes.CONTACT):
        assert row.path


@pytest.mark.parametrize("row", [row for row in declared() if row.path], ids=lambda r: r.model)
def test_a_path_leads_to_a_matter(row, db):
    found = EVERY[row.model]._default_manager.filter(**{row.path: Matter().pk})
    assert list(found) == []


@pytest.mark.parametrize("label", sorted(EVERY))
def test_what_holds_sealed_facts_or_text_at_a_matter_says_how_it_goes(label):
    """What hangs on a matter and can hold words or sealed facts of its person goes with it, or says why not."""
    model = EVERY[label]
    hangs = any(f.related_model is Matter for f in model._meta.concrete_fields)
    if not hangs or not label.startswith(
        ("notices.", "open311.", "hotline.", "webhooks.", "mailbox.", "errands.")
    ):
        return
    open_ones = {
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, models.TextField | models.BinaryField | models.JSONField)
    }
    gone = {n for row in declared() if row.model == label and row.goes for n in row.fields}
    assert open_ones <= gone


def test_every_purpose_serves_something_and_says_why_who_and_how_long():
    used = {row.purpose for row in declared()}
    assert {purpose.code for purpose in PURPOSES} == used - {NONE}
    for purpose in PURPOSES:
        for told in (purpose.what, purpose.why, purpose.ground, purpose.who, purpose.kept):
            assert str(told).strip()


@pytest.mark.django_db
def test_everybody_reads_the_register_in_both_languages(client, town, queries):
    with queries("purposes"):
        page = client.get(reverse("rights:purposes")).content.decode()
    for words in (
        "持有哪些个人信息，为什么",
        "姓名、电话、邮箱",
        "《个人信息保护法》第十三条",
        "60",
    ):
        assert words in page
    assert "matters.Requester" in page
    client.cookies["django_language"] = "en"
    page = client.get(reverse("rights:purposes")).content.decode()
    assert "What is held about people, and why" in page
    assert "Name, telephone, e-mail" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["index", "assessments"])
def test_everybody_reads_the_other_registers(client, town, name):
    assert client.get(reverse(f"rights:{name}")).status_code == 200


@pytest.mark.django_db
def test_the_registers_lead_to_one_another(client, town):
    page = client.get(reverse("rights:index")).content.decode()
    for name in ("rights:purposes", "rights:assessments", "portal:algorithms", "portal:promise"):
        assert f'href="{reverse(name)}"' in page
    assert f'href="{reverse("sharing:index")}"' in page
    assert "删除我的信息" in page
