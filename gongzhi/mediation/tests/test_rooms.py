"""What is said in the rooms, offers, and sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.matters.uploads import Sort, Upload
from gongzhi.mediation import actions, queries, tasks
from gongzhi.mediation.models import Acceptance, Offer
from gongzhi.mediation.states import Offered, Planned
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import DAY, LATER, NOON, QIAN, SUN, ZHAO, letters, refused
from gongzhi.notices.models import Letter
from gongzhi.parties.models import Paper

pytestmark = pytest.mark.django_db


def test_the_joint_room_opens_with_the_mediation_and_ones_own_with_the_case(town):
    made = make.ready(town)
    me = make.side(made)
    says: dict[str, Any] = {"words": "希望尽快修好。", "by": me, "at": NOON}
    assert refused(lambda: actions.say(made, room=None, **says)) == "目前不能在这个房间发言。"
    actions.say(made, room=me.side, **says)
    assert [one.text for one in queries.messages(made, me.side)] == ["希望尽快修好。"]


def test_nobody_enters_the_private_room_of_another(town):
    made = make.mediating(town)
    room = make.side(made, QIAN.name).side
    said = refused(
        lambda: actions.say(made, room=room, words="看看。", by=make.side(made), at=NOON)
    )
    assert said == "这不是您的房间。"


def test_what_the_mediator_says_in_private_is_news_to_that_party_alone(town):
    made = make.mediating(town)
    before = len(letters())
    actions.say(
        made, room=make.side(made).side, words="底线是多少？", by=town.staff("mediator"), at=NOON
    )
    new = letters()[before:]
    assert [to for to, _said in new] == [ZHAO.phone]
    assert "底线" not in new[0][1]
    assert "底线" not in "".join(f"{e.facts}{e.told}" for e in history(made.pk))


def test_papers_lie_in_the_room_they_were_handed_in_to(town):
    made = make.mediating(town)
    me = make.side(made)
    upload = Upload(Sort.PHOTO, b"jpeg", "天花板.jpg")
    actions.say(made, room=me.side, words="照片", uploads=[upload], by=me, at=NOON)
    assert [one.name for one in queries.papers(made, me.side)] == ["天花板.jpg"]
    assert queries.papers(made, None) == []
    assert Paper.objects.get().giver == make.party(made)


# --- Offers.


def test_an_offer_to_all_is_accepted_when_the_last_accepts(town):
    made = make.mediating(town, QIAN, SUN)
    given = make.offer(made, make.side(made))
    actions.take(given, by=make.side(made, QIAN.name), at=NOON)
    assert given.state == Offered.OPEN
    assert refused(lambda: actions.take(given, by=make.side(made, QIAN.name), at=NOON)) == (
        "您已经接受了这个方案。"
    )
    actions.take(given, by=make.side(made, SUN.name), at=LATER)
    assert (given.state, given.ended_at) == (Offered.ACCEPTED, LATER)
    assert Acceptance.objects.count() == 2


def test_an_offer_to_one_is_read_and_answered_by_that_one_alone(town):
    made = make.mediating(town, QIAN, SUN)
    given = make.offer(made, make.side(made), to=make.party(made, QIAN.name))
    reads = {name: queries.offers(made, make.side(made, name)) for name in make.names(made)}
    assert reads == {ZHAO.name: [given], QIAN.name: [given], SUN.name: []}
    with pytest.raises(PermissionDenied):
        actions.take(given, by=make.side(made, SUN.name), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.take(given, by=make.side(made), at=NOON)
    actions.take(given, by=make.side(made, QIAN.name), at=NOON)
    assert given.state == Offered.ACCEPTED


def test_who_made_an_offer_to_one_hears_of_the_answer(town):
    made = make.mediating(town, QIAN, SUN)
    for answer in (actions.take, actions.reject):
        given = make.offer(made, make.side(made), to=make.party(made, QIAN.name))
        Letter.objects.all().delete()
        answer(given, by=make.side(made, QIAN.name), at=NOON)
        assert [whom for whom, _text in letters()] == [ZHAO.phone]


def test_who_presses_twice_at_once_accepts_once(town, somebody_first):
    made = make.mediating(town, QIAN, SUN)
    given = make.offer(made, make.side(made))
    qian = make.party(made, QIAN.name)
    first = lambda: Acceptance.objects.create(offer=given, giver=qian, at=NOON)  # noqa: E731
    with (
        somebody_first('INSERT INTO "mediation_acceptance"', first),
        pytest.raises(MoveLost, match="已有其他人先一步办理"),
    ):
        actions.take(given, by=make.side(made, QIAN.name), at=NOON)


def test_an_offer_is_not_accepted_after_its_time(town):
    made = make.mediating(town)
    given = make.offer(made, make.side(made))
    late = given.expires_at + timedelta(seconds=1)
    assert refused(lambda: actions.take(given, by=make.side(made, QIAN.name), at=late)) == (
        "该方案的有效期已过。请对方重新提出。"
    )


def test_an_offer_lapses_by_itself_when_its_time_has_passed(town):
    made = make.mediating(town)
    given = make.offer(made, make.side(made))
    tasks.lapse(given.expires_at - timedelta(seconds=1))
    given.refresh_from_db()
    assert given.state == Offered.OPEN
    tasks.lapse(given.expires_at)
    given.refresh_from_db()
    assert (given.state, given.ended_at) == (Offered.LAPSED, given.expires_at)
    assert broken(given.pk) == []


def test_the_next_edition_takes_the_place_of_an_offer(town):
    made = make.mediating(town)
    first = make.offer(made, town.staff("mediator"))
    actions.take(first, by=make.side(made), at=NOON)
    says: dict[str, Any] = {"text": "两个月内赔偿四千元。", "expires_at": NOON + 9 * DAY}
    second = actions.renew(first, **says, by=town.staff("mediator"), at=LATER)
    assert (first.state, second.state, second.edition, second.after) == (
        Offered.REPLACED,
        Offered.OPEN,
        2,
        first,
    )
    assert second.acceptances.count() == 0
    with pytest.raises(MoveRefused):
        actions.take(first, by=make.side(made, QIAN.name), at=LATER)


def test_who_made_an_offer_takes_it_back_and_nobody_else(town):
    made = make.mediating(town)
    given = make.offer(made, make.side(made))
    with pytest.raises(PermissionDenied):
        actions.retract(given, by=make.side(made, QIAN.name), at=NOON)
    actions.retract(given, by=make.side(made), at=NOON)
    assert Offer.objects.get().state == Offered.RETRACTED


# --- Sessions.


def test_a_session_with_one_party_is_news_to_that_one_alone(town):
    made = make.mediating(town)
    before = len(letters())
    planned = make.session(town, made, only=make.party(made, QIAN.name))
    assert [to for to, _said in letters()[before:]] == [QIAN.phone]
    assert queries.sessions(made, make.side(made)) == []
    assert queries.sessions(made, make.side(made, QIAN.name)) == [planned]


def test_minutes_are_written_once_it_was_held_and_are_sealed(town):
    made = make.mediating(town)
    planned = make.session(town, made)
    by = town.staff("mediator")
    assert refused(lambda: actions.hold(planned, minutes="双方到场。", by=by, at=NOON)) == (
        "还没有开始：请更改时间，或等结束后再记录。"
    )
    actions.hold(planned, minutes="双方到场。", by=by, at=NOON + 2 * DAY)
    assert (planned.state, planned.minutes) == (Planned.HELD, "双方到场。")
    assert "双方到场".encode() not in bytes(planned.sealed)


def test_a_session_has_a_place_or_a_link(town):
    made = make.mediating(town)
    assert refused(lambda: make.session(town, made, where=" ")) == (
        "请写明地点，或线上会议的地址。"
    )
    assert make.session(town, made, where="", link="https://meet.example.org/1").link
