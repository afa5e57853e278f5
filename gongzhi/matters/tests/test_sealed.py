from __future__ import annotations

import pytest
from django.conf import settings

from gongzhi.matters import actions, queries, rules
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def secret(town):
    return make.kind(town.lamp.kind_class, "help", "上门帮助", "Help at home", sealed=True)


def seen_by(town, name):
    return list(rules.visible(Matter.objects.all(), town.staff(name)))


def test_a_sealed_matter_is_seen_only_by_those_who_work_on_it(town, secret):
    matter = make.matter(town, kind=secret)
    who = ("acceptor", "dispatcher", "inspector", "supervisor", "worker", "officer", "stranger")
    assert [name for name in who if seen_by(town, name)] == list(who[:4])
    assert [name for name in who if rules.may_see(town.staff(name), matter)] == list(who[:4])
    assert not rules.may_note(town.staff("worker"), matter)
    assert not matter.public


def test_a_matter_that_becomes_sealed_leaves_the_lists_and_the_board(town, secret):
    matter = make.matter(town)
    assert seen_by(town, "worker") == [matter]

    actions.sort(matter, kind=secret, urgent=False, by=town.staff("acceptor"), at=make.NOON)

    assert (seen_by(town, "worker"), matter.public, matter.sealed) == ([], False, True)


def test_words_of_danger_in_a_sealed_matter_reach_the_duty_officer_and_nobody_else(town, secret):
    matter = make.matter(town, kind=secret, danger="violence")
    assert seen_by(town, "officer") == [matter]
    assert rules.may_see(town.staff("officer"), matter)
    assert seen_by(town, "worker") == []
    assert not rules.may_see(town.staff("worker"), matter)


def test_a_sealed_kind_is_never_guessed_from_words(town):
    make.kind(
        town.lamp.kind_class, "help", "上门帮助", "Help at home", sealed=True, keywords="帮助"
    )
    make.kind(
        town.lamp.kind_class, settings.FALLBACK_KIND, "咨询", "Question", keywords="咨询"
    )  # fmt: skip
    likely = queries.likely_kind("请帮助我", make.TODAY)
    assert likely
    assert likely.code == settings.FALLBACK_KIND
