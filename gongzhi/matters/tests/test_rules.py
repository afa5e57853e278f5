from __future__ import annotations

import pytest
from django.db import connection

from gongzhi.audit.actors import Actor
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Matter
from gongzhi.matters.states import MATTER, State
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db

CAST = (
    "acceptor",
    "dispatcher",
    "handler",
    "stranger",
    "inspector",
    "supervisor",
    "worker",
    "officer",
    "administrator",
)
CENTRE = {"acceptor", "dispatcher", "inspector", "supervisor", "worker", "officer"}
TO_OFFICE = ("accept", "dispatch")
WALKS: dict[str, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.ACCEPTED: ("accept",),
    State.DISPATCHED: TO_OFFICE,
    State.HANDLING: (*TO_OFFICE, "acknowledge"),
    State.ANSWERED: (*TO_OFFICE, "acknowledge", "answer"),
    State.RESOLVED: (*TO_OFFICE, "acknowledge", "answer", "inspect"),
    State.CLOSED: (*TO_OFFICE, "acknowledge", "answer", "inspect", "rate"),
    State.REFUSED: ("refuse",),
    State.WITHDRAWN: ("withdraw",),
    State.DEFERRED: ("accept", "defer"),
    State.FORCED: ("accept", "force_close"),
}
COMPLAINED = {"acceptor", "dispatcher", "inspector", "supervisor"}
WITH_OFFICE = {
    State.DISPATCHED,
    State.HANDLING,
    State.ANSWERED,
    State.RESOLVED,
    State.CLOSED,
}
MAY = {
    "accept": {"acceptor"},
    "refuse": {"acceptor"},
    "sort": {"acceptor", "dispatcher"},
    "relocate": {"acceptor", "dispatcher"},
    "about": {"acceptor", "dispatcher"},
    "keep_from": {"acceptor", "dispatcher"},
    "escalate": {"acceptor", "dispatcher", "worker"},
    "assign": {"acceptor", "dispatcher"},
    "merge": {"acceptor", "dispatcher"},
    "unmerge": {"acceptor", "dispatcher"},
    "split": {"dispatcher"},
    "involve": {"dispatcher"},
    "take_over": {"stranger"},
    "judge": {"requester"},
    "settle": {"worker"},
    "dispatch": {"dispatcher"},
    "acknowledge": {"handler"},
    "object": {"handler"},
    "dismiss": {"dispatcher"},
    "send_back": {"dispatcher"},
    "handle": {"handler"},
    "ask": {"acceptor", "dispatcher", "handler"},
    "extend": {"handler"},
    "grant": {"supervisor"},
    "deny": {"supervisor"},
    "defer": {"supervisor"},
    "resume": {"supervisor"},
    "urge": {"dispatcher", "supervisor"},
    "supervise": {"supervisor"},
    "report": {"handler"},
    "insist": {"supervisor"},
    "lift": {"supervisor"},
    "force_close": {"supervisor"},
    "answer": {"handler"},
    "inspect": {"inspector"},
    "rework": {"inspector"},
    "follow_up": {"acceptor", "dispatcher"},
    "close": {"acceptor", "dispatcher"},
    "note": CENTRE | {"handler"},
    "redact": CENTRE | {"handler"},
    "add": {"requester"},
    "rate": {"requester"},
    "reopen": {"acceptor", "dispatcher", "requester"},
    "withdraw": {"requester"},
    "restore": {"requester"},
}


def actor(town, matter: Matter, name: str) -> Actor:
    return rules.holder(matter) if name == "requester" else town.staff(name)


@pytest.mark.parametrize("state", WALKS)
def test_who_sees_a_matter_in_each_state(town, state):
    matter = make.walk(town, make.matter(town), *WALKS[state])
    assert matter.state == state
    seen = {name for name in CAST if rules.may_see(town.staff(name), matter)}
    assert seen == CENTRE | ({"handler"} if state in WITH_OFFICE else set())


@pytest.mark.parametrize("state", WALKS)
def test_the_list_and_the_page_agree_on_who_sees_what(town, state):
    matter = make.walk(town, make.matter(town), *WALKS[state])
    for name in (*CAST, "requester"):
        by = actor(town, matter, name)
        listed = rules.visible(Matter.objects.all(), by).filter(pk=matter.pk).exists()
        assert (name, listed) == (name, rules.may_see(by, matter))


