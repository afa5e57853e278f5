"""The demo district, planted once for all tests here that one process runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import translation

from gongzhi.accounts.models import IN_OFFICE, Office, Post, Role, User
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.base.seal import unseal
from gongzhi.jobs.models import Job
from gongzhi.matters.management.commands.demo import PASSWORD
from gongzhi.matters.models import Matter, Requester
from gongzhi.matters.states import State
from gongzhi.places.models import Place

# `test_simulator.py` plants on PostgreSQL too.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker):
    """Plant the demo district with two months of few matters, in a transaction around all tests."""
    out = StringIO()
    # Planted before what lets every test begin in Chinese.
    with translation.override("zh-hans"), django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", matters=150, months=2, processes=1, stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


def test_the_demo_is_a_district_alive_now(planted):
    now = datetime.now(UTC)
    assert 0 <= Matter.objects.filter(parent=None).count() - 150 <= 3  # businesses raise a few
    assert not Matter.objects.filter(synthetic=False).exists()
    assert Matter.objects.open().count() > 4
    assert {State.CLOSED, State.HANDLING} <= set(Matter.objects.values_list("state", flat=True))
    assert not Matter.objects.filter(received_at__gt=now).exists()
    assert not Entry.objects.filter(subject_type="matter", at__gt=now).exists()
    assert Matter.objects.filter(received_at__gt=now - timedelta(days=8)).exists()
    assert [broken(pk) for pk in Matter.objects.values_list("pk", flat=True)[:40]] == [[]] * 40
    told = Job.objects.filter(topic="matter").values("key").distinct().count()
    assert told < 30  # of what businesses did just now, not of the year


def test_the_demo_has_everybody_and_prints_who_can_sign_in(planted):
    assert set(Post.objects.values_list("role", flat=True)) == set(Role.values)
    assert User.objects.get(username="accept1").check_password(PASSWORD)
    assert Office.objects.filter(duty="township_office").count() == 3
    out = StringIO()
    call_command("demo", sign_ins=True, stdout=out)
    assert out.getvalue() in planted
    assert out.getvalue().count(PASSWORD) == 1
    assert all(name in out.getvalue() for name in User.objects.values_list("username", flat=True))


def test_who_accepts_or_inspects_is_of_no_office(planted):
    others = Post.objects.exclude(role__in=IN_OFFICE)
    assert not others.exclude(office=None).exists()
    assert not Post.objects.filter(role__in=IN_OFFICE, office=None).exists()


def test_the_demo_again_adds_nothing(planted):
    before = (
        Matter.objects.count(),
        User.objects.count(),
        Office.objects.count(),
        Place.objects.count(),
    )
    call_command("demo", matters=150, months=2, processes=1, stdout=StringIO())
    after = (
        Matter.objects.count(),
        User.objects.count(),
        Office.objects.count(),
        Place.objects.count(),
    )
    assert after == before


def test_synthetic_contacts_are_numbers_that_nobody_has(planted):
    rows = Requester.objects.exclude(sealed=None)
    phones = {unseal(bytes(row.sealed or b""), row.pk.hex)["phone"] for row in rows}
    assert len(phones) > 40
    assert all(phone.startswith("000-") for phone in phones)
    assert Requester.objects.filter(sealed=None).exists()
