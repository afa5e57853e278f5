"""Parcels go out in their order until they are kept, through silence, faults and older copies."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.federation import actions, queries
from gongzhi.federation.models import Parcel, Peer
from gongzhi.federation.tests import make
from gongzhi.federation.tests.make import NOON, later, walk
from gongzhi.matters.actions import dispatch


def told(town, n: int = 1) -> None:
    for _n in range(n):
        make.send_up(town, walk(town, make.matter(town), "accept"))
    make.work()


def above(town) -> Peer:
    return Peer.objects.get(pk=town.above.pk)


def again_at(town) -> datetime:
    """Return when the level above is tried again."""
    found = above(town).again_at
    assert found
    return found


def test_what_waits_is_sent_in_its_order_with_the_token_that_it_gave(town, other):
    told(town, 3)
    assert actions.send(by=make.SYSTEM, at=NOON) == 3
    assert [one["seq"] for one in other.got] == [1, 2, 3]
    assert {one["verb"] for one in other.got} == {"hand"}
    assert other.paths == ["POST /federation/parcels/"]
    assert other.tokens == [f"Bearer {town.token_below}"]
    assert (above(town).n_taken, above(town).n_waiting) == (3, 0)
    assert Parcel.objects.filter(done_at__gte=NOON).count() == 3


def test_its_clock_is_compared_with_ours(town, other):
    told(town)
    actions.send(by=make.SYSTEM, at=NOON)
    assert above(town).skew_s == pytest.approx(90, abs=2)


def test_what_is_sent_names_nothing_but_what_is_described(town, other):
    told(town)
    actions.send(by=make.SYSTEM, at=NOON)
    assert set(other.got[0]) == {"seq", "ref", "verb", "at", "body"}


def test_more_than_one_message_holds_goes_in_several(town, other, monkeypatch):
    monkeypatch.setattr("gongzhi.federation.actions.sending.MOST", 2)
    told(town, 5)
    assert actions.send(by=make.SYSTEM, at=NOON) == 5
    assert len(other.paths) == 3


def test_one_that_is_not_there_is_tried_again_later_and_longer_each_time(town, other):
    told(town)
    other.answer = lambda _said: (500, {})
    waits = []
    for n in range(3):
        at = NOON + timedelta(hours=n)
        assert actions.send(by=make.SYSTEM, at=at) == 0
        waits.append((again_at(town) - at).total_seconds())
    assert "HTTP 500" in above(town).fault
    assert 1 <= waits[0] <= 2 < waits[2] <= 8
    other.answer = None
    assert actions.send(by=make.SYSTEM, at=later(hours=5)) == 1
    assert (above(town).fails, above(town).fault, above(town).again_at) == (0, "", None)


def test_it_is_not_asked_before_its_time(town, other):
    told(town)
    other.answer = lambda _said: (503, {})
    actions.send(by=make.SYSTEM, at=NOON)
    actions.send(by=make.SYSTEM, at=NOON + timedelta(milliseconds=200))
    assert len(other.paths) == 1


def test_after_days_of_absence_it_waits_no_longer_than_five_minutes(town, other):
    told(town)
    Peer.objects.filter(pk=town.above.pk).update(fails=5000)
    other.answer = lambda _said: (503, {})
    actions.send(by=make.SYSTEM, at=NOON)
    assert again_at(town) <= NOON + timedelta(minutes=5)


def test_who_speaks_to_us_is_spoken_to_at_once(town, other):
    told(town)
    Peer.objects.filter(pk=town.above.pk).update(again_at=later(minutes=5), fails=20)
    make.take(town.above, [])
    assert actions.send(by=make.SYSTEM, at=NOON) == 1


def test_an_answer_that_was_lost_repeats_what_was_sent(town, other):
    told(town, 2)
    other.answer = lambda said: other.got.extend(said["parcels"]) or (200, {})
    actions.send(by=make.SYSTEM, at=NOON)
    other.answer = None
    actions.send(by=make.SYSTEM, at=later(hours=1))
    assert [one["seq"] for one in other.got] == [1, 2, 1, 2]
    assert other.got[:2] == other.got[2:]


def test_one_put_back_to_an_older_copy_is_told_again_what_it_lost(town, other):
    told(town, 3)
    actions.send(by=make.SYSTEM, at=NOON)
    told(town)
    other.answer = lambda _said: (200, {"heard": 1, "now": ""})
    actions.send(by=make.SYSTEM, at=later(hours=1))
    other.answer, other.got = None, []
    actions.send(by=make.SYSTEM, at=later(hours=2))
    assert [one["seq"] for one in other.got] == [2, 3, 4]


def test_one_that_has_kept_more_than_we_told_is_sent_nothing_and_people_are_told(town, other):
    told(town)
    other.answer = lambda _said: (200, {"heard": 7, "now": ""})
    actions.send(by=make.SYSTEM, at=NOON)
    assert "older copy" in above(town).fault
    assert above(town).n_taken == 0


def test_nothing_is_sent_while_it_is_paused_and_all_of_it_afterwards(town, other):
    told(town)
    actions.pause(town.above, by=make.SYSTEM, at=NOON)
    assert actions.send(by=make.SYSTEM, at=NOON) == 0
    actions.resume(town.above, by=make.SYSTEM, at=NOON)
    assert actions.send(by=make.SYSTEM, at=NOON) == 1


def test_one_worker_at_a_time_sends_to_a_level(town, other):
    told(town)
    Peer.objects.filter(pk=town.above.pk).update(lease_until=later(seconds=30))
    assert actions.send(by=make.SYSTEM, at=NOON) == 0
    assert actions.send(by=make.SYSTEM, at=later(minutes=1)) == 1


def test_a_level_that_hangs_holds_up_no_other(town, other, under):
    told(town)
    ours = walk(town, make.matter(town), "accept")
    dispatch(ours, office=town.lower, by=town.staff("dispatcher"), at=NOON)
    make.work()
    below_is_told = Event()
    waited: list[bool] = []

    def hang(said: dict[str, Any]) -> make.Answer:
        waited.append(below_is_told.wait(timeout=10))
        return 200, {"heard": 1, "now": ""}

    def hear(said: dict[str, Any]) -> make.Answer:
        below_is_told.set()
        return 200, {"heard": 1, "now": ""}

    other.answer, under.answer = hang, hear
    assert actions.send(by=make.SYSTEM, at=NOON) == 2
    assert waited == [True]


def test_a_fault_of_ours_is_one_of_this_level_alone(town, other, monkeypatch, caplog):
    def broken(*_said: object) -> None:
        raise ZeroDivisionError

    told(town)
    with monkeypatch.context() as patch:
        patch.setattr("gongzhi.federation.backends.send", broken)
        assert actions.send(by=make.SYSTEM, at=NOON) == 0
    assert above(town).fault == "ZeroDivisionError"
    assert "could not be told" in caplog.text
    assert actions.send(by=make.SYSTEM, at=later(minutes=1)) == 1


def test_only_the_installation_sends(town):
    with pytest.raises(PermissionDenied):
        actions.send(by=town.staff("administrator"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.follow(make.uuid7(), 1, by=town.staff("administrator"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.forget(by=town.staff("administrator"), at=NOON)


def test_what_is_long_done_is_emptied_and_its_digest_stays(town, other):
    told(town)
    actions.send(by=make.SYSTEM, at=NOON)
    assert actions.forget(by=make.SYSTEM, at=later(days=29)) == 0
    assert actions.forget(by=make.SYSTEM, at=later(days=31)) == 1
    parcel = Parcel.objects.get()
    assert (parcel.body, len(parcel.digest)) == ({}, 64)


# --- Both ledgers.


def test_both_ledgers_are_compared_line_by_line(town, other):
    ours, _copy = make.handed(town)
    theirs = [queries.row(one) for one in queries.ledger(town.below, None)]
    other.answer = lambda _said: (200, {"rows": theirs if len(other.paths) < 2 else []})
    found = actions.compare(above(town), by=make.SYSTEM, at=NOON)
    assert found == {"same": 1, "differ": [], "n_differ": 0, "fault": ""}
    assert ours.state == "dispatched"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"heard": [0, ""]}, "told"),
        ({"told": [9, "x"]}, "heard"),
        ({"due": "2027-01-01T00:00:00+00:00"}, "due"),
    ],
)
def test_what_differs_is_named_by_our_number(town, other, change, what):
    ours, _copy = make.handed(town)
    walk(town, make.there(ours), "accept")
    make.pass_on(town)
    theirs = [queries.row(one) | change for one in queries.ledger(town.below, None)]
    other.answer = lambda _said: (200, {"rows": theirs if len(other.paths) < 2 else []})
    found = actions.compare(above(town), by=make.SYSTEM, at=NOON)
    assert found["differ"] == [[ours.number, what]]


def test_what_is_known_at_one_end_alone_is_named(town, other):
    ours, _copy = make.handed(town)
    other.answer = lambda _said: (200, {"rows": []})
    found = actions.compare(above(town), by=make.SYSTEM, at=NOON)
    assert found["differ"] == [[ours.number, "here"]]


def test_a_ledger_that_cannot_be_read_is_told(town, other):
    other.answer = lambda _said: (200, {"rows": "x"})
    assert "cannot be read" in actions.compare(above(town), by=make.SYSTEM, at=NOON)["fault"]


# --- Made known to each other.


def test_the_address_has_to_be_safe_and_the_office_free(town):
    says: dict[str, Any] = {"code": "third", "office": town.lights, "is_above": True}
    with pytest.raises(ValidationError, match="https"):
        actions.add_peer(**says, address="http://example.org", by=make.SYSTEM, at=NOON)
    says["office"] = town.upper
    with pytest.raises(ValidationError, match="已代表一个层级平台"):
        actions.add_peer(**says, address=make.ADDRESS, by=make.SYSTEM, at=NOON)


def test_only_an_administrator_looks_after_levels(town):
    by = town.staff("supervisor")
    with pytest.raises(PermissionDenied, match="只有管理员"):
        actions.add_peer(
            code="third",
            office=town.lights,
            is_above=True,
            address=make.ADDRESS,
            by=by,
            at=NOON,
        )
    for act in (actions.pause, actions.ask_compare):
        with pytest.raises(PermissionDenied, match="只有管理员"):
            act(town.above, by=by, at=NOON)
    with pytest.raises(PermissionDenied, match="只有管理员"):
        actions.change(town.above, address=make.ADDRESS, by=by, at=NOON)


def test_what_is_done_to_a_level_stands_in_its_history(town):
    by = town.staff("administrator")
    actions.pause(town.above, by=by, at=NOON)
    actions.resume(town.above, by=by, at=NOON)
    rows = make.Entry.objects.filter(subject=town.above.pk).order_by("seq")
    told = list(rows.values_list("verb", flat=True))
    assert told == ["level.add", "level.change", "level.pause", "level.resume"]
    assert town.token_below not in str(list(rows.values("facts", "told")))
