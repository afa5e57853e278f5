from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from gongzhi.accounts import actions
from gongzhi.accounts.models import Absence, OneTimeCode, Post, Role, Throttle, User
from gongzhi.accounts.queries import posts_in, posts_of, present, staff
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import NOON
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.queries import broken, history
from gongzhi.base.http import TooMany

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
NOBODY = Actor(None, "")


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def town():
    return make.town()


def verbs(subject):
    return [entry.verb for entry in history(subject.pk)]


def administrator(town):
    return staff(town.administrator, NOON)


# --- Accounts.


def opened(username):
    who = {"name_zh": "某", "name_en": "Somebody", "password": ""}
    return actions.open_account(username=username, **who, by=SYSTEM, at=NOON)


@pytest.mark.parametrize("again", ["Li.Ming", "li.ming", "LI.MING"])
def test_a_sign_in_name_is_there_once_however_it_is_written(town, again):
    user = opened("Li.Ming")

    with pytest.raises(ValidationError):
        opened(again)

    assert User.objects.get_by_natural_key("lI.mInG") == user


def test_the_database_itself_refuses_a_name_in_another_case(town):
    opened("li.ming")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="Li.Ming", name_zh="某", created_at=NOON)


# --- Offices.


def change(town, by, **says):
    now_so = {"name_zh": "路灯管理所", "name_en": "Street lights", "duty": "lights", "phone": ""}
    calendar = town.lights.calendar
    actions.change_office(town.lights, calendar=calendar, **(now_so | says), by=by, at=NOON)


def test_an_office_is_changed_and_its_history_says_what(town):
    change(town, administrator(town), name_en="Lighting", phone="000-1")

    town.lights.refresh_from_db()
    assert (town.lights.name_en, town.lights.phone, town.lights.code) == (
        "Lighting",
        "000-1",
        "lights",
    )
    entry = list(history(town.lights.pk))[-1]
    assert (entry.verb, entry.facts) == (
        "office.change",
        {"name_en": "Lighting", "phone": "000-1"},
    )
    assert broken(town.lights.pk) == []


def test_an_office_is_changed_by_an_administrator_and_only_where_something_changes(town):
    with pytest.raises(PermissionDenied, match="Only an administrator may change offices"):
        change(town, staff(town.handler, NOON), phone="000-1")
    with pytest.raises(ValidationError, match="Nothing of it would change"):
        change(town, administrator(town))
    assert verbs(town.lights) == ["office.found"]


def test_an_office_closes_once_its_posts_are_empty_or_end_with_it(town):
    by = administrator(town)
    with pytest.raises(PermissionDenied, match="Only an administrator may close offices"):
        actions.close_office(town.lights, by=staff(town.handler, NOON), at=NOON)
    with pytest.raises(ValidationError, match="Its posts are filled"):
        actions.close_office(town.lights, by=by, at=NOON + HOUR)
    assert verbs(town.lights) == ["office.found"]

    actions.close_office(town.lights, end_posts=True, by=by, at=NOON + HOUR)

    town.lights.refresh_from_db()
    assert (town.lights.is_active, verbs(town.lights)[-1]) == (False, "office.close")
    assert not Post.objects.held(NOON + HOUR).filter(office=town.lights).exists()
    assert verbs(make.post(town.handler))[-1] == "post.end"
    with pytest.raises(ValidationError, match="This office is closed"):
        actions.close_office(town.lights, by=by, at=NOON + WEEK)
    with pytest.raises(ValidationError, match="This office is closed"):
        change(town, by, phone="000-1")


# --- Posts.


def test_who_is_appointed_serves_there_and_below_from_then_on(town):
    actions.appoint(
        town.worker, role=Role.GRID_LEAD, place=town.community, by=administrator(town), at=NOON
    )

    who = staff(town.worker, NOON)

    assert who.serves(Role.GRID_LEAD, town.next_grid.path)
    assert not who.serves(Role.GRID_WORKER, town.next_grid.path)
    assert not staff(town.worker, NOON - HOUR).posts


def test_only_an_administrator_appoints(town):
    with pytest.raises(PermissionDenied, match="Only an administrator may fill posts"):
        actions.appoint(
            town.worker,
            role=Role.ADMINISTRATOR,
            place=town.community,
            by=staff(town.worker, NOON),
            at=NOON,
        )


def test_an_administrator_serves_the_whole_and_no_part_of_it(town):
    with pytest.raises(ValidationError, match="choose its largest place"):
        actions.appoint(
            town.worker, role=Role.ADMINISTRATOR, place=town.grid, by=administrator(town), at=NOON
        )

    assert not staff(town.worker, NOON).is_administrator()