def test_nobody_else_sees_anything(town):
    matter, other = make.matter(town), make.matter(town)
    assert rules.may_see(make.ANYBODY, matter) is False
    assert rules.may_see(rules.holder(other), matter) is False
    assert list(rules.visible(Matter.objects.all(), make.ANYBODY)) == []


def test_a_worker_of_the_next_grid_does_not_see_it(town):
    matter = make.matter(town, place=town.next_grid)
    assert rules.may_see(town.staff("worker"), matter) is False


def test_an_office_that_gave_a_matter_back_sees_it_no_more(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "object", "send_back")
    assert rules.may_see(town.staff("handler"), matter) is False


@pytest.mark.parametrize("move", [move.name for move in MATTER.moves])
def test_each_move_is_the_right_of_those_and_nobody_else(town, move):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "acknowledge", "involve", "take")
    may = getattr(rules, f"may_{move}")
    them = {name for name in (*CAST, "requester") if may(actor(town, matter, name), matter)}
    assert them == MAY[move]
    assert may(make.ANYBODY, matter) is False


def test_only_those_who_sort_ask_or_handle_may_reach_the_requester(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE)
    them = {name for name in CAST if rules.may_contact(town.staff(name), matter)}
    assert them == {"acceptor", "dispatcher", "handler"}


def test_an_inspector_of_the_office_itself_may_not_check_its_work(town):
    from gongzhi.accounts.actions import appoint
    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM

    where = {"place": town.district, "office": town.lights}
    appoint(town.inspector, role=Role.HANDLER, **where, by=SYSTEM, at=make.NOON)
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "acknowledge", "answer")
    assert rules.may_inspect(town.staff("inspector"), matter) is False


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by how much there is")
def test_whether_an_office_takes_part_is_looked_up_by_matter_and_not_among_all_its_tasks(town):
    plan = rules.visible(Matter.objects.all(), town.staff("handler")).explain()
    assert "INDEX task_of_office (office_id=? AND matter_id=?)" in plan


@pytest.mark.parametrize(
    ("move", "them"),
    [
        ("take", {"stranger"}),
        ("decline", {"stranger"}),
        ("finish", {"stranger"}),
        ("bind", {"dispatcher"}),
        ("release", {"dispatcher"}),
    ],
)
def test_a_task_is_moved_by_its_office_and_ruled_on_by_the_dispatcher(town, move, them):
    task = make.task(make.walk(town, make.matter(town), *TO_OFFICE, "involve"))
    may = getattr(rules, f"may_{move}")
    assert {name for name in CAST if may(town.staff(name), task)} == them
    lead = task.matter.tasks.get(lead=True)
    assert not any(may(town.staff(name), lead) for name in CAST)


def test_a_co_office_sees_the_matter_until_it_is_released_and_never_the_contact(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve")
    stranger = town.staff("stranger")
    assert (rules.may_see(stranger, matter), rules.may_contact(stranger, matter)) == (True, False)
    make.walk(town, matter, "release")
    assert rules.may_see(stranger, matter) is False


def test_who_worked_beside_the_lead_may_not_check_the_result(town):
    from gongzhi.accounts.actions import appoint
    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM

    where = {"place": town.district, "office": town.roads}
    appoint(town.inspector, role=Role.HANDLER, **where, by=SYSTEM, at=make.NOON)
    walked = *TO_OFFICE, "involve", "take", "finish", "acknowledge", "answer"
    matter = make.walk(town, make.matter(town), *walked)
    assert rules.may_inspect(town.staff("inspector"), matter) is False


def test_what_was_handed_up_is_seen_by_the_place_but_worked_on_above(town):
    from gongzhi.accounts.actions import appoint, open_account
    from gongzhi.accounts.models import Role
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM

    user = open_account(
        username="near", name_zh="近", name_en="Near", password="", by=SYSTEM, at=make.NOON
    )
    appoint(user, role=Role.ACCEPTOR, place=town.community, by=SYSTEM, at=make.NOON)
    near, matter = staff(user, make.NOON), make.matter(town)
    assert rules.may_accept(near, matter)
    make.walk(town, matter, "escalate")  # to the community
    assert rules.may_accept(near, matter)
    assert not rules.may_settle(town.staff("worker"), matter)
    actions.escalate(matter, reason="需街道协调。", by=near, at=make.NOON)
    assert (rules.may_see(near, matter), rules.may_accept(near, matter)) == (True, False)
    assert rules.may_accept(town.staff("acceptor"), matter)
