"""What is answered while a part that we need is away."""

from __future__ import annotations

import errno
import re

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InternalError,
    OperationalError,
    connection,
)

from gongzhi.base.faults import is_away
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make
from gongzhi.portal.tests.make import sent


@pytest.fixture
def asked(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    "fault",
    [OperationalError("gone"), InternalError("read only"), OSError(errno.ENOSPC, "no room")],
)
def test_a_part_that_is_away_is_told_from_a_fault_of_ours(fault):
    assert is_away(fault)


@pytest.mark.parametrize(
    "fault",
    [None, IntegrityError(), DatabaseError(), OSError(errno.ENOENT, "no file"), ValueError()],
)
def test_a_fault_of_ours_is_none_that_passes(fault):
    assert not is_away(fault)


@pytest.mark.django_db(transaction=True)
class TestReadOnly:
    """A database that may not be written to, as where it is a copy, or full."""

    @pytest.fixture
    def form(self):
        make.town()
        return sent()

    @pytest.fixture
    def locked(self, form):
        on = {
            "postgresql": "SET default_transaction_read_only = {}",
            "sqlite": "PRAGMA query_only = {}",
        }[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(on.format("on"))
        yield
        with connection.cursor() as cursor:
            cursor.execute(on.format("off"))

    def test_what_is_read_is_shown(self, asked, locked):
        assert asked.get("/").status_code == 200

    def test_who_sends_something_is_told_to_send_it_again(self, asked, form, locked):
        answer = asked.post("/raise/", form)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "30"
        assert "表单可以再交一次" in answer.content.decode()

    def test_a_program_is_told_so_in_json(self, asked, form, locked):
        answer = asked.post("/raise/", form, HTTP_ACCEPT="application/json")
        assert answer.status_code == 503
        assert answer.json()["title"] == "Service Unavailable"

    def test_once_it_may_be_written_to_the_same_form_is_taken(self, asked, form):
        assert asked.post("/raise/", form).status_code == 302
        assert Matter.objects.count() == 1

    def test_the_log_has_a_line_of_it_and_not_a_page(self, asked, form, locked, caplog):
        asked.post("/raise/", form)
        (record,) = [one for one in caplog.records if one.name == "django.request"]
        assert re.fullmatch(r"503 POST /raise/ \w+Error", record.getMessage())
        assert record.exc_info is None
