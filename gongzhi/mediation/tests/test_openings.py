"""A sealed file opened to somebody else, help for one party alone, files reviewed, figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from gongzhi.accounts.actions import appoint, found
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry, Look
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.mediation import actions, queries, rules, tasks
from gongzhi.mediation.models import Assignment, Case, Help, Opening
from gongzhi.mediation.states import Access, Result, State, Support
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.make import NOON, QIAN
from gongzhi.mediation.tests.test_reading import holding
from gongzhi.notices.models import Letter, Notice
from gongzhi.parties.queries import looks

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def opened(town, case: Case) -> Opening:
    opening = some.asked(town, case)
    actions.open_file(opening, by=town.staff("data_officer"), at=NOON)
    return opening


def test_one_asks_another_decides_and_it_is_open_for_a_day(town):
    case = make.mediating(town)
    opening = opened(town, case)
    assert (opening.state, opening.until) == (Access.OPEN, NOON + DAY)
    supervisor = town.staff("supervisor")
    last = NOON + DAY - timedelta(seconds=1)
    assert actions.read_opened(opening, by=supervisor, at=last) == case
    with pytest.raises(PermissionDenied, match="24 小时已过"):
        actions.read_opened(opening, by=supervisor, at=NOON + DAY)


def test_nobody_alone_can_open_a_file(town):
    case = make.mediating(town)
    appoint(
        town.supervisor,
        role=Role.DATA_OFFICER,
        place=town.district,
        office=None,
        by=SYSTEM,
        at=NOON,
    )  # even who holds both posts
    opening = some.asked(town, case)
    with pytest.raises(PermissionDenied, match="没有提出申请的数据官"):
        actions.open_file(opening, by=town.staff("supervisor"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.read_opened(opening, by=town.staff("supervisor"), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(decider=opening.asker)


@pytest.mark.parametrize(
    "who", ["clerk", "mediator", "second", "leader", "administrator", "data_officer", "inspector"]
)
def test_only_a_supervisor_or_the_head_asks(town, who):
    with pytest.raises(PermissionDenied, match="督办员或者调解委员会"):
        some.asked(town, make.mediating(town), who)


@pytest.mark.parametrize("who", ["head", "leader", "administrator", "supervisor", "clerk"])
def test_only_a_data_officer_decides(town, who):
    opening = some.asked(town, make.mediating(town))
    with pytest.raises(PermissionDenied):
        actions.open_file(opening, by=town.staff(who), at=NOON)


def test_what_was_opened_to_one_is_open_to_nobody_else(town):
    opening = opened(town, make.mediating(town))
    for who in ("data_officer", "head", "leader", "administrator"):
        with pytest.raises(PermissionDenied):
            actions.read_opened(opening, by=town.staff(who), at=NOON)


def test_all_parties_are_told_at_once_by_the_way_that_is_safe(town):
    careful = replace(QIAN, email="qian@example.org", way="email")
    case = make.mediating(town, careful)
    Letter.objects.all().delete()
    opened(town, case)
    to = {unseal(bytes(one.sealed), one.pk.hex)["to"] for one in Letter.objects.all()}
    assert to == {"13800138001", "qian@example.org"}


def test_every_look_is_shown_to_the_parties_with_its_reason(town):
    case = make.mediating(town)
    opening = opened(town, case)
    before = Look.objects.filter(subject=case.pk).count()
    for _n in range(3):
        actions.read_opened(opening, by=town.staff("supervisor"), at=NOON)
    assert Look.objects.filter(subject=case.pk).count() == before + 3
    zhao = make.party(case)
    assert looks(zhao)[0].purpose == "mediation_opening"  # the reason itself is sealed
    page = holding(zhao).get(reverse("mediation:mine", args=[zhao.pk])).content.decode()
    assert "查阅了对其开放 24 小时的案卷" in page
    assert queries.openings(case) == [opening]


def test_it_is_closed_by_itself_or_before(town):
    opening = opened(town, make.mediating(town))
    tasks.shut(NOON + DAY)
    opening.refresh_from_db()
    assert opening.state == Access.CLOSED
    other = opened(town, make.mediating(town))
    actions.shut_file(other, by=town.staff("supervisor"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.read_opened(other, by=town.staff("supervisor"), at=NOON)


def test_what_is_denied_says_why_and_is_never_opened(town):
    opening = some.asked(town, make.mediating(town))
    by = town.staff("data_officer")
    actions.deny_opening(opening, answer="理由不足。", by=by, at=NOON)
    assert (opening.state, opening.answer) == (Access.DENIED, "理由不足。")
    with pytest.raises(MoveRefused):
        actions.open_file(opening, by=by, at=NOON)


def test_a_file_is_asked_for_once_with_a_reason(town):
    case = make.mediating(town)
    some.asked(town, case)
    with pytest.raises(ValidationError, match="您已经申请过了"):
        some.asked(town, case)
    with pytest.raises(ValidationError):
        actions.ask_opening(case, reason=" ", by=town.staff("head"), at=NOON)


# --- Help.


@pytest.fixture
def health(town):
    """An office that gives psychological support, and somebody in it."""
    return some.office(town, "health", town.stranger)


def test_help_is_asked_for_booked_and_given(town, health):
    wanted = some.help_for(make.mediating(town))
    by = town.staff("stranger")
    assert queries.helps(by) == [wanted]
    actions.book(wanted, begins_at=some.days(3), where="二楼", by=by, at=NOON)
    assert (wanted.state, wanted.where, wanted.words) == (Support.BOOKED, "二楼", "晚上睡不着。")
    actions.give_help(wanted, by=by, at=some.days(3))
    assert queries.helps(by) == []


def test_neither_the_other_party_nor_the_committee_learns_of_it(town, health):
    case = make.mediating(town)
    entries = Entry.objects.filter(subject=case.pk).count()
    Letter.objects.all().delete()
    some.help_for(case)
    assert Entry.objects.filter(subject=case.pk).count() == entries
    assert Letter.objects.count() == 0
    for who in ("mediator", "clerk", "head", "handler", "supervisor", "administrator", "leader"):
        assert queries.helps(town.staff(who)) == []
    assert queries.helps_of(make.party(case)) == []
    assert len(queries.helps_of(make.party(case, "钱川"))) == 1


@pytest.mark.parametrize("who", ["mediator", "clerk", "handler", "administrator"])
def test_only_the_office_that_gives_it_books_help(town, health, who):
    wanted = some.help_for(make.mediating(town))
    with pytest.raises(PermissionDenied, match="只有提供帮助的单位"):
        actions.book(wanted, begins_at=some.days(1), where="二楼", by=town.staff(who), at=NOON)


@pytest.mark.parametrize("who", ["mediator", "clerk", "head", "second"])
def test_whoever_has_to_do_with_the_case_learns_of_no_help_in_their_other_office(town, health, who):
    appoint(
        getattr(town, who), role=Role.HANDLER, place=town.district, office=health, by=SYSTEM, at=NOON
    )  # fmt: skip
    Notice.objects.all().delete()
    wanted = some.help_for(make.mediating(town))
    by = town.staff(who)
    assert queries.helps(by) == []
    told = Notice.objects.filter(verb="help.ask")
    assert [one.user_id for one in told] == [town.stranger.pk]
    with pytest.raises(PermissionDenied):
        actions.book(wanted, begins_at=some.days(1), where="二楼", by=by, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.drop_help(wanted, by=by, at=NOON)


def test_who_was_once_named_as_mediator_learns_of_no_help(town, health):
    appoint(
        town.outsider, role=Role.HANDLER, place=town.district, office=health, by=SYSTEM, at=NOON
    )
    listed = actions.list_mediator(
        town.elsewhere, user=town.outsider, languages=["mandarin"], knows=["neighbour"], most=1,
        by=town.staff("administrator"), at=NOON,
    )  # fmt: skip
    case = make.mediating(town)
    Assignment.objects.create(
        case=case, mediator=listed, assigned_at=NOON, ended_at=NOON, sealed=b""
    )
    wanted = some.help_for(case)
    assert queries.helps(town.staff("outsider")) == []
    assert not Notice.objects.filter(verb="help.ask", user=town.outsider).exists()
    assert not rules.may_book(town.staff("outsider"), wanted)


def test_the_other_party_drops_no_help(town, health):
    case = make.mediating(town)
    wanted = some.help_for(case)
    with pytest.raises(PermissionDenied):
        actions.drop_help(wanted, by=make.side(case), at=NOON)
    actions.drop_help(wanted, by=make.side(case, "钱川"), at=NOON)
    assert wanted.state == Support.DROPPED


def test_where_no_office_gives_it_a_number_is_told(town):
    with pytest.raises(ValidationError, match="12356"):
        some.help_for(make.mediating(town))


@pytest.mark.parametrize("who", ["clerk", "mediator"])
def test_help_is_not_given_to_an_office_in_which_everybody_has_to_do_with_the_case(town, who):
    some.office(town, "health", getattr(town, who))
    case = make.mediating(town)
    with pytest.raises(ValidationError, match="12356") as none:
        some.help_for(case)
    assert "health" in str(none.value)
    assert not Help.objects.exists()


def test_another_office_is_offered_where_the_nearest_knows_the_case(town):
    some.office(town, "health", town.stranger)
    near = found(
        code="near", duty="health", name_zh="街道卫生院", name_en="Near", place=town.township,
        calendar=town.roads.calendar, by=SYSTEM, at=NOON,
    )  # fmt: skip
    case, words = make.mediating(town), "街道卫生院"
    with pytest.raises(ValidationError, match="health局") as offered:  # nobody serves there yet
        some.help_for(case)
    assert words in offered.value.message_dict["elsewhere"][0]
    appoint(town.clerk, role=Role.HANDLER, place=town.township, office=near, by=SYSTEM, at=NOON)
    with pytest.raises(ValidationError, match="health局"):
        some.help_for(case)
    assert some.help_for(case, elsewhere=True).office.code == "health"
    appoint(town.leader, role=Role.HANDLER, place=town.township, office=near, by=SYSTEM, at=NOON)
    for elsewhere in (False, True):
        assert some.help_for(case, elsewhere=elsewhere).office == near


def test_an_appointment_lies_ahead(town, health):
    wanted = some.help_for(make.mediating(town))
    with pytest.raises(ValidationError, match="已经过去"):
        actions.book(wanted, begins_at=NOON, where="二楼", by=town.staff("stranger"), at=NOON)


# --- Reviews.


def test_a_file_is_reviewed_from_outside_by_its_dates_and_states(town):
    case = some.performed(town)
    known = queries.checks(case)
    assert known == {
        "consent": True,
        "ties": True,
        "minutes": True,
        "elements": True,
        "signed": True,
        "in_time": True,
        "visited": False,
    }
    kept = [name for name, holds in known.items() if holds]
    made = actions.review(case, kept=kept, remark="没有回访。", by=town.staff("inspector"), at=NOON)
    assert made.broken == ["visited"]
    assert queries.to_review(town.staff("inspector")) == []
    with pytest.raises(ValidationError, match="已经评查过"):
        actions.review(case, kept=kept, by=town.staff("inspector"), at=NOON)


@pytest.mark.parametrize("who", ["head", "clerk", "mediator", "leader", "administrator"])
def test_nobody_else_reviews(town, who):
    case = some.performed(town)
    with pytest.raises(PermissionDenied, match="不能评查自己的案卷"):
        actions.review(case, kept=[], by=town.staff(who), at=NOON)


def test_an_inspector_who_serves_in_the_committee_reviews_others_only(town):
    case = some.performed(town)
    appoint(
        town.inspector, role=Role.HANDLER, place=town.township, office=town.committee,
        by=SYSTEM, at=NOON,
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.review(case, kept=[], by=town.staff("inspector"), at=NOON)
    assert queries.to_review(town.staff("inspector")) == []


# --- Figures.


def ended(town, n: int, result: str, *, kind: str = "neighbour", days: int = 3) -> None:
    """Store cases that ended on the tenth of February: only for figures."""
    first = make.case(town)
    at = NOON - timedelta(days=20)
    for k in range(n):
        number = f"X{result[:4]}{kind[:4]}{days}-{k}"
        Case.objects.create(
            number=number, sealed=b"", state=State.ENDED, result=result, kind=kind,
            language="mandarin", committee=town.committee, place=town.grid, chain=town.grid.path,
            applied_at=at - timedelta(days=days), ended_at=at,
        )  # fmt: skip
    Case.objects.filter(pk=first.pk).delete()


def quarter_of(town):
    begins, ends = queries.quarter(NOON + timedelta(days=40))  # in April: January to March
    return queries.figures(town.district.path, begins, ends)


def test_small_groups_are_hidden_and_so_is_what_gives_them_away(town):
    ended(town, 20, Result.PERFORMED)
    ended(town, 9, Result.NOT_SETTLED)
    ended(town, 3, Result.REVOKED)
    said = quarter_of(town)
    assert said.total == 32
    shown = {name: n for name, n in said.results if n}
    assert shown == {str(Result.PERFORMED.label): 20}  # else 3 = 32 - 20 - 9
    hidden = {name for name, n in said.results if n is None}
    assert hidden == {str(Result.NOT_SETTLED.label), str(Result.REVOKED.label)}


def test_a_table_shows_no_number_of_a_result_that_is_hidden(town):
    ended(town, 20, Result.PERFORMED)
    ended(town, 9, Result.NOT_SETTLED, days=40)
    ended(town, 3, Result.REVOKED)
    by_duration = quarter_of(town).tables[2]
    numbers = {n for _name, row in by_duration.rows for n in row if n}
    assert numbers == {20}  # nine, which is hidden above, is in no row here either


def test_of_too_few_cases_nothing_is_said(town):
    ended(town, 4, Result.PERFORMED)
    said = quarter_of(town)
    assert said.total is None
    assert {n for _name, n in said.results} == {None}


@pytest.mark.parametrize(
    ("on", "first"), [((2026, 3, 2), "2025-10-01"), ((2026, 4, 1), "2026-01-01")]
)
def test_only_whole_quarters_are_shown(on, first):
    begins, ends = queries.quarter(NOON.replace(year=on[0], month=on[1], day=on[2]))
    assert f"{begins:%Y-%m-%d}" == first
    assert ends > begins
