"""What administrators see of levels, and what stands on the page of a matter and of its requester."""

from __future__ import annotations

import pytest

from gongzhi.accounts.actions import found
from gongzhi.federation import actions
from gongzhi.federation.models import Parcel, Peer
from gongzhi.federation.tests import make
from gongzhi.federation.tests.make import NOON, fresh, handed, later, pass_on, walk


@pytest.fixture
def admin(as_):
    return as_("administrator")


def test_the_list_shows_each_level_with_how_we_stand(town, admin, queries):
    with queries("levels"):
        page = admin.get("/federation/").content.decode()
    assert page.index("上级平台") < page.index("下级平台")


def test_a_level_is_added_and_its_token_shown_once(town, admin):
    free = found(
        code="third", duty="third", name_zh="第三平台", name_en="third", place=town.district,
        calendar=town.roads.calendar, by=make.SYSTEM, at=NOON,
    )  # fmt: skip
    form = {"office": free.pk, "code": "third", "is_above": "yes", "address": make.ADDRESS}
    page = admin.post("/federation/new/", form).content.decode()
    assert "gz_" in page
    third = Peer.objects.get(office=free)
    assert third.is_above
    assert "gz_" not in admin.get(f"/federation/levels/{third.pk}/").content.decode()
    again = admin.post("/federation/new/", form)
    assert again.status_code == 422


def test_a_level_shows_what_could_not_be_done_and_tries_again(town, admin, queries):
    fault = Parcel(
        peer=town.below, is_ours=False, seq=1, ref=make.uuid7(), verb="take", at=NOON, fault="某事"
    )
    fault.save()
    with queries("level"):
        page = admin.get(f"/federation/levels/{town.below.pk}/").content.decode()
    assert "某事" in page
    answer = admin.post(f"/federation/again/{fault.pk}/", follow=True).content.decode()
    assert "仍未办成" in answer


def test_its_address_is_changed_and_a_wrong_one_refused(town, admin):
    where = f"/federation/levels/{town.below.pk}/"
    assert admin.post(where, {"address": "http://example.org"}).status_code == 422
    assert admin.post(where, {"address": "https://new.example.org"}).status_code == 302
    assert Peer.objects.get(pk=town.below.pk).line.address == "https://new.example.org"
    assert Peer.objects.get(pk=town.below.pk).line.token == town.token_above  # the old one stays


def test_it_is_paused_resumed_and_compared_by_a_press(town, admin):
    where = f"/federation/levels/{town.below.pk}/"
    admin.post(f"{where}pause/")
    assert Peer.objects.get(pk=town.below.pk).state == "paused"
    admin.post(f"{where}resume/")
    assert Peer.objects.get(pk=town.below.pk).state == "active"
    assert "正在核对" in admin.post(f"{where}compare/", follow=True).content.decode()
    assert make.Job.objects.filter(topic="level_compare").count() == 1
    admin.post(f"{where}compare/")
    assert make.Job.objects.filter(topic="level_compare").count() == 1


@pytest.mark.parametrize("who", ["handler", "supervisor"])
def test_nobody_else_sees_levels(town, as_, who):
    browser = as_(who)
    for where in ("/federation/", "/federation/new/", f"/federation/levels/{town.above.pk}/"):
        assert browser.get(where).status_code == 403
    assert browser.post(f"/federation/levels/{town.above.pk}/pause/").status_code == 403


def test_the_matter_says_where_it_is_handled(town, as_):
    ours, copy = handed(town)
    walk(town, copy, "accept")
    pass_on(town)
    page = as_("acceptor").get(f"/matters/{ours.pk}/").content.decode()
    assert "在对方办理" in page
    assert copy.number in page
    assert "移交上级平台" in page


def test_what_came_from_a_level_says_so_and_what_is_promised_there(town, as_):
    ours, copy = handed(town)
    page = as_("acceptor").get(f"/matters/{copy.pk}/").content.decode()
    assert ours.number in page
    assert "查询联系方式" in page
    stranger = as_("stranger")
    assert stranger.get(f"/matters/{copy.pk}/").status_code == 403


def test_a_date_that_is_promised_elsewhere_is_not_explained_by_our_rules(town, as_):
    _ours, copy = handed(town)
    walk(town, copy, "accept")
    assert as_("acceptor").get(f"/matters/{copy.pk}/why/").status_code == 404


def test_the_requester_reads_where_it_is_and_keeps_number_and_code(town, client):
    receipt = make.receipt(town)
    walk(town, receipt.matter, "accept")
    make.send_up(town, receipt.matter)
    pass_on(town)
    walk(town, make.there(receipt.matter), "accept", "dispatch", at=later(hours=1))
    pass_on(town, later(hours=1))
    client.post("/follow/", {"number": receipt.matter.number, "code": receipt.code})
    page = client.get(f"/follow/{receipt.matter.pk}/").content.decode()
    assert "已移交上级平台办理" in page
    assert "路灯管理所" in page


def test_what_stands_at_the_other_end_is_no_use_to_who_holds_the_code(town, client):
    """One door: the code opens the matter where it was raised."""
    receipt = make.receipt(town)
    walk(town, receipt.matter, "accept")
    make.send_up(town, receipt.matter)
    pass_on(town)
    copy = make.there(receipt.matter)
    answer = client.post("/follow/", {"number": copy.number, "code": receipt.code})
    assert answer.status_code != 302
    assert fresh(copy).state == "received"


def test_an_empty_house_knows_no_level(db, client):
    assert actions.send(by=make.SYSTEM, at=NOON) == 0