def test_whoever_serves_a_part_does_not_serve_all(town):
    for place in (town.grid, town.community):
        assert not staff(town.worker, NOON).serves_all(Role.LEADER)
        actions.appoint(town.worker, role=Role.LEADER, place=place, by=SYSTEM, at=NOON)

    assert staff(town.worker, NOON).serves_all(Role.LEADER)


def test_a_handler_without_an_office_is_refused_with_a_sentence(town):
    with pytest.raises(ValidationError, match="Whoever holds this post serves"):
        actions.appoint(town.worker, role=Role.HANDLER, place=town.grid, by=SYSTEM, at=NOON)


def test_no_post_is_left_empty(town):
    post = make.post(town.worker)

    with pytest.raises(ValidationError, match="appoint a successor first"):
        actions.end_post(post, by=administrator(town), at=NOON + HOUR)

    assert Post.objects.held(NOON + WEEK).filter(pk=post.pk).exists()


def test_a_post_ends_once_somebody_else_fills_it(town):
    post = make.post(town.handler)

    actions.end_post(post, by=administrator(town), at=NOON + HOUR)

    assert not staff(town.handler, NOON + HOUR).posts
    assert staff(town.handler, NOON).posts  # until then it was held
    assert verbs(post) == ["post.appoint", "post.end"]
    assert broken(post.pk) == []


def test_an_account_closes_only_when_it_holds_no_post(town):
    with pytest.raises(ValidationError, match="They still hold a post"):
        actions.close_account(town.handler, by=administrator(town), at=NOON)

    actions.end_post(make.post(town.handler), by=administrator(town), at=NOON + HOUR)
    actions.close_account(town.handler, by=administrator(town), at=NOON + HOUR)

    assert not User.objects.get(pk=town.handler.pk).is_active


# --- Absence.


def away(town, who, deputy, **says):
    usual: dict[str, Any] = {"starts_at": NOON, "ends_at": NOON + WEEK, "at": NOON}
    usual["by"] = staff(who, NOON)
    return actions.leave(who, deputy=deputy, **(usual | says))


def test_while_one_is_away_the_deputy_holds_the_posts_and_no_post_is_empty(town):
    away(town, town.worker, town.neighbour)

    deputy = staff(town.neighbour, NOON + HOUR)
    there = present(posts_of(Role.GRID_WORKER, town.grid.path, NOON), NOON + HOUR)

    assert deputy.serves(Role.GRID_WORKER, town.grid.path)
    assert [held.instead_of for held in deputy.posts if held.path == town.grid.path] == [
        "worker同志"
    ]
    assert list(there) == [town.neighbour]


def test_after_the_absence_the_deputy_holds_the_posts_no_more(town):
    away(town, town.worker, town.neighbour)

    assert not staff(town.neighbour, NOON + WEEK).serves(Role.GRID_WORKER, town.grid.path)
    assert list(present(posts_of(Role.GRID_WORKER, town.grid.path, NOON), NOON + WEEK)) == [
        town.worker
    ]


def test_a_deputy_who_is_away_too_is_refused(town):
    away(town, town.neighbour, town.worker, starts_at=NOON + HOUR)

    with pytest.raises(ValidationError, match="The deputy is away at that time too"):
        away(town, town.worker, town.neighbour, starts_at=NOON + 2 * HOUR)
    assert Absence.objects.count() == 1


def test_who_stands_in_for_somebody_cannot_leave_without_arranging_it(town):
    away(town, town.worker, town.neighbour)

    with pytest.raises(ValidationError, match="They stand in for somebody at that time"):
        away(town, town.neighbour, town.handler)


def test_nobody_stands_in_for_themselves(town):
    with pytest.raises(ValidationError, match="Somebody else must stand in"):
        away(town, town.worker, town.worker)


def test_an_absence_ends_after_it_begins(town):
    with pytest.raises(ValidationError, match="An absence ends after it begins"):
        away(town, town.worker, town.neighbour, ends_at=NOON - HOUR)


def test_nobody_sends_a_colleague_on_leave_but_an_administrator(town):
    with pytest.raises(PermissionDenied, match="Only they themselves or an administrator"):
        away(town, town.worker, town.neighbour, by=staff(town.neighbour, NOON))

    away(town, town.worker, town.neighbour, by=administrator(town))
    assert Absence.objects.count() == 1


def test_who_comes_back_early_holds_the_post_again_at_once(town):
    absence = away(town, town.worker, town.neighbour)

    actions.come_back(absence, by=staff(town.worker, NOON), at=NOON + HOUR)

    assert not staff(town.neighbour, NOON + HOUR).serves(Role.GRID_WORKER, town.grid.path)
    assert verbs(absence) == ["absence.leave", "absence.come_back"]


