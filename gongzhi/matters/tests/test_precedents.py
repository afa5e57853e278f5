from __future__ import annotations

from datetime import timedelta

import pytest

from gongzhi.accounts.queries import offices_above
from gongzhi.audit.actors import SYSTEM
from gongzhi.matters import actions
from gongzhi.matters import queries as read
from gongzhi.matters.models import Matter, SuggestedOffice
from gongzhi.matters.tests import make
from gongzhi.matters.tests.test_duties import listed

pytestmark = pytest.mark.django_db
SOLVED = ("accept", "dispatch", "acknowledge", "answer", "inspect", "rate")
LATER = make.NOON + timedelta(hours=1)


def solved(town, n=3, **says):
    return [make.walk(town, make.matter(town, **says), *SOLVED) for _n in range(n)]


def suggested(matter, at=make.NOON):
    found = read.precedent(matter, offices_above(matter.chain), at)
    return found and (found.office.code, found.n, found.of)


def test_what_similar_matters_ended_with_is_suggested_at_one_query(town, django_assert_num_queries):
    cases = solved(town)
    matter = make.matter(town)
    offices = list(offices_above(matter.chain))
    with django_assert_num_queries(1):
        found = read.precedent(matter, offices, make.NOON)
    assert found
    assert (found.office, found.n, found.of) == (town.lights, 3, 3)
    assert set(found.keys) == {case.pk for case in cases}
    dispatcher = town.staff("dispatcher")
    with django_assert_num_queries(1):
        assert len(read.past(found, dispatcher)) == 3
    assert read.past(found, town.staff("stranger")) == []


def test_two_cases_and_open_ones_suggest_nothing(town):
    solved(town, 2)
    for _n in range(3):
        make.walk(town, make.matter(town), *SOLVED[:-1])
    assert suggested(make.matter(town)) is None


@pytest.mark.parametrize(
    "kept", [{"public": False}, {"sealed": True}, {"kept_from": "ab"}, {"office": None}]
)
def test_what_is_sealed_or_somebodys_own_never_tells_and_is_told_nothing(town, kept):
    solved(town)
    matter = make.matter(town)
    assert suggested(matter)
    if "office" not in kept:
        [(name, value)] = kept.items()
        setattr(matter, name, value)
        assert suggested(matter) is None
        matter.refresh_from_db()
    Matter.objects.exclude(pk=matter.pk).update(**kept)
    assert suggested(matter) is None


def test_parts_neither_tell_nor_are_told(town):
    whole, *_rest = solved(town)
    part = make.matter(town)
    Matter.objects.filter(pk=part.pk).update(parent=whole)
    part.refresh_from_db()
    assert suggested(part) is None


def test_an_office_that_gave_it_back_or_is_closed_is_not_named_again(town):
    solved(town)
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    actions.send_back(matter, reason="非其职责。", by=town.staff("dispatcher"), at=make.NOON)
    assert suggested(matter) is None
    town.lights.is_active = False
    town.lights.save()
    assert suggested(make.matter(town)) is None


def test_where_the_office_is_chosen_both_stand_with_why_and_the_duty_list_first(town, as_, queries):
    cases = solved(town)
    matter = make.walk(town, make.matter(town), "accept")
    row = listed(town, lead=town.roads)
    browser = as_("dispatcher")
    browser.cookies["django_language"] = "en"
    browser.get("/desk/")
    with queries("dispatch, with what similar matters ended with"):
        page = browser.get(f"/matters/{matter.pk}/dispatch/").content.decode()
    assert "3 of 3 similar matters ended with this office." in page
    assert "The duty list says otherwise, and comes first." in page
    assert f"?place={row.place.code}#lamp" in page
    assert '<option value="roads" selected>' in page
    assert 'data-value="lights"' in page
    assert sum(f'href="/matters/{case.pk}/"' in page for case in cases) == 3


def test_without_a_row_it_says_whose_general_duty_it_is(town, as_):
    matter = make.walk(town, make.matter(town), "accept")
    page = as_("dispatcher").get(f"/matters/{matter.pk}/dispatch/").content.decode()
    assert "路灯管理所是最近的、有此项一般职责的单位" in page
    assert "类似事项" not in page


def test_what_was_suggested_is_kept_beside_what_people_decided(town):
    solved(town)
    followed = make.walk(town, make.matter(town), "accept", "dispatch", at=LATER)
    other = make.walk(town, make.matter(town), "accept")
    actions.dispatch(other, office=town.roads, by=town.staff("dispatcher"), at=LATER)
    sealed = make.matter(town, kind=town.conduct, about_office=town.roads)
    make.walk(town, sealed, "accept", "dispatch", at=LATER)
    make.walk(town, make.matter(town), "accept", at=LATER)
    noted = SuggestedOffice.objects.filter(matter__in=[followed, other])
    assert actions.note_offices(by=SYSTEM, at=LATER) == 5  # the three cases too, of which none told
    assert actions.note_offices(by=SYSTEM, at=LATER) == 0
    assert set(noted.values_list("office__code", "n_ended", "n_alike")) == {("lights", 3, 3)}
    assert not SuggestedOffice.objects.filter(matter=sealed).exists()
    told = read.followed(LATER)
    assert (told.decided, told.held, told.unlisted, told.share) == (2, 1, 2, 50)


def test_what_was_sent_long_ago_is_not_looked_at(town):
    make.walk(town, make.matter(town), "accept", "dispatch")
    assert actions.note_offices(by=SYSTEM, at=make.NOON + timedelta(days=2)) == 0
