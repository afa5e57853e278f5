from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Role
from gongzhi.audit.queries import broken, history, looks
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.demands import actions, queries, rules, tasks
from gongzhi.demands.models import Deferral, Demand
from gongzhi.demands.states import DEMAND, OPEN, Notice, Part, State
from gongzhi.demands.tests import make
from gongzhi.demands.tests.make import BOTH, NOON, SYSTEM
from gongzhi.jobs.handlers import Work
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter
from gongzhi.matters.words import ORDERED
from gongzhi.notices.models import Letter
from gongzhi.notices.models import Notice as Told
from gongzhi.parties.models import Paper

pytestmark = pytest.mark.django_db
LAW = "《刑事诉讼法》第一百五十二条"


def later(days):
    return localdate(NOON) + timedelta(days=days)


def test_an_order_is_entered_with_its_paper_sealed_and_the_officers_told(town):
    made = make.entered(town)
    assert (made.state, made.parts) == (State.ENTERED, "contact words")
    assert made.said["asked"] == "请提供该事项反映人的联系方式和反映内容。"
    assert "联系方式".encode() not in bytes(made.sealed)
    assert [paper.name for paper in queries.papers(made)] == ["调取证据通知书.pdf"]
    told = Told.objects.filter(verb="demands.enter")
    assert {one.user for one in told} == {town.data_officer, town.second_officer}
    entry = history(made.pk).get()
    assert entry.facts == {"sort": "police", "parts": "contact words", "untold_until": ""}
    assert "联系方式" not in str(entry.told)  # its words are sealed


def test_nobody_but_the_data_officer_of_the_place_enters_one(town):
    matter = make.raised(town)
    for name in ("leader", "acceptor", "handler", "administrator", "township_officer"):
        with pytest.raises(PermissionDenied, match="只有当地的数据官"):
            actions.enter(matter, make.order(), by=town.staff(name), at=NOON)
    assert not Demand.objects.exists()


@pytest.mark.parametrize(
    ("says", "field", "sentence"),
    [
        ({"article": " "}, "article", "必须写明"),
        ({"law": ""}, "law", "必须写明"),
        ({"papers": []}, "papers", "口头"),
        ({"parts": []}, "parts", "逐项"),
        ({"parts": ["everything"]}, "parts", "逐项"),
        ({"sort": "friend"}, "sort", "机关"),
        ({"issued_on": date(2027, 1, 1)}, "issued_on", "还没到"),
        ({"untold_until": date(2027, 3, 1), "untold_ground": LAW}, "untold_until", "90"),
        ({"untold_until": date(2026, 4, 1)}, "untold_until", "哪部法律"),
    ],
)
def test_an_order_that_is_not_in_order_is_not_entered(town, says, field, sentence):
    with pytest.raises(ValidationError) as refused:
        make.entered(town, **says)
    assert sentence in refused.value.message_dict[field][0]
    assert not Demand.objects.exists()
    assert not Paper.objects.exists()


def test_sealed_files_are_not_handed_over(town):
    matter = make.raised(town)
    Matter.objects.filter(pk=matter.pk).update(sealed=True)
    matter.refresh_from_db()
    with pytest.raises(ValidationError, match="密封"):
        make.entered(town, matter)


def test_one_order_reaches_five_matters_and_no_more_and_each_once(town):
    matter = make.raised(town)
    make.entered(town, matter)
    with pytest.raises(ValidationError, match="已经登记"):
        make.entered(town, matter)
    for _n in range(4):
        make.entered(town)
    with pytest.raises(ValidationError, match="不成批"):
        make.entered(town)
    assert Demand.objects.count() == 5
    make.entered(town, number="〔2026〕8号")


