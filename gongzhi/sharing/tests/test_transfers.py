from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.models import Entry, Look
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused
from gongzhi.matters import words
from gongzhi.sharing import actions
from gongzhi.sharing.models import Transfer
from gongzhi.sharing.tests import make
from gongzhi.sharing.tests.make import NOON, SYSTEM, TODAY

pytestmark = pytest.mark.django_db
OWN = "请写明本人为自己申请的、未办结的事项编号，而且是你经办的事项：在那里会告知本人。"


@pytest.fixture
def use(town):
    return make.fresh(make.approved(town, make.item(town.lamp_control)))


@pytest.fixture
def own(town):
    return make.fresh(make.approved(town, make.person_item(town.lamp_control)))


def move(use, by, **says):
    usual: dict[str, Any] = {"count": 3, "moved_at": NOON, "at": NOON}
    return actions.transfer(use, **(usual | says), by=by)


def test_a_transfer_keeps_how_much_and_when_and_nothing_of_the_data(town, use):
    moved = move(use, town.staff("handler"))
    row = moved.transfer
    assert (row.count, row.moved_at, row.matter) == (3, NOON, None)
    names = {field.name for field in Transfer._meta.get_fields()}
    assert names == {"id", "use", "count", "moved_at", "recorded_at", "matter", "key"}
    last = Entry.objects.filter(subject=use.pk).order_by("-seq")[0]
    assert (last.verb, last.facts) == (
        "use.transfer",
        {
            "count": 3,
            "moved_at": NOON.isoformat(),
            "from": "lamp-control",
            "to": "road-assets",
            "item": "lamps",
        },
    )


def test_the_client_of_the_system_that_uses_it_records_and_no_other(town, use):
    assert move(use, make.caller(town.hotline)).is_new
    for by in (make.caller(town.lighting), town.staff("acceptor"), town.staff("administrator")):
        with pytest.raises(PermissionDenied, match="只有使用这个数据项的系统或双方单位可以登记"):
            move(use, by)


def test_the_same_key_records_once_and_another_transfer_under_it_is_refused(town, use):
    by, key = make.caller(town.hotline), uuid4()
    first = move(use, by, key=key)
    again = move(use, by, key=key)
    assert (first.is_new, again.is_new, again.transfer) == (True, False, first.transfer)
    with pytest.raises(MoveRefused, match="这个标识已用于另一次提供。"):
        move(use, by, key=key, count=4)
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"count": 0}, "一次至少提供一条。"),
        ({"count": -1}, "一次至少提供一条。"),
        ({"moved_at": NOON + timedelta(hours=1)}, "这个时间还没有到。"),
    ],
)
def test_no_entries_and_times_to_come_are_refused(town, use, says, why):
    with pytest.raises(ValidationError, match=why):
        move(use, town.staff("handler"), **says)
    assert not Transfer.objects.exists()


def test_nothing_moves_before_approval_after_the_end_or_out_of_its_time(town):
    item = make.item(town.lamp_control)
    by = make.caller(town.hotline)
    use = make.fresh(make.asked(town, item, until=TODAY))
    with pytest.raises(MoveRefused, match="这项使用没有获准（已申请）：不能提供。"):
        move(use, by)
    actions.approve(use, by=town.staff("lights_head"), at=NOON)
    with pytest.raises(MoveRefused, match="这项使用的期限是"):
        move(use, by, moved_at=make.at(days=1), at=make.at(days=1))
    with pytest.raises(MoveRefused, match="这项使用的期限是"):
        move(use, by, at=make.at(days=1))
    with pytest.raises(MoveRefused, match="这项使用的期限是"):
        move(use, by, moved_at=NOON - timedelta(days=1))
    actions.end(use, reason="x", by=town.staff("lights_head"), at=NOON)
    with pytest.raises(MoveRefused, match="没有获准（已终止）"):
        move(use, by)


def test_one_person_s_entry_moves_for_their_own_matter_and_is_told_to_them(town, own):
    matter = make.request(town)
    by = make.caller(town.hotline)
    moved = move(own, by, count=1, matter=matter)
    assert moved.transfer.matter == matter
    entry = Entry.objects.filter(subject=matter.pk).order_by("-seq")[0]
    assert entry.verb == "matter.share"
    assert entry.facts == {"office": "roads", "server": "市政道路设施系统"}
    assert entry.told == {"by": "hotline", "text": "本人参保核验：道路施工时避让灯杆"}
    look = Look.objects.get(subject=matter.pk)
    assert (look.purpose, look.by_label) == ("share", "hotline")
    assert str(words.OTHER_LOOKS["share"]) == "只为这件事项，向另一单位提供一条信息"
    assert broken(matter.pk) == []


@pytest.mark.parametrize("count", [0, -1, 2, 500])
def test_more_than_one_person_is_refused(town, own, count):
    matter = make.request(town)
    with pytest.raises(ValidationError):
        move(own, make.caller(town.hotline), count=count, matter=matter)
    if count > 1:
        with pytest.raises(ValidationError, match="一次只提供一个人的一条，只为本人自己的事项"):
            move(own, make.caller(town.hotline), count=count, matter=matter)
    assert not Transfer.objects.exists()
    assert not Look.objects.exists()


def test_one_person_s_entry_needs_an_open_matter_that_one_works_on(town, own):
    by = make.caller(town.hotline)
    for matter in (
        None,
        make.walk(town, make.request(town), "withdraw"),
        make.matter(town, kind=town.conduct),
        make.matter(town),  # of a lamp: nobody asks for themselves
    ):
        with pytest.raises(ValidationError, match=OWN):
            move(own, by, count=1, matter=matter)
    theirs = make.request(town)
    with pytest.raises(ValidationError, match=OWN):  # not a matter of this office
        move(own, town.staff("handler"), count=1, matter=theirs)


def test_a_matter_is_left_out_where_an_item_is_about_nobody(town, use):
    with pytest.raises(ValidationError, match="这个数据项与个人无关：请不要填事项。"):
        move(use, make.caller(town.hotline), matter=make.request(town))


def test_a_bulk_use_stops_when_the_item_becomes_personal(town):
    item = make.item(town.lamp_control)
    use = make.approved(town, item)
    said = make.said(
        town.lamp_control, by_person=True, object="own_request", name_zh="本人核验", fields=make.WHO
    )
    del said["code"]
    actions.change(item, **said, by=SYSTEM, at=NOON)
    with pytest.raises(ValidationError, match="一次只提供一个人的一条"):
        move(make.fresh(use), make.caller(town.hotline), count=100)
