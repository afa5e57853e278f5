from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actions import record
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
    Entry.objects.filter(subject=subject, seq=3).update(told={}, salt="")
    assert broken(subject) == []
    assert "话2" not in str(list(history(subject).values()))


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
