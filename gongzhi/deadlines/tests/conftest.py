from __future__ import annotations

from datetime import date

import pytest

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines import actions
from gongzhi.deadlines.tests.make import local


@pytest.fixture
def calendar(db):
    return actions.seed_china(by=SYSTEM, at=local(2026, 1, 1))


@pytest.fixture
def rule(db):
    """A rule as a petition has it: 60 days, 30 more with approval; a hearing does not count."""
    return actions.add_rule(
        "petition.handle",
        law="信访工作条例(2022)",
        article="34",
        trigger_zh="受理",
        trigger_en="accepted",
        value=60,
        unit="calendar_day",
        more_value=30,
        more_unit="calendar_day",
        pauses=True,
        valid_from=date(2022, 5, 1),
        by=SYSTEM,
        at=local(2026, 1, 1),
    )
