from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from gongzhi.matters import actions
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def town():
    return make.town()


def report(town, by="worker", **says):
    settled = says.pop("settled", "")
    return actions.spot(make.report(town, **says), settled=settled, by=town.staff(by), at=make.NOON)


def test_receiving_and_settling_happen_both_or_neither(town):
    with pytest.raises(ValidationError, match="cannot be settled on the spot"):
        report(town, kind=town.hole, settled="已填平。")
    with pytest.raises(PermissionDenied):
        report(town, place=town.next_grid, settled="已修好。")

    assert not Matter.objects.exists()


def test_who_is_no_grid_worker_settles_nothing(town):
    with pytest.raises(PermissionDenied):
        report(town, by="acceptor", settled="已修好。")


def test_without_words_on_what_was_done_it_only_reports(town):
    assert report(town).state == "received"
