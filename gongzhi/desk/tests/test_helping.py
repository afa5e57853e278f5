from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gongzhi.accounts.actions import appoint, found
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.desk import queries
from gongzhi.desk.rules import BY_NAME
from gongzhi.matters import actions
from gongzhi.matters.models import OfficeTask
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
PILE = "/desk/?tab=tasks"
AT_WORK = ("accept", "dispatch", "acknowledge")


def involved(town, *moves, at=make.NOON, **says):
    """A matter on which the roads office works beside the lights office."""
    return make.walk(town, make.matter(town, at=at, **says), *AT_WORK, "involve", *moves, at=at)


def shown(answer):
    return [row.number for row in answer.context["rows"]]


def test_what_waits_for_a_co_office_comes_by_the_date_of_its_own_task(town, as_):
    later = involved(town, "take")  # done by Friday the 6th
    soon = involved(town, "take", urgent=True, at=make.at(days=1))
    first = involved(town)  # to be taken on this afternoon
    answer = as_("stranger").get(PILE)
    assert shown(answer) == [first.number, soon.number, later.number]
    due = [row.due.at for row in answer.context["rows"]]
    tasks = [OfficeTask.objects.get(matter=one, lead=False) for one in (first, soon, later)]
    assert due == [task.due_at for task in tasks] == sorted(due)
    assert due[0] == tasks[0].acknowledge_by
    assert due[2] == tasks[2].finish_by


def test_it_can_be_put_in_the_order_of_the_whole_matter_again(town, as_):
    late = involved(town, "take")
    soon = involved(town, at=make.at(days=1))
    assert shown(as_("stranger").get(PILE)) == [soon.number, late.number]
    assert shown(as_("stranger").get(PILE + "&sort=due")) == [late.number, soon.number]


def test_its_pages_follow_each_other_by_the_own_date(town):
    made = [involved(town, at=make.NOON + timedelta(minutes=n)) for n in range(3)]
    at, by = make.at(hours=1), town.staff("stranger")
    listing = queries.pile(BY_NAME["tasks"], {}, by, at)
    reader = queries.Reader(by, at, make.TODAY)

    def page(**key):
        return queries.page(listing.found, reader, by=listing.order, size=2, **key)

    first = page()
    second = page(after=first.after)
    back = page(before=second.before)
    assert [row.number for row in (*first.rows, *second.rows)] == [one.number for one in made]
    assert (back.rows[0].number, back.before, second.after) == (made[0].number, "", "")


def test_the_moves_of_the_task_stand_in_its_row_and_are_pressed_there(town, as_):
    matter = involved(town)
    task = OfficeTask.objects.get(matter=matter, lead=False)
    browser = as_("stranger")
    [row] = browser.get(PILE).context["rows"]
    assert [move.name for move in row.moves] == ["take", "decline"]
    page = browser.get(PILE).content.decode()
    to = f"/matters/task/{task.pk}/take/"
    assert f'name="version" value="{task.version}" formaction="{to}"' in page
    assert f'href="/matters/task/{task.pk}/decline/?tab=tasks"' in page
    assert re.search(r'data-row-key="t"', page)
    pressed = browser.post(to, {"version": task.version, "next": PILE})
    assert pressed["Location"] == PILE
    [row] = browser.get(PILE).context["rows"]
    assert [move.name for move in row.moves] == ["finish"]
    done = browser.post(
        f"/matters/task/{task.pk}/finish/", {"version": row.task.version, "words": "已恢复。"}
    )
    assert done.status_code == 302
    assert shown(browser.get(PILE)) == []


def test_who_serves_in_two_co_offices_reads_the_matter_once_by_the_next_of_their_dates(town, as_):
    third = found(
        code="water",
        duty="water",
        name_zh="水务所",
        name_en="Water",
        place=town.district,
        calendar=town.roads.calendar,
        by=SYSTEM,
        at=make.NOON,
    )
    for office in (town.roads, third):
        appoint(
            town.inspector,
            role=Role.HANDLER,
            place=town.district,
            office=office,
            by=SYSTEM,
            at=make.NOON,
        )
    matter, by = involved(town, "take"), town.staff("dispatcher")
    actions.involve(matter, office=third, words="请关阀。", by=by, at=make.at(hours=1))
    answer = as_("inspector").get(PILE)
    [row] = answer.context["rows"]
    assert (row.number, row.task.office_id) == (matter.number, third.pk)
    assert [(tab.name, n) for tab, n in answer.context["tabs"] if tab.name == "tasks"] == [
        ("tasks", 1)
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_the_pile_costs_the_same_queries_with_one_and_three(town, as_, request, n):
    for _n in range(n):
        involved(town)
    browser = as_("stranger")
    browser.get(PILE)
    with request.getfixturevalue("queries")("tasks"):
        browser.get(PILE)
