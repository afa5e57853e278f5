from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from django.utils.translation import override

from gongzhi.accounts.models import Post, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.places.actions import load_levels, plant_district

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    load_levels(by=SYSTEM, at=now())
    plant_district("demo", by=SYSTEM, at=now())


def call(monkeypatch, *args, password="sorrel-wharf-71"):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    with override("en"):
        call_command("administrator", *args, stdout=io.StringIO())


def test_the_first_administrator_comes_from_the_console(district, monkeypatch):
    call(monkeypatch, "root1", "张三")
    post = Post.objects.select_related("user", "place").get()
    assert (post.user.username, post.role, post.place.parent_id) == (
        "root1",
        Role.ADMINISTRATOR,
        None,
    )
    assert post.user.check_password("sorrel-wharf-71")


def test_without_places_it_says_what_comes_first(monkeypatch):
    with pytest.raises(CommandError, match=r"take in a file of places first"):
        call(monkeypatch, "root1", "张三")


def test_a_weak_password_opens_no_account(district, monkeypatch):
    with pytest.raises(CommandError, match="too common"):
        call(monkeypatch, "root1", "张三", password="password")
    assert not User.objects.exists()
