"""What is registered, forwarded, decided; who is protected; every refusal with its sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from gongzhi.accounts.actions import appoint, close_account, end_post
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry, Look
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.jobs.handlers import Work
from gongzhi.notices.models import Letter, Notice
from gongzhi.parties.queries import by_receipt, looks, of_file, signatures
from gongzhi.parties.reach import Reach
from gongzhi.parties.tests.make import drawing
from gongzhi.petitions import actions, queries, tasks
from gongzhi.petitions.actions.registering import consent
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import State
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import (
    ANYBODY,
    DAY,
    LI,
    NOON,
    NUMBER,
    OPINION,
    TEXT,
    last_day,
    noon,
)

pytestmark = pytest.mark.django_db


# --- Forwarding.


def test_an_objection_after_five_work_days_is_refused(town):
    row = make.in_state(town, "forwarded")
    with pytest.raises(MoveRefused, match="提出异议的5个工作日已过"):
        make.press(town, row, "object", noon(3, 10))


def test_an_objection_that_is_dismissed_leaves_the_day_and_cannot_be_repeated(town):
    row = make.walk(town, make.in_state(town, "objected"), "dismiss")
    assert last_day(row, "notify") == (3, 17)
    with pytest.raises(MoveRefused, match="异议已有裁定"):
        make.press(town, row, "object")


def test_an_objection_that_is_right_brings_it_back_and_the_next_organ_has_its_own_days(town):
    row = make.press(town, make.in_state(town, "objected"), "uphold", noon(3, 5))
    assert (row.state, row.stage) == (State.REGISTERED, None)
    assert last_day(row, "forward") == (3, 20)
    row = make.press(town, row, "forward", noon(3, 6), office=town.roads)
    assert [one.office for one in queries.stages(row)] == [town.lights, town.roads]
    assert last_day(row, "object") == (3, 13)


@pytest.mark.parametrize("state", ["forwarded", "accepted"])
def test_from_an_organ_that_does_nothing_it_is_taken_back_and_forwarded_anew(town, state):
    row = make.in_state(town, state)
    with pytest.raises(PermissionDenied, match="只有负责这件信访的信访部门"):
        actions.recall_from(row, reason="x", by=town.staff("handler"), at=NOON)
    row = make.press(town, row, "recall_from", noon(3, 25))
    assert (row.state, row.stage) == (State.REGISTERED, None)
    assert [one.name for one in queries.clocks(row, queries.stages(row)) if not one.stopped_at] == [
        "forward"
    ]
    assert last_day(row, "forward") == (4, 9)
    row = make.press(town, row, "forward", noon(3, 26), office=town.roads)
    assert make.stage(row).office == town.roads


def test_the_petition_office_does_not_decide_itself(town):
    with pytest.raises(ValidationError, match="信访部门负责转送和督办"):
        make.press(town, make.petition(town), "forward", office=town.petitions)


def test_a_petition_in_hand_elsewhere_is_ended_by_the_number_that_was_told(town):
    row, other = make.petition(town), make.petition(town)
    for wrong in ("12345", row.number):
        with pytest.raises(ValidationError, match="这不是另一件事项的编号"):
            make.press(town, row, "link", number=wrong)
    row = make.press(town, row, "link", number=other.number.replace("-", " "))
    assert row.state == State.LINKED
    assert Entry.objects.get(subject=row.pk, verb="petition.link").facts == {"office": "petitions"}
    (notice,) = queries.documents(row, [], queries.messages(row))
    assert other.number in [said for _label, said in notice.parts]


def test_a_route_is_one_that_the_law_has(town):
    row = make.petition(town)
    with pytest.raises(ValidationError, match="请选择法律规定的程序"):
        make.press(town, row, "route", route="elsewhere")
    row = make.press(town, row, "route", route="reconsideration")
    assert (row.state, row.route_name) == (State.ROUTED, "行政复议")


# --- Deciding.


@pytest.mark.parametrize("missing", ["request", "facts", "opinion", "law"])
def test_an_opinion_has_every_part_of_article_32(town, missing):
    parts = {name: getattr(OPINION, name) for name in OPINION.__dataclass_fields__}
    with pytest.raises(ValidationError) as refused:
        make.press(
            town,
            make.in_state(town, "accepted"),
            "decide",
            opinion=actions.Opinion(**(parts | {missing: "  "})),
        )
    assert refused.value.message_dict == {missing: ["第三十二条要求意见书载明这一项：请填写。"]}


def test_a_claim_gets_an_opinion_and_a_suggestion_a_reply(town):
    claim = make.in_state(town, "accepted")
    with pytest.raises(MoveRefused, match="对申诉求决事项应当出具处理意见书"):
        make.press(town, claim, "reply")
    idea = make.in_state(town, "accepted", sort="suggestion")
    with pytest.raises(MoveRefused, match="这一件请直接回复"):
        make.press(town, idea, "decide")
    assert make.press(town, idea, "reply").state == State.REPLIED


def test_of_two_who_decide_at_once_one_wins(town):
    row = make.in_state(town, "accepted")
    first, second = make.fresh(row), make.fresh(row)
    actions.decide(first, opinion=OPINION, by=town.staff("handler"), at=NOON)
    with pytest.raises(MoveLost):
        actions.decide(second, opinion=OPINION, by=town.staff("head"), at=NOON)
    assert Entry.objects.filter(subject=row.pk, verb="petition.decide").count() == 1


def test_of_two_who_forward_at_once_one_wins(town):
    row = make.petition(town)
    first, second = make.fresh(row), make.fresh(row)
    by = town.staff("keeper")
    actions.forward(first, office=town.lights, words="请办理。", by=by, at=NOON)
    with pytest.raises(MoveLost):
        actions.forward(second, office=town.roads, words="请办理。", by=by, at=NOON)
    assert [one.office for one in queries.stages(row)] == [town.lights]


def test_without_an_office_above_the_petitioner_is_told_where_to_turn(town):
    row = make.in_state(town, "forwarded")
    row.stages.update(office=town.city)
    row = make.fresh(row)
    by = town.staff("last")
    actions.accept(row, words="已收到。", by=by, at=NOON)
    actions.decide(make.fresh(row), opinion=OPINION, by=by, at=NOON)
    with pytest.raises(MoveRefused, match="信访部门"):
        make.press(town, row, "ask_review")


# --- Protection.


def test_words_and_names_stand_nowhere_unsealed(town):
    row = make.in_state(town, "final")
    make.press(town, make.in_state(town, "accepted"), "extend")
    make.press(town, make.petition(town), "link")
    actions.reach(row, make.party(row), purpose="约时间测温", by=town.staff("keeper"), at=NOON)
    secrets = [
        NUMBER,
        "约时间测温",
        TEXT[:8],
        "李明",
        "13800138000",
        "恢复供暖",
        "室温符合",
        "刚好升温",
        "等待检测报告",
    ]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = "|".join(map(str, cursor.fetchall()))
            assert [said for said in secrets if said in text] == [], table
    assert row.text == TEXT


def test_history_holds_codes_and_never_words(town):
    row = make.in_state(town, "final")
    for entry in Entry.objects.filter(subject=row.pk):
        assert set(entry.facts) <= {"sort", "way", "topic", "place", "office", "result"}
        assert set(entry.told) == {"by"}


def test_the_person_of_a_suspended_account_petitions_like_everybody(town):
    where = {"place": town.district, "office": town.roads}
    appoint(town.acceptor, role="handler", **where, by=SYSTEM, at=NOON)  # who takes over
    for post in town.stranger.posts.all():
        end_post(post, by=SYSTEM, at=NOON + timedelta(seconds=1))
    close_account(town.stranger, by=SYSTEM, at=NOON + DAY)
    given = make.given(town, reach=Reach(name=town.stranger.name_zh, phone="13800138000"))
    for _again in range(3):
        made = actions.register(given, by=ANYBODY, at=NOON)
        assert made.petition.state == State.REGISTERED


def test_every_opening_is_recorded_once_an_hour_and_shown_to_its_people(town):
    row = make.petition(town)
    for minutes in (0, 5, 70):
        at = NOON + timedelta(minutes=minutes)
        actions.read(row.pk, by=town.staff("keeper"), at=at)
    assert [one.by_label for one in looks(make.party(row))] == ["keeper同志"] * 2


def test_a_look_at_a_party_of_another_petition_is_refused(town):
    row, other = make.petition(town), make.petition(town)
    with pytest.raises(PermissionDenied):
        actions.reach(row, make.party(other), purpose="x", by=town.staff("keeper"), at=NOON)
    assert not Look.objects.exists()


def test_those_concerned_are_told_by_number_alone(town):
    row = make.in_state(town, "forwarded")
    Letter.objects.all().delete()
    for verb in ("register", "forward", "accept", "extend"):
        tasks.tell(Work("petition", row.pk, {"verb": verb}, NOON, 1))
    told = {(one.verb, one.user.username) for one in Notice.objects.select_related("user")}
    assert told == {
        ("petition.register", "keeper"),
        ("petition.forward", "handler"),
        ("petition.forward", "head"),
        ("petition.extend", "head"),
    }
    assert {one.label for one in Notice.objects.all()} == {row.number}
    assert Letter.objects.filter(verb="petition.accept").count() == 1


def test_who_stepped_aside_is_told_nothing_more(town):
    row = make.in_state(town, "accepted")
    actions.step_aside(row, by=town.staff("handler"), at=NOON)
    tasks.tell(Work("petition", row.pk, {"verb": "add"}, NOON, 1))
    assert [one.user.username for one in Notice.objects.select_related("user")] == ["head"]


# --- Coming in.


def test_the_sixth_representative_is_refused_and_nobody_is_counted_online(town):
    six = [Reach(name=f"代表{n}") for n in range(6)]
    by = town.staff("keeper")
    with pytest.raises(ValidationError) as refused:
        given = make.given(town, way="visit", representatives=six)
        actions.register(given, by=by, at=NOON)
    assert refused.value.message_dict == {
        "representatives": ["多人来访时，请推选不超过5名代表；其他人可以在网上联名，人数不限。"]
    }
    given = make.given(town, way="visit", representatives=six[:5])
    assert len(actions.register(given, by=by, at=NOON).others) == 5
    row = make.press(town, make.petition(town), "share")
    for n in range(8):
        actions.sign(row, reach=Reach(name=f"居民{n}"), by=ANYBODY, at=NOON)
    assert len(of_file(row.pk)) == 9


@pytest.mark.parametrize("way", ["letter", "telephone", "visit"])
def test_what_comes_otherwise_only_the_petition_office_writes_down(town, way):
    for by in (ANYBODY, town.staff("handler"), town.staff("worker")):
        with pytest.raises(PermissionDenied, match="由信访部门登记"):
            actions.register(make.given(town, way=way), by=by, at=NOON)
    made = actions.register(make.given(town, way=way), by=town.staff("keeper"), at=NOON)
    assert made.petition.way == way


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"topic": "nonsense"}, "topic"),
        ({"reach": Reach()}, "name"),
        ({"denounced": "roads"}, "denounced"),
    ],
)
def test_what_cannot_be_registered_says_why_and_leaves_nothing(town, says, field):
    known = {name: getattr(town, v) if name == "denounced" else v for name, v in says.items()}
    with pytest.raises(ValidationError) as refused:
        make.registered(town, **known)
    assert set(refused.value.message_dict) == {field}
    assert not Petition.objects.exists()


def test_a_proxy_files_with_consent_that_is_signed_and_both_get_a_code(town):
    given = make.given(town)
    with pytest.raises(PermissionDenied, match="代办信访"):
        actions.file_for(given, drawing="", by=town.staff("handler"), at=NOON)
    made = actions.file_for(given, drawing=drawing(), by=town.staff("worker"), at=NOON)
    row = make.fresh(made.petition)
    signed = signatures(consent(given))
    assert [(one.name, one.witnessed) for one in signed] == [("李明", True)]
    assert by_receipt(row.number, made.code) == make.party(row)
    assert made.others[0].party.acts_for == make.party(row)
    assert by_receipt(row.number, made.others[0].code) == made.others[0].party


def test_a_proxy_files_nothing_about_a_place_where_they_do_not_serve(town):
    given = make.given(town, place=town.township)
    with pytest.raises(ValidationError) as refused:
        actions.file_for(given, drawing=drawing(), by=town.staff("worker"), at=NOON)
    said = "您只能在自己任职的地方代办信访，请选择其中一处。其他地方的，请由当地的工作人员代办，或者由信访部门登记。"
    assert refused.value.message_dict == {"place": [said]}
    assert not Petition.objects.exists()


def test_what_is_not_shared_or_has_ended_is_not_signed(town):
    for row in (make.petition(town), make.walk(town, make.petition(town), "share", "withdraw")):
        with pytest.raises(PermissionDenied, match="没有开放联名"):
            actions.sign(row, reach=LI, by=ANYBODY, at=NOON)
