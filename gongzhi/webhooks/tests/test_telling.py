"""What hooks are told, and of what nothing."""

from __future__ import annotations

import json
from datetime import UTC, timedelta

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.exchange import signing
from gongzhi.jobs.models import Job
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.rules import holder
from gongzhi.matters.states import MATTER
from gongzhi.webhooks import actions, queries, rules
from gongzhi.webhooks.models import Delivery, Happened
from gongzhi.webhooks.tests import make

pytestmark = pytest.mark.django_db
WHO = Contact(name="王小明", phone="13800138000", email="ming@example.org")
TELLING = "我叫王小明，住幸福路12号，路灯不亮。"


def test_a_hook_is_told_what_happens_to_a_matter_in_its_order(town, receiver):
    make.hook(town, receiver.address)
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")
    make.work()
    assert receiver.verbs == ["receive", "accept", "dispatch", "acknowledge", "answer"]
    (post,) = receiver.got
    assert post.headers["Content-Type"] == "application/cloudevents-batch+json; charset=UTF-8"
    entry = Entry.objects.get(subject=matter.pk, verb="matter.dispatch")
    assert matter.answer_by
    assert post.events[2] == {
        "specversion": "1.0",
        "id": str(entry.pk),
        "source": ours.ORIGIN,
        "type": "org.gongzhi.matter.dispatch",
        "subject": matter.number,
        "time": "2026-03-02T04:00:00+00:00",
        "datacontenttype": "application/json",
        "sequence": "0000000003",
        "data": {
            "number": matter.number,
            "verb": "dispatch",
            "state": "dispatched",
            "kind": "lamp",
            "place": town.community.code,
            "office": "lights",
            "due": matter.answer_by.astimezone(UTC).isoformat(timespec="seconds"),
        },
    }
    assert set(Delivery.objects.values_list("state", "tries")) == {("taken", 1)}
    assert not Happened.objects.exists()


def test_one_that_wants_each_event_by_itself_gets_them_so(town, receiver):
    make.hook(town, receiver.address, batched=False)
    make.walk(town, make.matter(town), "accept")
    make.work()
    assert [type(json.loads(one.body)) for one in receiver.got] == [dict, dict]
    kinds = {one.headers["Content-Type"] for one in receiver.got}
    assert kinds == {"application/cloudevents+json; charset=UTF-8"}
    assert receiver.verbs == ["receive", "accept"]


def test_each_try_is_signed_over_its_time_and_body(town, receiver):
    made = make.add_hook(town, receiver.address)
    make.matter(town)
    make.work(make.at(minutes=1))
    (post,) = receiver.got
    signature = post.headers[signing.HEADER]
    assert signing.check(signature, post.body, [made.secret], make.at(minutes=1))
    with pytest.raises(signing.BadSignature):
        signing.check(signature, post.body + b" ", [made.secret], make.at(minutes=1))


def test_after_a_new_secret_both_sign_for_a_day(town, receiver):
    made = make.add_hook(town, receiver.address)
    hook = made.line
    again = actions.rotate(hook, by=SYSTEM, at=make.NOON)
    make.matter(town)
    make.work()
    make.matter(town, at=make.at(days=2))
    make.work(make.at(days=2))
    first, second = receiver.got
    for secret in (made.secret, again.secret):
        signing.check(first.headers[signing.HEADER], first.body, [secret], make.NOON)
    signing.check(second.headers[signing.HEADER], second.body, [again.secret], make.at(days=2))
    assert second.headers[signing.HEADER].count("v1=") == 1


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"kinds": ["lamp"]}, {"lamp"}),
        ({"kinds": ["lamp", "hole"]}, {"lamp", "hole"}),
        ({"places": ["990101001"]}, {"lamp", "hole"}),
        ({"places": ["990101001001001"]}, {"lamp"}),
        ({"places": ["990101002"]}, set()),
        ({"states": ["accepted"]}, {"lamp"}),
        ({"kinds": ["hole"], "states": ["accepted"]}, set()),
    ],
)
def test_a_hook_is_told_of_its_kinds_places_and_states_alone(town, receiver, says, told):
    make.hook(town, receiver.address, **says)
    make.walk(town, make.matter(town), "accept")
    make.matter(town, kind=town.hole, place=town.next_grid)
    make.work()
    assert {event["data"]["kind"] for event in receiver.events} == told


def sealed(town):
    kind = make.kind(town.lamp.kind_class, "help", "上门帮助", "Help at home", sealed=True)
    return make.matter(town, kind=kind, text=TELLING, contact=WHO)


def own_request(town):
    kind = make.kind(town.lamp.kind_class, "pay", "拖欠工资", "Wages not paid", public=False)
    return make.matter(town, kind=kind, text=TELLING, contact=WHO)


def kept_from(town):
    return make.walk(town, make.matter(town, text=TELLING, contact=WHO), "keep_from")


def complaint(town):
    return make.matter(town, about_office=town.roads, text=TELLING, contact=WHO)


def about(town):
    return make.walk(town, make.matter(town, text=TELLING, contact=WHO), "about")


@pytest.mark.parametrize("made", [sealed, own_request, kept_from, complaint, about])
def test_of_what_not_everybody_may_know_number_and_state_are_told_and_no_more(town, receiver, made):
    make.hook(town, receiver.address)
    matter = make.walk(town, made(town), "accept", "note", "dispatch", "acknowledge", "handle")
    make.work()
    assert [event["data"] for event in receiver.events] == [
        {"number": matter.number, "state": state}
        for state in ("received", "accepted", "dispatched", "handling")
    ]
    names = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}
    assert {frozenset(event) for event in receiver.events} == {frozenset(names)}
    assert {event["type"] for event in receiver.events} == {"org.gongzhi.matter.state"}


