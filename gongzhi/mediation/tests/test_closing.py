from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from pypdf import PdfReader

from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import SealBroken, seal_bytes, unseal_bytes
from gongzhi.mediation import actions, queries
from gongzhi.mediation.bagit import faults
from gongzhi.mediation.models import KEEP, Allowance, Ending
from gongzhi.mediation.states import Draft, Result, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.make import NOON

pytestmark = pytest.mark.django_db

SECRET = "我最多可以付五千"


def text(made: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_a_mediation_that_fails_ends_with_its_reason_and_its_clock(town):
    case = some.failed(town)
    ending = Ending.objects.get(case=case)
    assert (case.state, case.result, ending.why) == (State.ENDED, Result.NOT_SETTLED, "apart")
    assert ending.said == {"dispute": "赔偿数额相差太大。", "reached": "漏水属实。"}
    term = queries.term(case)
    assert term is None or term.stopped_at


def test_a_draft_is_void_once_the_mediation_failed(town):
    case = make.mediating(town)
    made = some.presented(town, case)
    actions.fail(case, why="term", dispute="数额。", by=town.staff("mediator"), at=NOON)
    made.refresh_from_db()
    assert made.state == Draft.VOID


def test_the_pack_holds_what_the_joint_room_has_and_nothing_of_a_private_one(town):
    case = make.mediating(town)
    zhao, qian = make.side(case), make.side(case, "钱川")
    actions.say(case, room=qian.party, words=SECRET, by=qian, at=NOON)
    actions.say(case, room=None, words="请赔偿三千元。", by=zhao, at=NOON)
    by = town.staff("mediator")
    actions.fail(case, why="apart", dispute="赔偿数额。", reached="漏水属实。", by=by, at=NOON)
    said = text(queries.pack(case, NOON))
    for part in ("赔偿数额", "漏水属实", "2026-03-02", "赵青", "钱川"):
        assert part in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        ("labour", "劳动争议调解仲裁法 27"),
        ("land", "农村土地承包经营纠纷调解仲裁法 18"),
        ("expropriation", "行政复议法 20"),
        ("neighbour", "民法典 188"),
    ],
)
def test_each_kind_of_dispute_says_where_it_can_go_within_which_limit(kind, law):
    assert law in [route.law for route in queries.routes(kind)]
    assert queries.routes(kind)[-1].name == "向人民法院提起诉讼"


def test_a_case_is_closed_as_performed_once_everything_was_received(town):
    case = some.performed(town)
    assert (case.state, case.result) == (State.ENDED, Result.PERFORMED)


def test_a_case_is_not_closed_while_there_is_time_to_perform(town):
    made = some.in_force(town)
    with pytest.raises(ValidationError, match="2026-03-31"):
        actions.close(made.case, by=town.staff("clerk"), at=NOON)
    later = some.days(31)
    actions.close(made.case, by=town.staff("clerk", later), at=later)
    assert made.case.result == Result.UNPERFORMED


def test_afterwards_each_party_is_asked_once_there_is_something_to_ask(town):
    case = make.mediating(town)
    by, zhao = town.staff("mediator"), make.party(case)
    with pytest.raises(ValidationError, match="达成协议或者案件结束后才回访"):
        actions.visit(case, visited=zhao, result="settled", by=by, at=NOON)
    done = some.performed(town)
    stranger = make.party(case)
    with pytest.raises(ValidationError, match="请在本案的当事人中选择"):
        actions.visit(done, visited=stranger, result="settled", by=by, at=NOON)
    made = actions.visit(
        done, visited=make.party(done), result="settled", words="已收到。", by=by, at=NOON
    )
    assert (queries.visits(done), made.said) == ([made], {"words": "已收到。"})
    with pytest.raises(PermissionDenied):
        actions.visit(
            done, visited=make.party(done), result="settled", by=town.staff("leader"), at=NOON
        )


# --- The archive.


def archived(town):
    case = some.performed(town)
    actions.archive(case, by=town.staff("clerk"), at=NOON)
    return case


def test_an_archive_is_a_whole_bag_stored_encrypted(town):
    case = archived(town)
    found = queries.unpacked(case.kept)
    assert (case.state, faults(found)) == (State.ARCHIVED, [])
    assert {path for path in found if path.startswith("data/")} == {
        "data/agreement.pdf",
        "data/case.json",
        "data/consents.json",
        "data/history.json",
        "data/joint/said.txt",
    }
    with default_storage.open(case.kept.stored) as file:
        assert case.title.encode() not in file.read()


def test_nothing_of_a_private_room_is_in_the_archive(town):
    case = make.mediating(town)
    qian = make.side(case, "钱川")
    actions.say(case, room=qian.party, words=SECRET, by=qian, at=NOON)
    made = some.concluded(town, some.presented(town, case))
    actions.receive(some.term(made), by=make.side(case), at=NOON)
    actions.close(case, by=town.staff("clerk"), at=NOON)
    actions.archive(case, by=town.staff("clerk"), at=NOON)
    found = queries.unpacked(case.kept)
    assert all(SECRET.encode() not in content for content in found.values())


def test_an_archive_in_which_a_byte_was_changed_is_refused(town):
    kept = archived(town).kept
    with default_storage.open(kept.stored) as file:
        sealed = bytearray(file.read())
    sealed[len(sealed) // 2] ^= 1
    with default_storage.open(kept.stored, "wb") as file:
        file.write(bytes(sealed))
    with pytest.raises(SealBroken):
        queries.unpacked(kept)


def test_an_archive_that_was_changed_under_its_seal_is_refused(town):
    kept = archived(town).kept
    with default_storage.open(kept.stored) as file:
        content = bytearray(unseal_bytes(file.read(), kept.case_id.hex))
    content[200] ^= 1
    with default_storage.open(kept.stored, "wb") as file:
        file.write(seal_bytes(bytes(content), kept.case_id.hex))
    with pytest.raises(ValueError, match="another bag"):
        queries.unpacked(kept)


@pytest.mark.parametrize("result", Result)
def test_every_result_says_how_long_its_file_is_kept_and_why(result):
    years, why = KEEP[result]
    assert years > 0
    assert str(why)


def test_how_long_follows_from_the_result(town):
    assert archived(town).kept.keep_until == date(2031, 3, 2)


def test_what_has_not_ended_is_not_archived(town):
    with pytest.raises(MoveRefused):
        actions.archive(some.in_force(town).case, by=town.staff("clerk"), at=NOON)


# --- Allowances.


def test_its_mediator_gets_what_the_list_says_and_the_head_pays_it_once(town):
    case = some.performed(town)
    row = Allowance.objects.select_related("case").get(case=case)
    assert row.amount_cny == queries.worth("neighbour") == 100
    with pytest.raises(PermissionDenied, match="主任"):
        actions.pay(row, on=date(2026, 3, 2), by=town.staff("clerk"), at=NOON)
    with pytest.raises(ValidationError, match="这一天还没有到"):
        actions.pay(row, on=date(2026, 3, 3), by=town.staff("head"), at=NOON)
    actions.pay(row, on=date(2026, 3, 2), by=town.staff("head"), at=NOON)
    assert [one.paid_on for one in queries.allowances(town.staff("head"))] == [date(2026, 3, 2)]
    assert queries.allowances(town.staff("clerk")) == []