def test_two_people_each_check_ground_and_scope(town):
    made = make.entered(town)
    officer, leader = town.staff("data_officer"), town.staff("leader")
    with pytest.raises(MoveRefused):
        actions.approve(made, **BOTH, by=leader, at=NOON)
    for half in ({"ground": True, "scope": False}, {"ground": False, "scope": True}):
        with pytest.raises(ValidationError, match="依据和范围"):
            actions.check(made, **half, by=officer, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.check(made, **BOTH, by=leader, at=NOON)
    actions.check(made, **BOTH, by=officer, at=NOON)
    with pytest.raises(PermissionDenied, match="另一人"):
        actions.approve(made, **BOTH, by=officer, at=NOON)
    with pytest.raises(ValidationError):
        actions.approve(made, ground=True, scope=False, by=leader, at=NOON)
    actions.approve(made, **BOTH, by=leader, at=NOON)
    assert [entry.verb for entry in history(made.pk)] == [
        "demand.enter", "demand.check", "demand.approve",
    ]  # fmt: skip
    assert broken(made.pk) == []


def test_who_holds_both_posts_still_needs_another_person(town):
    appoint(town.data_officer, role=Role.LEADER, place=town.district, by=SYSTEM, at=NOON)
    made = make.entered(town)
    actions.check(made, **BOTH, by=town.staff("data_officer"), at=NOON)
    with pytest.raises(PermissionDenied, match="另一人"):
        actions.approve(made, **BOTH, by=town.staff("data_officer"), at=NOON)


def test_a_narrowed_order_is_checked_anew_by_both(town):
    made = make.entered(town)
    officer, leader = town.staff("data_officer"), town.staff("leader")
    actions.check(made, **BOTH, by=officer, at=NOON)
    for parts in ([], ["contact", "words"], ["contact", "words", "files"], ["files"]):
        with pytest.raises(ValidationError, match="至少"):
            actions.narrow(made, parts=parts, reason="超出所需", by=leader, at=NOON)
    actions.narrow(made, parts=["words"], reason="联系方式与本案无关。", by=leader, at=NOON)
    assert (made.state, made.wanted, made.checked_by) == (State.ENTERED, [Part.WORDS], None)
    assert made.narrowed
    actions.check(made, **BOTH, by=officer, at=NOON)
    actions.approve(made, **BOTH, by=leader, at=NOON)


def test_what_is_refused_hands_nothing_over_and_nobody_is_told_anything(town):
    matter = make.raised(town)
    made = make.entered(town, matter)
    with pytest.raises(ValidationError):
        actions.refuse(made, reason=" ", by=town.staff("leader"), at=NOON)
    actions.refuse(made, reason="未附法律依据原文。", by=town.staff("leader"), at=NOON)
    assert (made.state, made.said["reason"]) == (State.REFUSED, "未附法律依据原文。")
    with pytest.raises(MoveRefused):
        actions.hand_over(made, received_by="甲", by=town.staff("data_officer"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.fetch(made, by=town.staff("data_officer"), at=NOON)
    assert not looks(matter.pk).exists()
    assert queries.told(matter) == []


def test_what_is_handed_over_is_a_look_that_the_person_reads_at_once(town):
    matter = make.raised(town)
    made = make.handed(town, matter)
    seen = looks(matter.pk).get()
    assert (seen.purpose, seen.by_id, seen.at) == (ORDERED, town.data_officer.pk, NOON)
    assert queries.told(matter) == [made]
    letter = Letter.objects.filter(matter=matter, verb="demands_tell").get()
    assert matter.number in unseal(bytes(letter.sealed), letter.pk.hex)["text"]


def test_the_file_holds_exactly_what_was_approved_and_for_a_day(town):
    matter = make.raised(town)
    make.walk(town, matter, "note")
    made = make.handed(town, matter, parts=["words", "messages", "files"])
    officer = town.staff("data_officer")
    packed = ZipFile(BytesIO(actions.fetch(made, by=officer, at=make.at(hours=23))))
    said = json.loads(packed.read("order.json"))
    assert set(said) == {"order", "matter", "words", "messages", "files"}
    assert said["words"]["text"] == matter.text
    assert said["messages"] == []  # notes between colleagues are none of it
    assert "13800138000" not in packed.read("order.json").decode()
    assert [entry.verb for entry in history(made.pk)][-1] == "demand.fetch"
    for name, when in (("leader", NOON), ("data_officer", make.at(hours=24))):
        with pytest.raises(PermissionDenied, match="24"):
            actions.fetch(made, by=town.staff(name), at=when)


def test_the_contact_is_in_the_file_only_where_it_was_approved(town):
    made = make.handed(town, parts=["contact"])
    packed = ZipFile(BytesIO(actions.fetch(made, by=town.staff("data_officer"), at=NOON)))
    assert json.loads(packed.read("order.json"))["contact"]["phone"] == "13800138000"


def test_where_a_law_forbids_it_the_person_is_told_from_that_day_by_itself(town):
    matter = make.raised(town)
    made = make.handed(town, matter, untold_until=later(60), untold_ground=LAW)
    assert not looks(matter.pk).exists()
    assert queries.told(matter) == []
    assert not Letter.objects.filter(verb="demands_tell").exists()
    assert actions.review(by=SYSTEM, at=make.at(days=45)) == 0
    assert not Told.objects.filter(verb="demands.review").exists()
    for _again in range(2):
        assert actions.review(by=SYSTEM, at=make.at(days=46)) == 0
    reminded = {one.user for one in Told.objects.filter(verb="demands.review")}
    assert reminded == {town.leader, town.second_leader}
    assert Told.objects.filter(verb="demands.review").count() == 2  # once each
    assert actions.review(by=SYSTEM, at=make.at(days=60)) == 1
    assert actions.review(by=SYSTEM, at=make.at(days=61)) == 0
    seen = looks(matter.pk).get()
    assert (seen.at, seen.by_id) == (NOON, town.data_officer.pk)  # when it was, and who it was
    assert [one.pk for one in queries.told(matter)] == [made.pk]
    assert Letter.objects.filter(verb="demands_tell").count() == 1


def test_the_leader_puts_it_off_again_only_with_a_law_and_for_a_time(town):
    made = make.handed(town, untold_until=later(30), untold_ground=LAW)
    deferral, leader = made.deferral, town.staff("leader")
    soon = make.at(days=20)
    with pytest.raises(PermissionDenied):
        actions.prolong(
            deferral, until=later(60), ground=LAW, by=town.staff("data_officer"), at=soon
        )
    for until, ground in ((later(60), " "), (later(20), LAW), (later(111), LAW)):
        with pytest.raises(ValidationError):
            actions.prolong(deferral, until=until, ground=ground, by=leader, at=soon)
    actions.prolong(deferral, until=later(100), ground=LAW, by=leader, at=soon)
    assert actions.review(by=SYSTEM, at=make.at(days=31)) == 0
    assert actions.review(by=SYSTEM, at=make.at(days=100)) == 1
    with pytest.raises(MoveRefused):
        deferral.refresh_from_db()
        actions.prolong(deferral, until=later(120), ground=LAW, by=leader, at=make.at(days=101))
    assert "demand.prolong" in [entry.verb for entry in history(made.pk)]
    assert broken(made.pk) == []


def test_it_is_told_earlier_where_the_ground_is_gone(town):
    matter = make.raised(town)
    made = make.handed(town, matter, untold_until=later(30), untold_ground=LAW)
    with pytest.raises(PermissionDenied):
        actions.tell(made.deferral, by=town.staff("acceptor"), at=NOON)
    actions.tell(made.deferral, by=town.staff("data_officer"), at=NOON)
    assert Deferral.objects.get().state == Notice.TOLD
    assert looks(matter.pk).count() == 1


def test_nobody_but_time_reviews_and_forgets(town):
    made = make.handed(town)
    for act in (lambda by: actions.review(by=by, at=NOON),
                lambda by: actions.forget(made.matter, by=by, at=NOON)):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act(town.staff("data_officer"))


def test_a_complaint_about_a_leaders_own_house_is_kept_from_that_leader(town):
    made = make.entered(town)
    Matter.objects.filter(pk=made.matter_id).update(kept_from=town.leader.pk.hex)
    made.matter.refresh_from_db()
    actions.check(made, **BOTH, by=town.staff("data_officer"), at=NOON)
    assert not rules.may_see(town.staff("leader"), made)
    assert made not in queries.visible(town.staff("leader"))
    with pytest.raises(PermissionDenied):
        actions.approve(made, **BOTH, by=town.staff("leader"), at=NOON)
    actions.approve(made, **BOTH, by=town.staff("second_leader"), at=NOON)


def test_what_is_erased_is_not_handed_over_and_takes_the_words_of_its_orders_with_it(town):
    matter = make.raised(town)
    done, refused = make.approved(town, matter), make.entered(town, matter, number="2")
    actions.refuse(refused, reason="无依据", by=town.staff("leader"), at=NOON)
    matters.erase(matter, by=SYSTEM, at=NOON)
    done.matter.refresh_from_db()
    with pytest.raises(MoveRefused, match="已删除"):
        actions.hand_over(done, received_by="甲", by=town.staff("data_officer"), at=NOON)
    tasks.forget(Work("matter", matter.pk, {"verb": "erase", "seq": 0}, NOON))
    done.refresh_from_db()
    refused = Demand.objects.get(pk=refused.pk)
    assert refused.said == {}
    assert [paper.file for paper in Paper.objects.all()] == [done.pk]  # which is still open
    assert refused.state == State.REFUSED  # that there was one stays
    assert broken(refused.pk) == []


def test_what_is_open_keeps_its_matter_from_being_swept(town):
    matter = make.raised(town)
    made = make.entered(town, matter)
    found = Matter.objects.filter(pk=matter.pk)
    assert not queries.settled(found).exists()
    actions.withdraw(made, by=town.staff("data_officer"), at=NOON)
    assert queries.settled(found).exists()
    make.handed(town, matter, number="2", untold_until=later(30), untold_ground=LAW)
    assert not queries.settled(found).exists()  # its person is not told yet


def test_small_numbers_are_hidden_from_everybody(town):
    for n in range(5):
        make.handed(town, number=f"{n}")
    made = make.entered(town, number="6", sort="court")
    actions.refuse(made, reason="无依据", by=town.staff("leader"), at=NOON)
    half = queries.counted()[0]
    assert (half.year, half.half) == (2026, 1)
    rows = {
        str(label): dict(zip(queries.OUTCOMES, numbers, strict=True))
        for label, numbers in half.rows
    }
    assert rows["公安机关"] == {
        "entered": 5, "open": 0, "whole": 5, "narrowed": 0, "refused": 0, "withdrawn": 0, "untold": 0,
    }  # fmt: skip
    assert (rows["法院"]["entered"], rows["法院"]["refused"]) == (None, None)


class Pressed(RuleBasedStateMachine):
    """Whoever presses whatever: what is handed over was checked by one and approved by another."""

    town: make.Town

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.one = make.entered(self.town)

    @rule(
        name=st.sampled_from([move.name for move in DEMAND.moves]),
        who=st.sampled_from(["data_officer", "second_officer", "leader", "acceptor"]),
    )
    def press(self, name, who):
        says: dict[str, Any] = {
            "check": BOTH, "approve": BOTH, "refuse": {"reason": "无依据"},
            "narrow": {"parts": ["words"], "reason": "超出"}, "hand_over": {"received_by": "甲"},
        }  # fmt: skip
        before = self.one.state
        open_now = before in DEMAND[name].sources
        may = getattr(rules, f"may_{name}")(self.town.staff(who), self.one)
        try:
            getattr(actions, name)(self.one, **says.get(name, {}), by=self.town.staff(who), at=NOON)
        except (PermissionDenied, MoveRefused, ValidationError):
            assert not (open_now and may) or name == "narrow"
            assert self.one.state == before
        else:
            assert (open_now, may) == (True, True)
        self.look()

    def look(self):
        verbs = [(entry.verb, entry.by_id) for entry in history(self.one.pk)]
        if self.one.state == State.HANDED:
            since = max(
                [n for n, (verb, _by) in enumerate(verbs) if verb == "demand.narrow"], default=0
            )
            who = dict(verbs[since:])
            assert who["demand.check"] != who["demand.approve"]
        assert looks(self.one.matter_id).exists() == (self.one.state == State.HANDED)
        assert (self.one.ended_at is None) == (self.one.state in OPEN)
        assert broken(self.one.pk) == []

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


def test_whatever_is_pressed_nothing_leaves_without_two_people(town):
    machine = type("Of", (Pressed,), {"town": town})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=15, stateful_step_count=12, deadline=None)
    )