def test_an_absence_that_has_not_begun_is_taken_off_and_its_history_stays(town):
    absence = away(
        town, town.worker, town.neighbour, starts_at=NOON + WEEK, ends_at=NOON + 2 * WEEK
    )
    key = absence.pk

    actions.come_back(absence, by=staff(town.worker, NOON), at=NOON + HOUR)

    assert not Absence.objects.exists()
    assert [entry.verb for entry in history(key)] == ["absence.leave", "absence.come_back"]


# --- Shifts.


def test_a_shift_goes_to_a_colleague_of_the_same_post_with_a_note(town):
    handover = actions.hand_over(
        make.post(town.handler),
        to=town.mate,
        note="三号配电箱待查。",
        by=staff(town.handler, NOON),
        at=NOON,
    )

    assert (handover.to, handover.note) == (town.mate, "三号配电箱待查。")
    assert verbs(handover) == ["shift.hand_over"]


def test_a_shift_goes_to_nobody_of_another_post(town):
    with pytest.raises(ValidationError, match="They do not fill this post"):
        actions.hand_over(
            make.post(town.handler), to=town.worker, note="", by=staff(town.handler, NOON), at=NOON
        )


def test_a_shift_goes_to_nobody_who_is_away(town):
    away(town, town.mate, town.worker)

    with pytest.raises(ValidationError, match="They are away now"):
        actions.hand_over(
            make.post(town.handler), to=town.mate, note="", by=staff(town.handler, NOON), at=NOON
        )


def test_nobody_hands_over_the_shift_of_somebody_else(town):
    with pytest.raises(PermissionDenied, match="Only who holds the shift"):
        actions.hand_over(
            make.post(town.handler), to=town.mate, note="", by=staff(town.mate, NOON), at=NOON
        )


def test_posts_in_an_office_are_its_handlers(town):
    assert {post.user for post in posts_in(town.lights.pk, NOON)} == {town.handler, town.mate}


# --- Passwords and history.


def test_a_new_password_is_ones_own_matter_or_an_administrators(town):
    with pytest.raises(PermissionDenied):
        actions.change_password(town.worker, password="x", by=staff(town.mate, NOON), at=NOON)

    actions.change_password(town.worker, password="over the hill", by=administrator(town), at=NOON)

    assert User.objects.get(pk=town.worker.pk).check_password("over the hill")
    assert verbs(town.worker) == ["account.open", "account.password"]


def test_signing_in_is_an_entry_with_the_wrong_tries_before(town):
    actions.note_sign_in(town.worker, failed=2, by=staff(town.worker, NOON), at=NOON)

    assert history(town.worker.pk)[1].facts == {"failed": 2}
    assert broken(town.worker.pk) == []


# --- Limits.


def spend(at=NOON, whose="192.0.2.7"):
    actions.spend("guess", whose, limit=3, window=HOUR, by=NOBODY, at=at)


def test_past_the_limit_one_waits_until_the_window_ends():
    for _n in range(3):
        spend()

    with pytest.raises(TooMany) as refused:
        spend(NOON + HOUR / 2)

    assert refused.value.free_at == NOON + HOUR
    spend(NOON + HOUR)


def test_limits_of_two_do_not_touch_each_other_and_the_table_names_nobody():
    for _n in range(3):
        spend()
    spend(whose="192.0.2.8")

    assert not [row.key for row in Throttle.objects.all() if "192" in row.key]


def test_a_right_attempt_is_forgiven():
    for _n in range(3):
        spend()
    actions.forgive("guess", "192.0.2.7", by=NOBODY, at=NOON)
    spend()


def test_what_counts_no_more_is_forgotten():
    spend()
    spend(NOON + HOUR, whose="192.0.2.8")
    assert actions.forget_tries(by=NOBODY, at=NOON + timedelta(days=1)) == 0
    assert actions.forget_tries(by=NOBODY, at=NOON + timedelta(days=1, minutes=1)) == 1
    assert Throttle.objects.count() == 1


# --- One-time codes.


def issue(at=NOON):
    return actions.issue_code("contact", by=NOBODY, at=at)


def use(code, at=NOON):
    return actions.use_code("contact", code=code, by=NOBODY, at=at)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_works_once():
    code = issue()

    assert (len(code), use(code), use(code)) == (6, True, False)


def test_a_code_is_kept_only_as_a_hash():
    code = issue()

    assert code not in str(list(OneTimeCode.objects.values()))


def test_a_code_is_void_after_ten_minutes_and_after_the_next_one():
    first = issue()
    late = use(first, NOON + timedelta(minutes=10))
    second = issue()

    assert (late, first != second and use(first), use(second)) == (False, False, True)


def test_five_wrong_codes_end_it():
    code = issue()
    tries = [use(wrong(code)) for _n in range(5)]

    assert tries == [False] * 5
    assert not use(code)
