from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from gongzhi.advice.nearness import Told
from gongzhi.audit.queries import history
from gongzhi.matters import actions, queries
from gongzhi.matters.forms import FORMS, About
from gongzhi.matters.models import Channel, Matter
from gongzhi.matters.queries import nearness
from gongzhi.matters.simulator.seeds import Words
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
LAMP: dict[str, Any] = {"lat": 31.2, "lon": 121.5}
ANSWERED = ("accept", "dispatch", "acknowledge", "answer", "inspect")
SOLVED = (*ANSWERED, "rate")


def all_matters():
    return Matter.objects.all()


def found(one, **says):
    return [near.number for near in queries.duplicates(one, all_matters(), make.NOON, **says)]


def told(**says):
    return replace(nearness.told(Matter.objects.earliest("id")), **says)


def test_candidates_and_their_order_cost_one_query(town, django_assert_num_queries):
    for n in range(3):
        make.matter(town, text=f"路口的路灯不亮了{n}", **LAMP)
    one = told()
    with django_assert_num_queries(1):
        assert len(found(one)) == 3
    matter, acceptor = Matter.objects.earliest("id"), town.staff("acceptor")
    with django_assert_num_queries(1):
        assert len(queries.repeated(matter, acceptor, make.NOON)) == 2
    with django_assert_num_queries(0):
        assert found(replace(one, text=" 🕯️")) == found(replace(one, path="")) == []


def test_what_lies_near_the_point_is_found_beyond_the_community_and_what_lies_far_is_not(town):
    other = make.place("990101001002", "邻社区", town.community.level, town.township)
    near = make.matter(town, place=other, lat=31.203, lon=121.5)
    make.matter(town, place=other, lat=31.21, lon=121.5)
    make.matter(town, place=other)
    here = Told("路灯不亮了。", make.NOON, "lamp", town.grid.path)
    assert found(here) == []
    assert found(replace(here, **LAMP)) == [near.number]


def test_what_is_old_or_ended_long_ago_is_no_candidate(town):
    old = make.matter(town, at=make.at(days=-100))
    old_here = make.matter(town, at=make.at(days=-100), **LAMP)
    ended = make.walk(
        town, make.matter(town, at=make.at(days=-30)), "withdraw", at=make.at(days=-20)
    )
    just = make.walk(town, make.matter(town, at=make.at(days=-30)), "withdraw", at=make.at(days=-3))
    assert found(told(at=make.NOON, lat=None, lon=None)) == [just.number]
    assert set(found(told(at=make.NOON, **LAMP))) == {just.number, old_here.number}
    assert {old.number, ended.number}.isdisjoint(found(told(at=make.NOON, **LAMP)))


def test_what_nobody_could_place_is_compared_with_its_like_alone(town):
    make.matter(town)
    waiting = make.matter(town, place=town.district)
    assert found(told(path=town.district.path)) == [waiting.number]


@pytest.mark.parametrize("text", ["", "灯", "🕯️" * 50_000, "路灯不亮" * 25_000, "\x00", "a"])
def test_no_text_makes_it_fail(town, text):
    make.matter(town)
    assert len(found(told(text=text))) <= 1


def test_the_centre_is_offered_only_what_it_sees_and_may_join(town):
    matter, same = make.matter(town, **LAMP), make.matter(town, **LAMP)
    other = make.place("990102", "邻区", town.district.level)
    make.matter(town, place=other, **LAMP)
    sealed = make.matter(town, kind=town.conduct, **LAMP)
    kept = make.walk(town, make.matter(town, **LAMP), "keep_from")
    make.walk(town, make.matter(town, **LAMP), "withdraw")
    make.walk(town, make.matter(town, **LAMP), "accept", "split")
    parts = Matter.objects.exclude(parent=None)
    offered = {near.number for near in queries.repeated(matter, town.staff("acceptor"), make.NOON)}
    whole = Matter.objects.get(parts=parts.get())
    assert offered == {same.number, whole.number}
    for one in offered:
        assert not actions.joining.unjoinable(matter, Matter.objects.get(number=one))
    assert queries.repeated(sealed, town.staff("acceptor"), make.NOON) == []
    assert queries.repeated(kept, town.staff("acceptor"), make.NOON) == []
    assert queries.repeated(matter, town.staff("handler"), make.NOON) == []
    assert queries.repeated(matter, make.ANYBODY, make.NOON) == []


def test_the_likeliest_stands_first_with_why(town, as_):
    make.matter(town, text="垃圾没人清运，气味很大。", **LAMP)
    first = make.matter(town, text="柳岸路口的路灯坏了，晚上很黑。", lat=31.2005, lon=121.5)
    matter = make.matter(town, at=make.at(days=1), text="晚上很黑，柳岸路口路灯不亮。", **LAMP)
    best, *_rest = queries.repeated(matter, town.staff("acceptor"), make.at(days=1))
    assert (best.number, best.nearness.days) == (first.number, 1)
    assert best.words[:2] == ("晚上很黑", "柳岸路口")
    browser = as_("acceptor")
    browser.cookies["django_language"] = "en"
    page = browser.get(f"/matters/{matter.pk}/merge/").content.decode()
    assert (
        f"{first.number} {first.title} (60 m away · 1 day apart · both say: 晚上很黑、柳岸路口"
        in page
    )


