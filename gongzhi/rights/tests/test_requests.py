from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from gongzhi.audit.queries import broken, history, looks
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Matter, Requester
from gongzhi.matters.receipts import Contact
from gongzhi.matters.rules import holder
from gongzhi.notices.models import Letter, Notice
from gongzhi.rights import actions, queries, rules
from gongzhi.rights.models import SubjectRequest
from gongzhi.rights.states import OPEN, REQUEST, Sort, State
from gongzhi.rights.tests import make
from gongzhi.rights.tests.make import NOON
from gongzhi.rights.words import REMEDY

pytestmark = pytest.mark.django_db
ANSWER = "依《个人信息保护法》第四十七条第二款，诉讼期间须保留。"


def letters(matter):
    return [
        (one.verb, unseal(bytes(one.sealed), one.pk.hex)["text"])
        for one in Letter.objects.filter(matter=matter).order_by("created_at", "id")
    ]


def test_whoever_raised_it_asks_and_both_ends_are_told(town):
    matter = make.raised(town)
    made = make.asked(matter, words="想看看你们记了什么。")
    assert (made.state, made.said["words"]) == (State.ASKED, "想看看你们记了什么。")
    assert str(made.due_rule) == "rights.answer 1"
    assert made.due_at.date() == (NOON + timedelta(days=21)).date()  # 15 work days: three weeks
    told = Notice.objects.get(verb="rights.ask")
    assert (told.user, told.label) == (town.data_officer, matter.number)
    assert told.link == f"/rights/desk/requests/{made.pk}/"
    assert letters(matter)[-1][0] == "rights_ask"
    assert [entry.verb for entry in history(made.pk)] == ["request.ask"]
    assert "想看看" not in str(list(history(made.pk).values()))  # its words are sealed


def test_an_anonymous_person_asks_as_well_with_the_receipt_code_alone(town):
    matter = make.raised(town)
    Requester.objects.filter(matter=matter).update(sealed=None, phone_hash="")
    assert make.asked(matter).state == State.ASKED
    assert letters(matter) == []


def test_nobody_else_asks(town):
    matter, other = make.raised(town), make.raised(town)
    for by in (holder(other), make.ANYBODY, town.staff("acceptor"), town.staff("data_officer")):
        with pytest.raises(PermissionDenied, match="只有本人可以凭查询码提出"):
            actions.ask(matter, sort=Sort.SEE, by=by, at=NOON)
    assert not SubjectRequest.objects.exists()


def test_the_same_is_not_asked_twice_before_it_is_answered(town):
    matter = make.raised(town)
    make.asked(matter)
    with pytest.raises(ValidationError, match="您已经提出过同样的请求"):
        make.asked(matter)
    make.asked(matter, Sort.COPY)
    assert SubjectRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("sort", "says", "sentence"),
    [
        ("everything", {}, "请选择您的请求"),
        (Sort.CORRECT, {}, "请填写姓名、电话或者电子邮箱"),
        (Sort.CORRECT, {"contact": Contact(phone="门口")}, "这不是电话号码"),
        (Sort.EXPLAIN, {}, "请简单写几句"),
        (Sort.SEE, {"words": "长" * 2001}, "2000"),
    ],
)
def test_what_cannot_be_asked_says_why_and_keeps_nothing(town, sort, says, sentence):
    matter = make.raised(town)
    with pytest.raises(ValidationError) as fault:
        make.asked(matter, sort, **says)
    assert sentence in " ".join(fault.value.messages)
    assert not SubjectRequest.objects.exists()


def test_the_look_of_who_examines_is_told_to_the_person(town):
    matter = make.raised(town)
    make.examined(town, matter)
    found = looks(matter.pk).get()
    assert (found.by_id, found.purpose) == (town.data_officer.pk, "rights")
    assert letters(matter)[-1][0] == "rights_examine"


