from __future__ import annotations

from collections import Counter

import pytest
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken
from gongzhi.matters.tests import make as matters
from gongzhi.mediation.actions.planting import N_CASES, plant
from gongzhi.mediation.business import panel
from gongzhi.mediation.models import Case
from gongzhi.mediation.states import State
from gongzhi.notices.models import Letter

pytestmark = pytest.mark.django_db


def test_the_demo_has_cases_in_every_state_and_writes_to_nobody(town):
    assert plant(by=SYSTEM, at=now()) == N_CASES
    states = Counter(Case.objects.values_list("state", flat=True))
    assert set(states) == set(State) - {State.ERASED}  # which takes a year
    assert Case.objects.filter(synthetic=True).count() == N_CASES
    assert Letter.objects.count() == 0
    assert [fault for case in Case.objects.all() for fault in broken(case.pk)] == []
    assert plant(by=SYSTEM, at=now()) == 0


def test_without_a_committee_nothing_is_planted(db):
    matters.town()
    assert plant(by=SYSTEM, at=matters.NOON) == 0


def test_a_matter_says_nothing_of_mediation_to_who_takes_in_nothing(town):
    about = matters.matter(town)
    assert panel(about, town.staff("inspector"), matters.NOON) is None
    shown = panel(about, town.staff("acceptor"), matters.NOON)
    assert shown
    assert shown.says == {"cases": [], "may_offer": True, "number": about.number}