def test_what_its_requester_says_it_repeats_stands_first_until_a_colleague_joins_the_two(town, as_):
    make.matter(town, **LAMP)
    said = make.matter(town, text="完全是另外一回事", at=make.at(days=-100))
    mine = make.matter(town, same=said, **LAMP)
    browser = as_("acceptor")
    page = browser.get(f"/matters/{mine.pk}/").content.decode()
    assert "其诉求人称这与" in page
    assert f'href="/matters/{said.pk}/"' in page
    assert merging(town, mine)[0] == (said.number, f"{said.number} {said.title} · 其诉求人这样说")
    actions.merge(mine, into=said, by=town.staff("acceptor"), at=make.NOON)
    assert queries.said_same(mine, history(mine.pk), town.staff("acceptor")) is None
    make.walk(town, mine, "unmerge")
    assert (mine.state, mine.merged_into) == ("received", None)


@pytest.mark.parametrize("says", [{"kind": "conduct"}, {"about_office": "roads"}])
def test_what_is_sealed_or_kept_from_an_office_is_said_to_repeat_nothing(town, says):
    says = {name: getattr(town, value) for name, value in says.items()}
    mine = make.matter(town, same=make.matter(town), **says)
    assert [one.verb for one in history(mine.pk)] == ["matter.receive"]


def test_nobody_is_told_of_a_matter_that_they_may_not_see(town):
    said = make.walk(town, make.matter(town), "keep_from")
    mine = make.matter(town, same=said)
    found = queries.said_same(mine, history(mine.pk), town.staff("handler"))
    assert found is None


def merging(town, matter):
    """Return what the form for joining offers an acceptor."""
    about = About(matter, town.staff("acceptor"), make.NOON)
    form = FORMS["merge"](about=about, name="merge")
    return form.fields["near"].choices  # type: ignore[attr-defined]


def solved(town, **says):
    return make.walk(town, make.matter(town, **says), *SOLVED)


def test_an_office_sees_how_its_like_was_solved_and_nothing_of_others(
    town, as_, django_assert_num_queries
):
    case = solved(town, text="柳岸路口的路灯不亮了。")
    make.walk(town, make.matter(town), *ANSWERED)
    make.walk(town, solved(town), "reopen")
    hole = make.walk(town, make.matter(town, kind=town.hole), "accept")
    actions.dispatch(hole, office=town.roads, by=town.staff("dispatcher"), at=make.NOON)
    mine = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge")
    handler = town.staff("handler")
    queries.solved_alike(mine, handler, make.NOON)  # the offices are kept from now on
    with django_assert_num_queries(1):
        [like] = queries.solved_alike(mine, handler, make.NOON)
    assert (like.number, like.answer) == (case.number, "灯已修好")
    assert queries.solved_alike(mine, town.staff("stranger"), make.NOON) == []
    assert queries.solved_alike(hole, handler, make.NOON) == []
    page = as_("handler").get(f"/matters/{mine.pk}/answer/").content.decode()
    assert f'href="/matters/{case.pk}/"' in page
    assert "灯已修好" in page


def test_no_more_than_three_solved_cases_are_shown_and_none_beside_a_sealed_matter(town):
    for n in range(5):
        solved(town, text=f"路灯不亮{n}")
    likes = queries.solved_alike(make.matter(town), town.staff("dispatcher"), make.NOON)
    shares = [one.nearness.share for one in likes]
    assert (len(shares), shares) == (3, sorted(shares, reverse=True))
    sealed = make.matter(town, kind=town.conduct)
    assert queries.solved_alike(sealed, town.staff("dispatcher"), make.NOON) == []


def rewritten(text, chance):
    """Return ``text`` as somebody else may type it: a character in eight left out or another."""
    kept = (c if chance.random() > 0.12 else chance.choice(["", "", "某", "那"]) for c in text)
    return "".join(kept)


def test_rewritten_copies_are_among_the_first_five_of_a_community(town):
    chance = Random(6)
    words = Words(chance)
    kinds = list(words.kinds)
    for _n in range(300):
        text = words.raised(chance.choice(kinds), [], [], titled=False).text
        actions.receive(
            actions.Report(
                kind=town.lamp,
                text=text,
                place=town.grid,
                channel=Channel.WEB,
                lat=31.2 + chance.random() * 0.02,
                lon=121.5 + chance.random() * 0.02,
            ),
            by=make.ANYBODY,
            at=make.NOON - timedelta(days=chance.random() * 10),
        )
    known = list(Matter.objects.all())
    hits = 0
    for matter in known[::3]:
        again = replace(
            nearness.told(matter),
            text=rewritten(matter.text, chance),
            at=matter.received_at + timedelta(days=1),
            lat=(matter.lat or 0) + 50 / 111_195,
        )
        hits += matter.number in found(again)
    assert hits / len(known[::3]) >= 0.95