@pytest.mark.parametrize("sort", [Sort.SEE, Sort.COPY])
def test_what_is_held_opens_once_it_is_granted(town, sort):
    matter = make.raised(town)
    made = make.examined(town, matter, sort)
    assert not queries.is_open_to(matter, sort)
    actions.grant(made, by=town.staff("data_officer"), at=NOON)
    assert queries.is_open_to(matter, sort)
    other = Sort.COPY if sort == Sort.SEE else Sort.SEE
    assert not queries.is_open_to(matter, other)
    assert (made.state, made.ended_at) == (State.GRANTED, NOON)
    assert broken(made.pk) == []


def test_a_contact_is_put_right_by_the_grant_and_its_letter_goes_to_the_new_one(town):
    matter = make.raised(town)
    made = make.examined(town, matter, Sort.CORRECT, contact=Contact(phone="13900139000"))
    actions.grant(made, by=town.staff("data_officer"), at=NOON)
    requester = Requester.objects.get(matter=matter)
    assert unseal(bytes(requester.sealed or b""), matter.pk.hex) == {"phone": "13900139000"}
    last = Letter.objects.filter(matter=matter).order_by("-id")[0]
    assert unseal(bytes(last.sealed), last.pk.hex)["to"] == "13900139000"


def test_who_wants_no_more_messages_gets_none(town):
    matter = make.raised(town)
    made = make.examined(town, matter, Sort.OBJECT)
    n = len(letters(matter))
    actions.grant(made, by=town.staff("data_officer"), at=NOON)
    assert Requester.objects.get(matter=matter).no_contact
    assert len(letters(matter)) == n


def test_an_explanation_has_words(town):
    made = make.examined(town, make.raised(town), Sort.EXPLAIN, words="给过谁？")
    with pytest.raises(ValidationError):
        actions.grant(made, by=town.staff("data_officer"), at=NOON)
    assert made.state == State.EXAMINING
    actions.grant(made, answer="只给过路灯管理所。", by=town.staff("data_officer"), at=NOON)
    assert made.said["answer"] == "只给过路灯管理所。"


def test_everything_is_erased_by_the_grant_and_its_answer_stays(town):
    matter = make.ended(town)
    other = make.asked(matter, Sort.EXPLAIN, words="我的话")
    made = make.examined(town, matter, Sort.DELETE, words="请删除")
    actions.grant(made, answer="已删除。", by=town.staff("data_officer"), at=NOON)
    assert Matter.objects.get(pk=matter.pk).is_erased
    assert Letter.objects.filter(matter=matter).exists()
    make.erased_beside(matter)
    assert not Letter.objects.filter(matter=matter).exists()
    assert not Job.objects.filter(topic="letter").exists()  # nothing fails for want of its letter
    made.refresh_from_db()
    assert made.said == {"answer": "已删除。"}
    other.refresh_from_db()
    assert (other.state, other.said) == (State.ASKED, {})
    actions.examine(other, by=town.staff("data_officer"), at=NOON)
    with pytest.raises(MoveRefused, match="内容已全部删除"):
        actions.grant(other, answer="好", by=town.staff("data_officer"), at=NOON)
    with pytest.raises(ValidationError, match="已经全部删除"):
        make.asked(Matter.objects.get(pk=matter.pk))


def test_what_is_still_worked_on_is_not_erased_and_nothing_changes(town):
    matter = make.raised(town)
    made = make.examined(town, matter, Sort.DELETE)
    with pytest.raises(MoveRefused, match="事项仍在办理"):
        actions.grant(made, by=town.staff("data_officer"), at=NOON)
    made.refresh_from_db()
    matter.refresh_from_db()
    assert (made.state, matter.is_erased) == (State.EXAMINING, False)


