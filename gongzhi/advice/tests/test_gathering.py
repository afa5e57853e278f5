from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.advice.gathering import Raised, different, gather, is_apart

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=30)
STREETS = ("青禾路", "望江街", "柳岸巷", "书院街", "石桥路", "采薇街", "梅园街", "长堤路")

ABOUT = {
    "roads": ["路灯熄灭", "井盖松动", "路面塌陷", "护栏倒地", "站牌歪斜", "标线模糊"],
    "parks": ["树枝折断", "草坪枯黄", "公厕停水", "垃圾满溢", "广告脱落", "油烟扑鼻"],
}


def raised(n: int, text: str, **says) -> Raised:
    """Return one message of the requester ``n``, ten days before the end unless said otherwise."""
    usual: dict[str, Any] = {
        "kind_class": "roads",
        "path": f"1/2/3/{n % 4}/",
        "at": UNTIL - timedelta(days=10, minutes=n),
        "marks": (b"%d" % n,),
    }
    return Raised(UUID(int=n), text, **(usual | says))


def lamps(n: int, **says) -> list[Raised]:
    """Return messages of ``n`` requesters about lamps that went out, each in words of its own."""
    told = "{}的路灯整排熄灭，夜里看不清台阶，联系人张建国13800001234"
    return [raised(m, told.format(STREETS[m % len(STREETS)]), **says) for m in range(n)]


def found(*some: Raised):
    return gather(some, SINCE, UNTIL, {"路灯", "不亮"})


def test_five_requesters_of_one_thing_are_told_of_by_their_words_and_four_are_not():
    (issue,) = found(*lamps(5))
    assert (issue.path, issue.kind_class, issue.n_requesters) == ("1/2/3/", "roads", 5)
    assert {"路灯", "熄灭"} <= set(issue.words)
    assert sum(issue.days) == len(issue.keys) == 5
    assert issue.days[19] + issue.days[20] == 5
    assert found(*lamps(4)) == []


def test_words_of_the_catalogue_are_found_where_the_dictionary_cuts_otherwise():
    told = (raised(n, f"{street}路灯不亮") for n, street in enumerate(STREETS))
    (issue,) = found(*told)
    assert set(issue.words) == {"路灯", "不亮"}


def test_a_name_holds_no_person_and_no_number():
    (issue,) = found(*lamps(20))
    assert not {"张建国", "13800001234", "建国"} & set(issue.words)


def test_who_writes_often_or_without_a_contact_is_one():
    assert found(*lamps(9, marks=(b"same",))) == []
    assert found(*lamps(9, marks=())) == []
    assert different([(b"a",), (b"a", b"b"), (b"b", b"c"), (), (), (b"d",)]) == 3


@pytest.mark.parametrize(
    "apart",
    [{"kind_class": "parks"}, {"path": "1/9/3/1/"}, {"invented": True}, {"at": UNTIL}],
    ids=["class", "township", "invented", "later"],
)
def test_what_is_of_another_class_area_or_period_counts_nowhere(apart):
    assert found(*lamps(4), raised(4, "石桥路的路灯整排熄灭，夜里看不清台阶", **apart)) == []


def test_what_one_community_has_too_little_of_is_gathered_in_its_township():
    spread = [raised(n, one.text, path=f"1/2/{n}/1/") for n, one in enumerate(lamps(6))]
    assert [issue.path for issue in found(*spread)] == ["1/2/"]


@pytest.mark.parametrize("word", ["拖欠工资", "劳动合同", "上访", "聚集", "联名"])
def test_what_speaks_of_pay_petitions_or_gatherings_never_enters(word):
    told = [raised(n, f"{one.text}，{word}") for n, one in enumerate(lamps(9))]
    assert is_apart(told[0].text)
    assert found(*told) == []


def test_what_stands_in_all_classes_says_where_and_not_what():
    told = [
        raised(n + 20 * m, f"{thing}，在卫生服务站旁边", kind_class=group)
        for m, (group, things) in enumerate(ABOUT.items())
        for n, thing in enumerate(things)
    ]
    assert found(*told) == []


@pytest.mark.parametrize(("before", "trend"), [(2, "more"), (9, "alike"), (20, "fewer")])
def test_a_trend_compares_with_the_period_before(before, trend):
    then = SINCE - timedelta(days=29)
    earlier = [raised(100 + n, one.text, at=then) for n, one in enumerate(lamps(before))]
    (issue,) = found(*lamps(9), *earlier)
    assert (issue.trend, len(issue.keys)) == (trend, 9)
    assert found(*lamps(9))[0].trend == ""


WORDS = ("路灯", "熄灭", "积水", "井盖", "垃圾", "油烟", "噪音", "电梯", "树枝", "停水", "公厕")
MESSAGES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True),
        st.integers(0, 9),  # who
        st.integers(0, 2),  # where
        st.integers(0, 59),  # days before
    ),
    max_size=60,
)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_the_order_makes_no_difference_and_none_is_told_of_fewer_than_five(said, random: Random):
    some = [
        raised(
            n,
            "，".join(words),
            marks=(b"%d" % who,) if who else (),
            path=f"1/2/{where}/",
            at=UNTIL - timedelta(days=days, minutes=1),
        )
        for n, (words, who, where, days) in enumerate(said)
    ]
    issues = gather(some, SINCE, UNTIL)
    other = list(some)
    random.shuffle(other)
    assert gather(other, SINCE, UNTIL) == issues
    by_key = {one.key: one for one in some}
    told = [key for issue in issues for key in issue.keys]
    assert len(told) == len(set(told))
    for issue in issues:
        its = [by_key[key] for key in issue.keys]
        assert issue.n_requesters == different(one.marks for one in its) >= 5
        assert all(one.path.startswith(issue.path) and one.at >= SINCE for one in its)
        for word in issue.words:
            assert different(one.marks for one in its if word in one.text) >= 5
