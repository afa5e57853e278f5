from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils.translation import override

from gongzhi.places.models import Edition, Place
from gongzhi.places.tests import make

pytestmark = pytest.mark.django_db


def test_a_place_is_named_in_the_readers_language():
    place = make.town()
    with override("zh-hans"):
        assert (place.name, place.level.name) == ("地方001", "社区（村）")
    with override("en"):
        assert (place.name, place.level.name) == ("Place 001", "Community")


def test_a_place_without_an_english_name_shows_its_chinese_one():
    with override("en"):
        assert Place(name_zh="霁桥社区").name == "霁桥社区"


def test_paths_are_compared_byte_by_byte_on_postgresql():
    field = Place._meta.get_field("path")
    wanted = "C" if connection.vendor == "postgresql" else None
    assert field.db_parameters(connection)["collation"] == wanted


def test_two_places_cannot_share_a_code():
    place = make.town()
    again = Place(code=place.code, level=place.level, path="x/", name_zh="x")
    with override("en"), pytest.raises(ValidationError, match="has this code already"):
        again.full_clean()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"lat": 40.0}, "A point needs both latitude and longitude, in degrees."),
        (
            {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 2)},
            "A place ends on a day after the one it begins on.",
        ),
    ],
)
def test_what_a_row_may_not_hold_is_said(wrong, sentence):
    level = make.town().level
    place = Place(code="990299", level=level, path="990299/", name_zh="x", **wrong)
    with override("en"), pytest.raises(ValidationError, match=sentence):
        place.full_clean()


def test_there_is_only_one_edition():
    make.town()
    with pytest.raises(IntegrityError):
        Edition.objects.create(changed_at=make.AT)