def test_what_the_law_wants_kept_is_not_erased_and_is_refused_with_the_ground(town):
    matter = make.ended(town)
    officer = town.staff("data_officer")
    until = make.TODAY + timedelta(days=365)
    actions.hold(matter, ground="诉讼中，民诉法第六十七条", until=until, by=officer, at=NOON)
    made = make.examined(town, matter, Sort.DELETE)
    with pytest.raises(MoveRefused, match="诉讼中，民诉法第六十七条"):
        actions.grant(made, by=officer, at=NOON)
    with pytest.raises(ValidationError):
        actions.refuse(made, answer=" ", remedy=str(REMEDY), by=officer, at=NOON)
    with pytest.raises(ValidationError):
        actions.refuse(made, answer=ANSWER, remedy="", by=officer, at=NOON)
    actions.refuse(made, answer=ANSWER, remedy=str(REMEDY), by=officer, at=NOON)
    assert made.state == State.REFUSED
    assert (made.said["answer"], "向人民法院提起诉讼" in made.said["remedy"]) == (ANSWER, True)
    assert letters(matter)[-1][0] == "rights_refuse"
    assert not Matter.objects.get(pk=matter.pk).is_erased


def test_who_asked_takes_it_back_and_nobody_else(town):
    matter = make.raised(town)
    made = make.asked(matter)
    with pytest.raises(PermissionDenied, match="只有提出人可以撤回"):
        actions.withdraw(made, by=town.staff("data_officer"), at=NOON)
    actions.withdraw(made, by=holder(matter), at=NOON)
    assert made.state == State.WITHDRAWN
    assert Notice.objects.filter(verb="rights.withdraw").exists()
    make.asked(matter)  # and may ask again


@pytest.mark.parametrize("name", ["acceptor", "handler", "supervisor", "administrator", "worker"])
def test_nobody_but_the_data_officer_answers(town, name):
    made = make.asked(make.raised(town))
    with pytest.raises(PermissionDenied, match="只有当地的数据官可以这样做"):
        actions.examine(made, by=town.staff(name), at=NOON)
    made = make.examined(town, make.raised(town))
    for act, says in ((actions.grant, {}), (actions.refuse, {"answer": "不", "remedy": "诉"})):
        with pytest.raises(PermissionDenied):
            act(made, by=town.staff(name), at=NOON, **says)
    assert made.state == State.EXAMINING


def test_the_list_holds_what_the_rule_lets_see(town):
    made = make.asked(make.raised(town))
    for name in ("data_officer", "acceptor", "administrator", "handler"):
        by = town.staff(name)
        assert (made in queries.waiting_requests(by)) == rules.may_see(by, made), name
    assert queries.waiting_requests(town.staff("data_officer")) == [made]


def test_the_demo_has_an_assessment_and_requests_once(town):
    make.ended(town)
    make.ended(town)
    assert actions.plant(by=make.SYSTEM, at=NOON) == 3
    assert {one.sort for one in SubjectRequest.objects.all()} == {Sort.COPY, Sort.DELETE}
    assert actions.plant(by=make.SYSTEM, at=NOON) == 0


class AnyOrder(RuleBasedStateMachine):
    """Whoever presses what in whichever order: only what the table lists is done."""

    town: make.Town

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.matter = make.ended(self.town)
        self.made = make.asked(self.matter, Sort.OBJECT)

    @rule(
        name=st.sampled_from([move.name for move in REQUEST.moves]),
        who=st.sampled_from(["data_officer", "acceptor", "holder"]),
    )
    def press(self, name, who):
        by = holder(self.matter) if who == "holder" else self.town.staff(who)
        before, move = self.made.state, REQUEST[name]
        may = getattr(rules, f"may_{name}")(by, self.made)
        says = {"answer": "理由", "remedy": "起诉"} if name == "refuse" else {}
        try:
            getattr(actions, name)(self.made, by=by, at=NOON, **says)
        except PermissionDenied:
            assert not may
        except MoveRefused:
            assert may
            assert before not in move.sources
        else:
            assert may
            assert before in move.sources
            assert self.made.state == move.target
        assert (self.made.ended_at is None) == (self.made.state in OPEN)
        assert SubjectRequest.objects.get(pk=self.made.pk).state == self.made.state
        assert broken(self.made.pk) == []

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


def test_any_presses_in_any_order(town):
    machine = type("Of", (AnyOrder,), {"town": town})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=10, stateful_step_count=6, deadline=None)
    )