@pytest.mark.parametrize("made", [sealed, own_request, kept_from, complaint, about])
@pytest.mark.parametrize(
    "says", [{"kinds": ["help", "pay", "lamp", "office_conduct"]}, {"places": ["990101"]}]
)
def test_who_asked_for_a_kind_or_a_place_is_told_nothing_of_it(town, receiver, made, says):
    make.hook(town, receiver.address, **says)
    make.walk(town, made(town), "accept")
    make.work()
    assert receiver.got == []


def test_what_is_sealed_while_it_waits_is_told_as_number_and_state(town, receiver):
    make.hook(town, receiver.address)
    receiver.status = 503
    matter = make.matter(town)
    make.work()
    receiver.status = 204
    make.walk(town, matter, "about")
    make.work(make.at(hours=1))
    first, again = receiver.got
    assert first.events[0]["data"]["kind"] == "lamp"
    assert again.events[0]["data"] == {"number": matter.number, "state": "received"}
    assert again.events[0]["id"] == first.events[0]["id"]


def test_nothing_of_a_person_and_no_text_is_ever_sent(town, receiver):
    make.hook(town, receiver.address)
    matter = make.matter(town, text=TELLING, contact=WHO, address="幸福路12号")
    matter = make.walk(town, matter, "accept", "dispatch", "acknowledge", "handle", "ask")
    matters.add(matter, words=TELLING, by=holder(matter), at=make.NOON)
    make.walk(town, matter, "note", "answer", "inspect", "rate")
    make.work()
    said = b"".join(one.body for one in receiver.got).decode()
    parts = ["小明", "幸福路", "13800138000", "ming@", "不亮", "同志", str(matter.pk)]
    assert [part for part in parts if part in said] == []
    assert {"note", "add", "ask"}.isdisjoint(receiver.verbs)
    assert receiver.verbs[-1] == "rate"


def test_every_verb_that_is_told_is_one_of_a_matter_and_what_says_something_of_people_is_not():
    moves = {move.name for move in MATTER.moves}
    assert moves - rules.VERBS == {
        *("about", "add", "ask", "follow_up", "insist", "judge", "keep_from", "note", "redact"),
        *("report", "split", "urge"),
    }
    assert rules.VERBS - moves == {"adopt", "receive", "recount", "retime"}


def test_a_stopped_hook_is_told_nothing_and_one_that_starts_again_only_what_comes(town, receiver):
    hook = make.hook(town, receiver.address)
    actions.stop(hook, by=SYSTEM, at=make.NOON)
    make.matter(town)
    make.work()
    actions.start(hook, by=SYSTEM, at=make.NOON)
    make.matter(town, kind=town.hole)
    make.work()
    assert [event["data"]["kind"] for event in receiver.events] == ["hole"]


def test_noting_costs_nothing_where_no_hook_is_active_and_else_one_statement(town, receiver):
    matter = make.matter(town)
    queries.is_listening()  # kept for a while
    with CaptureQueriesContext(connection) as seen:
        actions.note(matter.pk, 1, by=SYSTEM, at=make.NOON)
    assert len(seen) == 0
    make.hook(town, receiver.address)
    queries.is_listening()
    with CaptureQueriesContext(connection) as seen:
        actions.note(matter.pk, 1, by=SYSTEM, at=make.NOON)
    assert len(seen) == 1


def test_spreading_costs_the_same_for_one_and_for_many(town, receiver, queries):
    make.hook(town, receiver.address)
    make.hook(town, receiver.address, kinds=["lamp"])
    for n in (1, 3):
        for _each in range(n):
            actions.note(make.matter(town).pk, 1, by=SYSTEM, at=make.NOON)
        with queries("spread"):
            assert actions.spread(by=SYSTEM, at=make.NOON) == n


def test_sending_costs_the_same_for_one_and_for_many(town, receiver, queries):
    make.hook(town, receiver.address)
    for n in (1, 3):
        for _each in range(n):
            actions.note(make.matter(town).pk, 1, by=SYSTEM, at=make.NOON)
        actions.spread(by=SYSTEM, at=make.NOON)
        with queries("deliver"):
            assert actions.deliver(by=SYSTEM, at=make.NOON) == n


def test_of_two_that_spread_at_once_one_changes_nothing(town, receiver):
    make.hook(town, receiver.address)
    actions.note(make.matter(town).pk, 1, by=SYSTEM, at=make.NOON)
    noted = list(Happened.objects.all())
    assert actions.spread(by=SYSTEM, at=make.NOON) == 1
    with pytest.raises(actions.gathering.TakenOver):
        actions.gathering._store(noted, [])  # noqa: SLF001  as the other would now
    assert Delivery.objects.count() == 1


def test_what_was_moved_in_a_batch_or_is_only_a_reminder_is_not_told(town, receiver):
    make.hook(town, receiver.address)
    matter = make.matter(town)
    make.work()
    assert matter.due_at
    late = matter.due_at + timedelta(hours=1)
    matters.remind(by=SYSTEM, at=late)
    assert Job.objects.filter(topic="matter").exists()
    make.work(late)
    assert receiver.verbs == ["receive"]
    assert Matter.objects.count() == 1
