from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pypdf import PdfReader

from gongzhi.base.moves import MoveRefused
from gongzhi.mediation import actions, queries, tasks
from gongzhi.mediation.models import Agreement, Term
from gongzhi.mediation.states import Draft, Duty, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.make import NOON, QIAN, SUN
from gongzhi.notices.models import Letter
from gongzhi.parties import actions as parties

pytestmark = pytest.mark.django_db


def text(made: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_an_agreement_is_in_force_once_all_and_last_the_mediator_have_signed(town):
    made = some.in_force(town)
    assert (made.state, made.in_force_at) == (Draft.IN_FORCE, NOON)
    assert (made.case.state, made.case.agreed_at) == (State.AGREED, NOON)
    assert [s.name for s in queries.signatures(made)] == ["赵青", "钱川", "mediator同志"]
    assert queries.digest(made) == made.digest


def test_an_agreement_signed_by_one_is_not_in_force(town):
    made = some.presented(town, make.mediating(town))
    some.sign(made, "赵青")
    with pytest.raises(ValidationError, match="还有人没有签字（缺 1 方）"):
        some.conclude(town, made)
    assert (made.state, made.case.state) == (Draft.SIGNING, State.MEDIATING)
    with pytest.raises(ValidationError, match="还没有生效的协议"):
        actions.settle(made.case, by=town.staff("mediator"), at=NOON)


def test_changing_the_draft_makes_the_signatures_void(town):
    made = some.presented(town, make.mediating(town))
    some.sign(made, "赵青")
    before = made.digest
    words = some.WORDS | {"content": "楼上赔偿楼下二千元。"}
    clauses = [some.clause(made.case)]
    by = town.staff("mediator")
    actions.redraft(made, words=words, clauses=clauses, by=by, at=NOON)
    assert (made.state, made.digest, made.edition) == (Draft.DRAFT, "", 2)
    actions.present(made, by=by, at=NOON)
    assert made.digest != before
    assert queries.signatures(made) == []
    assert {p.name for p in queries.unsigned(made, queries.people(made.case))} == {"赵青", "钱川"}
    some.sign(made, "钱川")
    with pytest.raises(ValidationError):
        some.conclude(town, made)


def test_the_same_words_put_anew_are_another_document(town):
    made = some.presented(town, make.mediating(town))
    before = made.digest
    by = town.staff("mediator")
    actions.redraft(made, words=some.WORDS, clauses=[some.clause(made.case)], by=by, at=NOON)
    actions.present(made, by=by, at=NOON)
    assert made.digest != before


def test_nothing_can_be_signed_that_was_changed_behind_the_parties(town):
    made = some.presented(town, make.mediating(town))
    Term.objects.filter(agreement=made).update(until=date(2027, 1, 1))
    with pytest.raises(ValidationError, match="交给您之后，内容有变动"):
        some.sign(made, "赵青")


def test_a_party_that_comes_after_the_first_signature_is_refused(town):
    made = some.presented(town, make.mediating(town))
    some.sign(made, "赵青")
    with pytest.raises(MoveRefused):
        actions.admit(made.case, reach=SUN, by=town.staff("clerk"), at=NOON)
    # And were one there all the same, what was signed is another document.
    parties.join(
        made.case_id,
        business="mediation",
        number=made.case.number,
        role="respondent",
        reach=SUN,
        by=town.staff("clerk"),
        at=NOON,
    )
    with pytest.raises(ValidationError, match="交给您之后，内容有变动"):
        some.sign(made, "钱川")


def test_nobody_signs_twice_and_who_represents_signs_for_their_side(town):
    people = [actions.Person(make.ZHAO), actions.Person(QIAN)]
    case = make.mediating(town, people=people)
    agent = parties.join(
        case.pk,
        business="mediation",
        number=case.number,
        role="representative",
        reach=make.AGENT,
        acts_for=make.party(case, "钱川"),
        by=town.staff("clerk"),
        at=NOON,
    ).party
    made = some.presented(town, case)
    some.sign(made, agent.name)
    with pytest.raises(ValidationError, match="已经签过"):
        some.sign(made, "钱川")
    some.sign(made, "赵青")
    some.conclude(town, made)
    assert made.state == Draft.IN_FORCE


def test_a_wrong_code_signs_nothing_and_stays_counted(town):
    made = some.presented(town, make.mediating(town))
    by, party = make.side(made.case), make.party(made.case)
    right = some.code(party, by, NOON)
    for _n in range(5):
        with pytest.raises(ValidationError, match="验证码不对"):
            actions.sign(made, drawing="x", code="000000x", by=by, at=NOON)
    with pytest.raises(ValidationError, match="验证码不对"):
        actions.sign(made, drawing="x", code=right, by=by, at=NOON)
    assert queries.signatures(made) == []


def test_who_has_no_telephone_signs_before_the_mediator(town):
    made = some.presented(town, make.mediating(town))
    some.sign(made, "赵青")
    some.witness(town, made, make.party(made.case, "钱川"))
    assert [s.witnessed for s in queries.signatures(made)] == [False, True]
    some.conclude(town, made)
    stranger = make.party(make.case(town), "赵青")
    other = some.presented(town, make.mediating(town))
    with pytest.raises(ValidationError, match="请在本案的当事人中选择"):
        some.witness(town, other, stranger)


def test_an_oral_agreement_is_in_force_on_the_day_of_the_last_yes(town):
    made = some.presented(town, make.mediating(town), oral=True)
    with pytest.raises(ValidationError, match="口头协议"):
        some.sign(made, "赵青")
    some.affirm(made, "赵青")
    assert made.state == Draft.SIGNING
    later = NOON + timedelta(hours=5)
    some.affirm(made, "钱川", later)
    assert (made.state, made.in_force_at) == (Draft.IN_FORCE, later)
    assert Agreement.objects.get(pk=made.pk).case.state == State.AGREED
    assert some.court(made).state == "possible"


def test_an_oral_agreement_waits_for_every_yes_and_a_written_one_for_signatures(town):
    oral = some.presented(town, make.mediating(town), oral=True)
    with pytest.raises(ValidationError, match="口头协议在各方都确认后生效"):
        some.conclude(town, oral)
    written = some.presented(town, make.mediating(town))
    with pytest.raises(ValidationError, match="请手写签名"):
        some.affirm(written, "赵青")


def test_consent_taken_back_makes_the_open_draft_void(town):
    made = some.presented(town, make.mediating(town))
    some.sign(made, "赵青")
    qian = make.side(made.case, "钱川")
    whose = make.party(made.case, "钱川")
    actions.revoke(made.case, whose=whose, by=qian, at=NOON)
    assert Agreement.objects.get(pk=made.pk).state == Draft.VOID
    made.refresh_from_db()
    made.case.refresh_from_db()
    with pytest.raises((MoveRefused, PermissionDenied)):
        some.sign(made, "钱川")


def test_what_the_law_names_and_is_missing_is_pointed_out_and_never_refused(town):
    case = make.mediating(town)
    made = some.draft(town, case, words={"content": "互相道歉。"}, clauses=[])
    assert queries.missing(made) == [
        "纠纷的主要事实",
        "争议事项",
        "各方当事人的责任",
        "履行的方式",
        "谁在什么时候前做什么",
    ]
    by = town.staff("mediator")
    actions.present(made, by=by, at=NOON)
    for name in make.names(case):
        some.sign(made, name)
    some.conclude(town, made)
    assert made.state == Draft.IN_FORCE


def test_an_empty_draft_is_not_put_before_anybody(town):
    made = some.draft(town, make.mediating(town), words={}, clauses=[])
    with pytest.raises(ValidationError, match="请先写明各方达成了什么"):
        actions.present(made, by=town.staff("mediator"), at=NOON)


def test_there_is_one_agreement_a_case_and_a_discarded_one_makes_room(town):
    case = make.mediating(town)
    first = some.draft(town, case)
    with pytest.raises(ValidationError, match="已有一份协议"):
        some.draft(town, case)
    actions.discard(first, by=town.staff("mediator"), at=NOON)
    assert some.draft(town, case).state == Draft.DRAFT


def test_a_term_is_owed_by_one_party_of_the_case_to_another(town):
    case, other = make.mediating(town), make.case(town)
    for wrong in (
        some.clause(case, owed_to=make.party(other)),
        some.clause(case, owed_to=make.party(case, "钱川")),
    ):
        with pytest.raises(ValidationError, match="本案一方对另一方"):
            some.draft(town, case, clauses=[wrong])


def test_an_agreement_of_ninety_pages_is_signed_and_printed_whole(town):
    facts = "\n".join(
        f"第{n}条 双方就渗漏部位、维修方案和费用承担逐项确认。" * 3 for n in range(2000)
    )
    made = some.presented(town, make.mediating(town), words=some.WORDS | {"facts": facts})
    for name in make.names(made.case):
        some.sign(made, name)
    some.conclude(town, made)
    paper = queries.agreement_paper(made, NOON)
    pages = PdfReader(BytesIO(paper)).pages
    assert len(pages) >= 90
    assert made.n_bytes > 100_000
    assert made.digest[:8] in pages[-1].extract_text()


def test_the_paper_holds_words_parties_terms_signatures_and_digest(town):
    said = text(queries.agreement_paper(some.in_force(town), NOON))
    for part in ("赔偿三千元", "赵青", "钱川", "2026-03-31", "青石街道调委会", "2026-03-02"):
        assert part in said


def test_words_that_are_too_long_are_refused(town):
    words = some.WORDS | {"facts": "字" * 200_001}
    with pytest.raises(ValidationError, match="200000"):
        some.draft(town, make.mediating(town), words=words)


# --- Who may.


@pytest.mark.parametrize("who", ["clerk", "head", "second", "outsider", "supervisor", "leader"])
def test_only_the_mediator_drafts(town, who):
    case = make.mediating(town)
    by = town.staff(who)
    with pytest.raises(PermissionDenied, match="只有本案调解员"):
        actions.draft(case, words=some.WORDS, clauses=[], by=by, at=NOON)


def test_an_agreement_is_drafted_only_in_mediation(town):
    case = make.declared(town)
    with pytest.raises(ValidationError, match="调解进行中"):
        some.draft(town, case)


def test_a_party_of_another_case_signs_nothing(town):
    made = some.presented(town, make.mediating(town))
    stranger = make.side(make.case(town))
    with pytest.raises(PermissionDenied, match="只有本案当事人"):
        actions.sign(made, drawing="x", code="1", by=stranger, at=NOON)


# --- Terms.


def test_what_is_not_in_force_is_not_performed(town):
    made = some.presented(town, make.mediating(town))
    with pytest.raises(PermissionDenied):
        actions.receive(some.term(made), by=make.side(made.case, "赵青"), at=NOON)


def test_the_term_of_the_mediation_ends_with_the_agreement(town):
    clock = queries.term(some.in_force(town).case)
    assert clock
    assert clock.stopped_at == NOON


def test_who_receives_says_whether_it_was_performed(town):
    made = some.in_force(town)
    term = some.term(made)
    with pytest.raises(PermissionDenied, match="只有接受履行的一方"):
        actions.receive(term, by=make.side(made.case, "钱川"), at=NOON)
    actions.receive(term, by=make.side(made.case, "赵青"), at=NOON)
    assert term.state == Duty.PERFORMED


def test_before_its_day_has_passed_nobody_says_that_it_was_not_performed(town):
    made = some.in_force(town)
    term, zhao = some.term(made), make.side(made.case, "赵青")
    last = some.days(29)  # noon of 31 March
    with pytest.raises(ValidationError, match="2026-03-31"):
        actions.miss(term, by=zhao, at=last)
    actions.miss(term, note="只付了一千元。", by=zhao, at=some.days(30))
    assert (term.state, term.note) == (Duty.NOT_PERFORMED, "只付了一千元。")
    actions.receive(term, by=zhao, at=some.days(40))
    assert term.state == Duty.PERFORMED


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (date(2026, 3, 27), []),
        (date(2026, 3, 28), ["钱川"]),
        (date(2026, 3, 31), ["钱川"]),
        (date(2026, 4, 1), ["赵青", "钱川"]),
    ],
)
def test_parties_are_reminded_three_days_before_and_asked_after(town, on, told):
    term = some.term(some.in_force(town))
    Letter.objects.all().delete()
    at = NOON.replace(year=on.year, month=on.month, day=on.day)
    assert actions.remind(term, by=town.staff("mediator"), at=at, on=on) == bool(told)
    assert Letter.objects.count() == len(told)
    assert not actions.remind(term, by=town.staff("mediator"), at=at, on=on)


