from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actions import erase_words, record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.models import Entry, Look
from gongzhi.audit.queries import broken, history
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import MoveLost

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
WHO = Actor(None, "王小明")


@pytest.fixture
def subject():
    someone = Look(pk=uuid7())  # whatever has a key may have a history
    for n in range(4):
        record(someone, verb=f"test.{n}", by=WHO, at=NOON, facts={"n": n}, told={"text": f"话{n}"})
    return someone.pk


def test_a_chain_as_it_was_written_is_whole(subject):
    assert broken(subject) == []


@pytest.mark.parametrize(
    "change", [{"verb": "test.9"}, {"facts": {"n": 9}}, {"at": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_a_changed_entry_is_found_and_named(subject, change):
    Entry.objects.filter(subject=subject, seq=2).update(**change)
    assert broken(subject) == [f"{subject}: entry 2 was changed"]


def test_changed_words_are_found_and_named(subject):
    Entry.objects.filter(subject=subject, seq=3).update(told={"by": "王小明", "text": "别的"})
    assert broken(subject) == [f"{subject}: the words of entry 3 were changed"]


def test_erased_words_leave_the_chain_whole(subject):
    said = erase_words(Look(pk=subject), verb="test.erase", by=WHO, at=NOON)
    assert said.facts == {"erased_to": 4, "entries": 4}
    assert broken(subject) == []
    told = str(list(history(subject).values()))
    assert [word for word in ("话0", "话1", "话2", "话3") if word in told] == []
    record(Look(pk=subject), verb="test.after", by=WHO, at=NOON, told={"text": "之后"})
    assert broken(subject) == []
    last = list(history(subject))[-1]
    assert (last.seq, last.told["text"]) == (6, "之后")


def test_words_that_are_gone_without_an_entry_that_says_so_are_found(subject):
    Entry.objects.filter(subject=subject, seq=3).update(told={}, salt="")
    assert broken(subject) == [f"{subject}: the words of entry 3 are gone untold"]


def test_words_that_were_put_where_others_were_erased_are_found(subject):
    erase_words(Look(pk=subject), verb="test.erase", by=WHO, at=NOON)
    Entry.objects.filter(subject=subject, seq=2).update(told={"text": "别的"})
    assert broken(subject) == [f"{subject}: the words of entry 2 are gone untold"]


@given(st.integers(0, 3), st.lists(st.text(max_size=3), max_size=4))
def test_wherever_words_are_erased_the_chain_stays_whole(erased, later):
    someone = Look(pk=uuid7())
    for n in range(erased):
        record(someone, verb="test", by=WHO, at=NOON, told={"text": f"话{n}"})
    erase_words(someone, verb="test.erase", by=WHO, at=NOON)
    for text in later:
        record(someone, verb="test", by=WHO, at=NOON, told={"text": text.replace("\x00", "")})
    assert broken(someone.pk) == []


def test_a_removed_entry_is_found(subject):
    Entry.objects.filter(subject=subject, seq=2).delete()
    assert f"{subject}: entry 2 is missing or out of order" in broken(subject)


def test_two_entries_of_the_same_place_are_refused(subject):
    last = history(subject).last()
    with pytest.raises(MoveLost), transaction.atomic():
        record(Look(pk=subject), verb="test", by=SYSTEM, at=NOON, first=True)
    assert history(subject).last() == last


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5),
        st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
        max_size=4,
    )
)
def test_facts_of_any_shape_survive_the_database(facts):
    someone = Look(pk=uuid7())
    record(someone, verb="test", by=WHO, at=NOON, first=True, facts=facts)
    assert broken(someone.pk) == []
