"""What is asked where other systems ask: each operation as its description wants it to be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gongzhi.exchange.pages import described
from gongzhi.hotline.models import Platform
from gongzhi.mailbox.models import Robot
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.states import MATTER
from gongzhi.meetings.models import Attendance, Resolution, Summons
from tests.browser.addresses import MACHINES, every, in_state_for
from tests.browser.people import Town
from tests.matrix.town import Asker

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
KEY = "matrix-1"  # what the system that raises a matter calls it


@dataclass(frozen=True)
class Call:
    """One operation, and what is sent to it."""

    page: str
    of: str
    method: str
    path: str
    body: str = ""
    sort: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    def at(self, asker: Asker) -> str:
        """Return the address; who sends through Open311 shows the token in it."""
        token = asker.headers.get("authorization", "").removeprefix("Bearer ")
        return f"{self.path}?api_key={token}" if self.sort == FORM and token else self.path


def calls(town: Town, who: list[Asker]) -> Iterator[Call]:
    """Yield every operation, by both methods: those of the API as described, others bare."""
    yield from _described(town, _raise(town, next(one for one in who if one.name == "raise")))
    places = {
        "slug": "unknown",
        "code": town.kind,
        "ending": "json",
        "ids": town.matters["handling"]["number"],
        "name": "matters",
        "key": town.tables["run"],
        "ref": town.levels["handed"],
    }
    special = {
        "hotline:take": {"slug": Platform.objects.get().slug},
        "mailbox:callback": {"slug": Robot.objects.get().slug},
        "sharing:api_transfers": {"key": town.sharing["use"]},
    }
    for address in every():
        if not address.route.startswith(MACHINES) or address.name.startswith("exchange:api:"):
            continue
        path = _filled(address.route, places | special.get(address.name, {}))
        for method in ("GET", "POST"):
            sort = FORM if address.face == "open311" else JSON
            body = "{}" if method == "POST" else ""
            yield Call(_plain(address.route), "", method, path, body, sort)


def _raise(town: Town, asker: Asker) -> str:
    """Raise a matter as a system and return its number."""
    body = json.dumps({"kind": town.kind, "text": "灯不亮。", "place": town.place})
    headers = {**asker.headers, "Idempotency-Key": KEY}
    answer = asker.client.post("/api/v1/matters", body, content_type=JSON, headers=headers)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["matter"]["number"])


def _described(town: Town, raised: str) -> Iterator[Call]:
    schema = described()
    known = {"kind": town.kind, "place": town.place, "office": town.office, "purpose": "ask"}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            sent = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
            body = json.dumps(_sample(sent, schema, known)) if sent else ""
            for of, values, version in _records(path, town, raised):
                headers = {"If-Match": str(version), "Idempotency-Key": KEY}
                asked = _filled(path, values)
                yield Call(path, of, method.upper(), asked, body, JSON, headers)


def _records(path: str, town: Town, raised: str) -> list[tuple[str, dict[str, str], int]]:
    """Return of what an operation is asked: the name of the record, its key or number, its version."""
    move = path.rpartition("/")[2]
    if "{number}" in path:
        is_move = "/matters/" in path and move in {one.name for one in MATTER.moves}
        names = (in_state_for(move) if is_move else "handling", "sealed")
        numbers = {name: town.matters[name]["number"] for name in names}
        if "/raised/" in path:
            numbers = {"raised": raised}
        versions = dict(Matter.objects.values_list("number", "version"))
        return [(of, {"number": no, "move": "note"}, versions[no]) for of, no in numbers.items()]
    rows: dict[str, tuple[Any, str]] = {
        "tasks": (OfficeTask, town.rows["task"]),
        "meetings": (Summons, town.meetings["called"]),
        "called": (Attendance, town.meetings["seat"]),
        "resolved": (Resolution, town.meetings["resolution"]),
    }
    if "{key}" not in path:
        return [("", {}, 1)]
    model, key = rows[path.split("/")[3]]
    return [("", {"key": key}, model._default_manager.get(pk=key).version)]


def _filled(path: str, values: dict[str, str]) -> str:
    whole = re.sub(r"<(?:\w+:)?(\w+)>|\{(\w+)\}", lambda m: values[m[1] or m[2]], path)
    return "/" + whole.lstrip("/")


def _plain(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _sample(schema: dict[str, Any], whole: dict[str, Any], known: dict[str, str]) -> Any:
    """Return the least that a schema takes, with what is ``known`` by its name."""
    if ref := schema.get("$ref"):
        schema = whole["components"]["schemas"][ref.rpartition("/")[2]]
    if options := schema.get("anyOf") or schema.get("allOf"):
        return _sample(options[0], whole, known)
    if schema.get("type") == "object":
        wanted = schema.get("required", ())
        parts = schema.get("properties", {})
        return {name: known.get(name) or _sample(parts[name], whole, known) for name in wanted}
    if schema.get("enum"):
        return schema["enum"][0]
    formats = {"date": "2030-01-02", "date-time": "2030-01-02T10:00:00+08:00", "uuid": "0" * 32}
    usual = {"string": "请看一看。", "integer": 1, "number": 1, "boolean": True, "array": []}
    return formats.get(schema.get("format", "")) or usual.get(schema.get("type", ""), "x")
