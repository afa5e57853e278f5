"""The written answer reaches the petitioner, and the time to ask for a review runs from that day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.models import Clock
from gongzhi.parties.fields import drawn
from gongzhi.parties.queries import signatures
from gongzhi.parties.tests.make import drawing
from gongzhi.petitions import actions, queries, rules
from gongzhi.petitions.actions.serving import digest
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import Part, State
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import NOON, SHANGHAI, last_day, noon

pytestmark = pytest.mark.django_db


def served(  # noqa: PLR0917
    town, row, on: date, at: datetime, how: str = "post", drawing: str = ""
) -> Petition:
    """Let the office that answered record how its answer arrived."""
    by = town.staff("handler")
    actions.serve(row, how=how, on=on, drawing=drawing, by=by, at=at)
    return make.fresh(row)


# --- Worked examples.  2026: Qingming is Saturday 4 to Monday 6 April, Labour Day Friday 1 to 5 May.


@pytest.mark.parametrize(
    ("arrived", "recorded", "until"),
    [
        (date(2026, 3, 2), noon(3, 2), (4, 1)),  # on the day of the answer: 2 March + 30
        (date(2026, 3, 6), noon(3, 9), (4, 7)),  # 6 March + 30 = 5 April, a holiday until 6
        (date(2026, 3, 10), noon(3, 10), (4, 9)),  # 10 March + 30
        (date(2026, 4, 1), noon(4, 8), (5, 6)),  # 1 April + 30 = 1 May, a holiday until 5
    ],
)
def test_by_post_the_30_days_run_from_the_day_of_delivery(town, arrived, recorded, until):
    row = served(town, make.in_state(town, "decided"), arrived, recorded)
    assert last_day(row, "ask") == until
    stage = make.stage(row)
    assert stage.served == "post"
    assert stage.served_at
    assert stage.served_at.astimezone(SHANGHAI).date() == arrived


def test_handed_over_in_person_it_is_signed_for(town):
    row = make.in_state(town, "decided")
    on = date(2026, 3, 4)
    with pytest.raises(ValidationError) as refused:
        served(town, row, on, noon(3, 5), how="person")
    assert set(refused.value.message_dict) == {"drawing"}
    ink = drawn(drawing())
    row = served(town, make.fresh(row), on, noon(3, 5), how="person", drawing=ink)
    assert last_day(row, "ask") == (4, 3)  # 4 March + 30
    (signed,) = signatures(digest(make.stage(row)))
    assert (signed.name, signed.witnessed, signed.signer) == ("李明", True, make.party(row))


def test_read_on_the_page_they_run_from_then_and_what_comes_after_moves_nothing(town):
    row = make.in_state(town, "decided")
    actions.collect(row, by=make.speaker(row), at=noon(3, 12))
    assert last_day(row, "ask") == (4, 13)  # 12 March + 30 = 11 April, a Saturday: Monday 13
    with pytest.raises(MoveRefused, match="已经记录"):
        served(town, make.fresh(row), date(2026, 3, 14), noon(3, 14))
    actions.collect(make.fresh(row), by=make.speaker(row), at=noon(3, 20))
    assert last_day(row, "ask") == (4, 13)
    assert Clock.objects.filter(name="ask").count() == 1


def test_the_answer_of_the_review_waits_for_its_receipt_too(town):
    row = make.in_state(town, "reviewed")
    assert not Clock.objects.filter(name="ask", stopped_at=None).exists()
    actions.serve(row, how="post", on=date(2026, 3, 10), by=town.staff("reviewer"), at=noon(3, 11))
    assert last_day(row, "ask") == (4, 9)
    with pytest.raises(MoveRefused, match="2026-04-09"):
        make.press(town, row, "ask_final", noon(4, 10))


def test_until_it_arrived_nothing_runs_out(town):
    row = make.in_state(town, "decided")
    assert not Clock.objects.filter(name="ask").exists()
    with pytest.raises(MoveRefused, match="请求复查的期限还没有届满"):
        actions.lapse(row, by=SYSTEM, at=noon(12, 1))
    assert make.press(town, row, "ask_review", noon(12, 1)).state == State.IN_REVIEW


@pytest.mark.parametrize("on", [date(2026, 3, 1), date(2026, 3, 11), date.min, date.max])
def test_a_day_before_the_answer_or_to_come_is_refused(town, on):
    row = make.in_state(town, "decided")
    with pytest.raises(ValidationError) as refused:
        served(town, row, on, noon(3, 10))
    assert refused.value.message_dict == {"on": ["请选择送达的日期：不早于答复之日，不晚于今天。"]}
    assert make.stage(row).served_at is None


@pytest.mark.parametrize("how", ["page", "", "pigeon"])
def test_another_way_is_not_for_staff_to_record(town, how):
    with pytest.raises(ValidationError, match="请选择送达方式"):
        served(town, make.in_state(town, "decided"), date(2026, 3, 3), noon(3, 3), how=how)


def test_after_an_answer_to_all_was_contested_the_next_answer_arrives_anew(town):
    rows = [make.in_state(town, "accepted") for _n in range(5)]
    actions.answer_all(
        town.lights, topic="housing", place=town.district, result="explain",
        text="延长。", ground="通知。", by=town.staff("handler"), at=NOON,
    )  # fmt: skip
    row = make.fresh(rows[0])
    actions.collect(row, by=make.speaker(row), at=noon(3, 3))
    row = make.walk(town, row, "contest", "decide", at=noon(3, 5))
    assert make.stage(row).served_at is None
    row = served(town, row, date(2026, 3, 9), noon(3, 9))
    assert last_day(row, "ask") == (4, 8)  # 9 March + 30


# --- Who, and what stands where.


def test_who_may_record_it_and_with_whom_it_arrives(town):
    row = make.in_state(town, "decided")
    for who in ("handler", "head", "keeper"):
        assert rules.may_serve(town.staff(who), row)
    for who in ("stranger", "reviewer", "worker", "leader", "administrator"):
        with pytest.raises(PermissionDenied, match="只有作出答复的单位"):
            actions.serve(row, how="post", on=NOON.date(), by=town.staff(who), at=NOON)
    by = town.staff("worker")
    made = actions.file_for(make.given(town), drawing=drawing(), by=by, at=NOON)
    assert rules.may_collect(make.speaker(made.petition), made.petition)
    proxy = make.member(make.party(made.petition, Part.PROXY))
    assert not rules.may_collect(proxy, made.petition)
    for other in (proxy, make.speaker(made.petition), town.staff("handler")):
        with pytest.raises(PermissionDenied):
            actions.collect(row, by=other, at=NOON)


def test_its_history_says_how_and_when_and_nothing_of_anybody(town):
    row = served(town, make.in_state(town, "decided"), date(2026, 3, 6), noon(3, 9))
    last = list(history(row.pk))[-1]
    assert (last.verb, last.facts) == (
        "petition.serve",
        {"office": "lights", "how": "post", "on": "2026-03-06"},
    )


def test_the_office_reads_that_it_has_not_arrived_and_finds_it_on_its_pile(as_, town):
    at = now()
    row = make.in_state(town, "decided", at)
    browser, where = as_("handler"), reverse("petitions:show", args=[row.pk])
    assert "尚未收到" in browser.get(where).content.decode()
    pile = reverse("petitions:index") + "?pile=serve"
    assert len(browser.get(pile).context["rows"]) == 1
    there = reverse("petitions:serve", args=[row.pk])
    assert "data-sign" in browser.get(there).content.decode()
    says = {"version": row.version, "how": "person", "on": localdate(at).isoformat()}
    assert browser.post(there, says).status_code == 422
    assert browser.post(there, says | {"drawing": drawing()}).status_code == 302
    page = browser.get(where).content.decode()
    assert "当面送达并签收" in page
    assert len(browser.get(pile).context["rows"]) == 0


@pytest.mark.parametrize("page", ["mine", "document", "pdf"])
def test_opening_it_with_the_receipt_code_is_its_receipt_wherever_it_is_read(
    by_receipt, town, page
):
    at = now() - timedelta(hours=1)
    made = make.registered(town, at)
    row = make.walk(town, made.petition, "forward", "accept", "decide", at=at)
    browser = by_receipt(row.number, made.code)
    assert make.stage(row).served_at is None
    answer = browser.get(
        {
            "mine": reverse("petitions:mine", args=[make.party(row).pk]),
            "document": reverse("petitions:document", args=[row.pk, row.stage_id]),
            "pdf": reverse("papers:petition", args=[row.pk, row.stage_id]),
        }[page]
    )
    assert answer.status_code == 200
    assert make.stage(row).served == "page"
    assert [one.name for one in queries.clocks(row, queries.stages(row))][-1] == "ask"
