from __future__ import annotations

import pytest
from django.utils.timezone import now

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.models import Calendar
from gongzhi.petitions.actions.planting import N_PETITIONS, plant
from gongzhi.petitions.models import Petition, ReceptionDay
from gongzhi.petitions.tests.make import DAY

pytestmark = pytest.mark.django_db
DUTIES = ("housing", "human_resources", "environment", "civil_affairs", "education", "transport")


def test_the_demo_has_petitions_in_many_states_all_marked_as_invented(town):
    at, calendar = now(), Calendar.objects.get(code="cn")
    for duty in DUTIES:
        office = found(
            code=duty, duty=duty, name_zh=duty, name_en=duty, place=town.district,
            calendar=calendar, superior=town.government, by=SYSTEM, at=at - 300 * DAY,
        )  # fmt: skip
        user = open_account(
            username=duty, name_zh=duty, name_en=duty, password="", by=SYSTEM, at=at - 300 * DAY
        )
        where = {"place": town.district, "office": office}
        appoint(user, role="handler", **where, by=SYSTEM, at=at - 300 * DAY)
    assert plant(by=SYSTEM, at=at) == N_PETITIONS + 1
    assert plant(by=SYSTEM, at=at) == 0
    states = set(Petition.objects.values_list("state", flat=True))
    assert states >= {
        *("registered", "forwarded", "objected", "accepted", "decided", "in_review", "reviewed"),
        *("in_final", "final", "routed", "declined", "withdrawn", "replied"),
    }
    assert not Petition.objects.filter(synthetic=False).exists()
    assert ReceptionDay.objects.count() == 1


def test_without_a_petition_office_nothing_is_planted(town):
    town.petitions.posts.all().delete()
    assert plant(by=SYSTEM, at=now()) == 0
