"""What Gongzhi never does: a promise to residents, kept by looking at every table and address."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from gongzhi.accounts.models import User
from gongzhi.audit.models import Entry, Look
from gongzhi.matters.models import Kind, Matter, Object, Requester

OURS = [model for model in apps.get_models() if model.__module__.startswith("gongzhi.")]
FIELDS = [(model, field) for model in OURS for field in model._meta.get_fields()]
NEVER = [
    "relig",
    "ethnic",
    "nationality",
    "politic",
    "party",
    "biometr",
    "finger",
    "iris",
    "face",
    "gene",
    "blood",
    "gender",
    "sex",
    "birth",
    "idcard",
    "identity",
    "score",
    "points",
    "credit",
    "risk",
    "watch",
    "blacklist",
    "tag",
    "track",
    "trace",
    "gps",
    "position",
    "device",
    "imei",
    "plate",
    "disease",
    "illness",
    "diagnos",
    "convict",
    "prison",
    "drug",
]


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda x: getattr(x, "name", str(x)))
def test_no_field_holds_what_must_not_be_held(model, field):
    parts = field.name.lower().split("_")
    assert [stem for stem in NEVER if any(part.startswith(stem) for part in parts)] == []


def test_a_kind_is_about_a_place_an_asset_a_service_or_an_own_request():
    assert set(Object.values) == {"place", "asset", "service", "own_request"}
    assert any(c.name == "kind_object_is_no_person" for c in Kind._meta.constraints)


def test_a_matter_knows_nobody_by_name():
    related = {f.related_model for f in Matter._meta.get_fields() if f.is_relation and f.concrete}
    assert User not in related
    assert not {f.name for f in Matter._meta.fields} & {"name", "phone", "email", "contact", "user"}


def test_how_to_reach_a_requester_is_sealed_and_matched_only_by_a_keyed_hash():
    kinds = {f.name: type(f) for f in Requester._meta.concrete_fields}
    assert kinds == {
        "matter": models.OneToOneField,
        "receipt_hash": models.CharField,
        "phone_hash": models.CharField,
        "email_hash": models.CharField,
        "sealed": models.BinaryField,
        "no_contact": models.BooleanField,
        "language": models.CharField,
    }


def test_history_cannot_be_asked_by_author_and_time():
    """No index leads from an actor to what they did: `foundation.md`, promise 2."""
    for model in (Entry, Look):
        indexed = {name for index in model._meta.indexes for name in index.fields}
        indexed |= {f.name for f in model._meta.fields if getattr(f, "db_index", False) or f.unique}
        assert not indexed & {"by_id", "by_label"}


def addresses(patterns, before=""):
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def test_no_address_lists_or_finds_people_who_raise_things():
    every = list(addresses(get_resolver().url_patterns))
    assert every
    assert [a for a in every if re.search(r"requester|resident|person|people|<int", a)] == []
