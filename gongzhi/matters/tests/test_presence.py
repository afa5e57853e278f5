from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters import actions, queries
from gongzhi.matters.models import Presence
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db


def test_two_people_on_one_matter_see_each_other(town, as_):
    matter = make.matter(town)
    address = f"/matters/{matter.pk}/here/"
    assert "同志" not in as_("acceptor").post(address).content.decode()
    assert "acceptor同志" in as_("dispatcher").post(address).content.decode()
    assert "dispatcher同志" in as_("acceptor").post(address).content.decode()
    assert Presence.objects.count() == 2


def test_who_went_is_no_longer_shown_and_forgotten(town):
    matter = make.matter(town)
    actions.be_present(matter, by=town.staff("acceptor"), at=make.NOON)
    later = make.NOON + timedelta(seconds=61)
    assert queries.others_present(matter, town.staff("dispatcher"), make.NOON) == ["acceptor同志"]
    assert queries.others_present(matter, town.staff("dispatcher"), later) == []
    actions.be_present(matter, by=town.staff("dispatcher"), at=later)
    actions.forget_presence(by=SYSTEM, at=later)
    assert [row.user for row in Presence.objects.select_related("user")] == [town.dispatcher]


def test_who_may_not_see_a_matter_sees_nobody_on_it(town, as_):
    matter = make.matter(town)
    assert as_("stranger").post(f"/matters/{matter.pk}/here/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.be_present(matter, by=town.staff("stranger"), at=make.NOON)