def test_who_wants_nothing_sent_is_not_reminded(town):
    silent = replace(QIAN, way="none")
    made = some.presented(town, make.mediating(town, silent))
    some.sign(made, "赵青")
    some.witness(town, made, make.party(made.case, "钱川"))
    some.conclude(town, made)
    Letter.objects.all().delete()
    actions.remind(
        some.term(made), by=town.staff("mediator"), at=some.days(28), on=date(2026, 3, 30)
    )
    assert Letter.objects.count() == 0


def test_nobody_is_written_to_about_a_draft(town):
    some.presented(town, make.mediating(town))
    Letter.objects.all().delete()
    tasks.remind(some.days(28))
    assert Letter.objects.count() == 0


def test_a_day_at_the_beginning_of_time_stops_no_other_reminder(town):
    first, second = some.term(some.in_force(town)), some.term(some.in_force(town))
    Term.objects.filter(pk=first.pk).update(until=date(1, 1, 2))
    tasks.remind(some.days(28))
    second.refresh_from_db()
    assert second.n_reminded == 1


@pytest.mark.parametrize("until", [date(1, 1, 2), date(2026, 3, 1), date(2036, 3, 4), date.max])
def test_the_day_of_a_term_is_neither_past_nor_far_away(town, until):
    case = make.mediating(town)
    with pytest.raises(ValidationError, match="今天或者以后，并且在十年之内"):
        some.draft(town, case, clauses=[some.clause(case, until=until)])
