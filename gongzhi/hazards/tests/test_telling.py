from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from gongzhi.audit.actors import SYSTEM
from gongzhi.hazards import actions
from gongzhi.hazards.tests import make
from gongzhi.hazards.tests.make import NOON, TODAY, verbs
from gongzhi.jobs.models import Job
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db


# --- Telling and reminding.


def done(town):
    from gongzhi.hazards.tasks import tell
    from gongzhi.jobs.handlers import Work

    for job in Job.objects.filter(topic="hazard").order_by("pk"):
        tell(Work(job.topic, job.key, job.args, NOON))
    Job.objects.all().delete()
    told = Notice.objects.order_by("pk").values_list("verb", "user__username")
    seen = sorted(set(told))
    Notice.objects.all().delete()
    return seen


def test_those_a_move_concerns_are_told(town):
    row = make.hazard(town)
    assert done(town) == [("hazard.register", "dispatcher")]
    make.moved(town, row, "fix", "order")
    assert done(town) == [("hazard.order", "handler")]
    make.moved(town, row, "rectify")
    assert done(town) == [("hazard.rectify", "inspector")]
    make.moved(town, row, "fail")
    assert done(town) == [("hazard.fail", "handler")]


def test_what_is_due_soon_and_what_is_overdue_is_said_once_each(town):
    row = make.ordered(town)
    done(town)

    def reminded(days):
        when = NOON + timedelta(days=days)
        n = actions.remind(by=SYSTEM, at=when)
        return n, done(town)

    assert reminded(10) == (0, [])
    assert reminded(17) == (1, [("hazard.soon", "handler")])
    assert reminded(18) == (0, [])
    assert reminded(20) == (0, [])
    assert reminded(21) == (1, [("hazard.overdue", "handler"), ("hazard.overdue", "supervisor")])
    assert reminded(22) == (0, [])
    assert verbs(row)[-2:] == ["hazard.soon", "hazard.overdue"]
    with pytest.raises(PermissionDenied):
        actions.remind(by=town.staff("supervisor"), at=NOON)


def test_a_check_that_is_due_is_said_once_and_again_for_its_next_date(town):
    check = make.check(town)

    def reminded(days):
        n = actions.remind_checks(by=SYSTEM, at=NOON + timedelta(days=days))
        return n, list(Notice.objects.values_list("verb", "user__username", "label"))

    assert reminded(0) == (1, [("check.due", "worker", "沿街小餐馆")])
    assert reminded(1)[0] == 0
    actions.visit(check, failed={}, due_on=TODAY, by=town.staff("worker"), at=NOON)
    assert [reminded(29)[0], reminded(30)[0], reminded(31)[0]] == [0, 1, 0]
    with pytest.raises(PermissionDenied):
        actions.remind_checks(by=town.staff("supervisor"), at=NOON)
