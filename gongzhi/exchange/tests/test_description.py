"""The description of the interface is true: everything in it is tried with what it allows and forbids."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gongzhi.exchange.pages import described
from gongzhi.exchange.tests import make
from gongzhi.matters.tests import make as matters

SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
OPERATIONS: dict[str, Any] = {
    one.label: one
    for result in SCHEMA.get_all_operations()
    if (one := result.ok())  # type: ignore[union-attr]
}
CHANCES = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# What is refused for a reason that no schema can tell (a kind that is not listed) is no fault.
LEFT_OUT: list[Any] = [positive_data_acceptance]
WAYS = ("accept", "dispatch", "acknowledge", "answer", "inspect")


def test_it_describes_every_operation_and_names_each_once():
    operations = [one for path in described()["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names)) == len(OPERATIONS)
    assert all(one["security"] for one in operations)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.usefixtures("one_connection")
def test_every_operation_answers_as_described(town, label, mode):
    client = make.client("fuzz", town.lights, per_minute=6000)
    for who in (town.hotline, town.lighting):
        who.account.posts.update(user=client.account)
    meeting = make.keys_of(make.meeting(town))
    headers = {"Authorization": f"Bearer {make.secret(client, at=now())}"}
    known = [matters.walk(town, matters.matter(town), *WAYS[:n]) for n in range(len(WAYS) + 1)]
    turn = count()

    @CHANCES
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def tried(case: Case[Any]) -> None:
        matter = known[next(turn) % len(known)]
        if mode == GenerationMode.POSITIVE and "key" in case.path_parameters:
            case.path_parameters["key"] = meeting.get(label, case.path_parameters["key"])
        if mode == GenerationMode.POSITIVE and "number" in case.path_parameters:
            case.path_parameters["number"] = matter.number
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = str(matter.version)
        with transaction.atomic():
            case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)
            transaction.set_rollback(True)

    tried()
