"""What the requester reads of what was done on the spot."""

from __future__ import annotations

import pytest

from gongzhi.errands import actions
from gongzhi.errands.states import Sort
from gongzhi.errands.tests import make
from gongzhi.errands.tests.make import NOON
from gongzhi.portal.queries.story import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return make.town()


@pytest.mark.parametrize(
    ("sort", "arranged", "done"),
    [
        (Sort.VERIFY, "核实已安排", "核实已完成"),
        (Sort.INSPECT, "已安排现场核查", "现场核查已完成"),
        (Sort.VISIT, "按您的同意，已安排上门回访", "上门回访已完成"),
        (Sort.DELIVER, "已安排送达有关通知", "有关通知已送达"),
    ],
)
def test_that_it_was_arranged_and_done_stands_there_and_nobodys_name(town, sort, arranged, done):
    errand = make.errand(town, sort)
    worker = town.staff("worker")
    actions.finish(errand, make.seen(sort, said="worker同志到了。"), by=worker, at=NOON)
    *_before, first, last = story(errand.matter, NOON).lines
    assert (first.label, last.label) == (arranged, done)
    assert first.text == (make.AGREED if sort == Sort.VISIT else "")
    assert "worker" not in f"{first}{last}"


def test_that_it_could_not_be_done_or_was_taken_back_stands_there_too(town):
    errand = make.errand(town, Sort.VISIT)
    actions.fail(errand, reason="没人。", by=town.staff("worker"), at=NOON)
    assert story(errand.matter, NOON).lines[-1].label == "未能上门"
    again = make.errand(town, Sort.VISIT, about=errand.matter)
    actions.withdraw(again, reason="改为电话。", by=town.staff("acceptor"), at=NOON)
    assert story(errand.matter, NOON).lines[-1].label == "上门已取消"
