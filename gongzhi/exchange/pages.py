"""The description of the HTTP interface: for machines as OpenAPI, for people as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange.api import api

JSON, PROBLEM = "application/json", "application/problem+json"


@cache
def described() -> dict[str, Any]:
    """Return the OpenAPI description; made once.  Refusals are problem JSON, which ninja cannot say."""
    made = api.get_openapi_schema(path_prefix="/api/v1/")
    found: dict[str, Any] = json.loads(json.dumps(made, default=str))
    for methods in found["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= HTTPStatus.BAD_REQUEST:
                    answer["content"] = {PROBLEM: answer["content"][JSON]}
    return found


@cache
def _written() -> bytes:
    return json.dumps(described(), ensure_ascii=False).encode()


@require_safe
def specification(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Send the OpenAPI description."""
    return HttpResponse(_written(), content_type="application/json")


@dataclass(frozen=True, slots=True)
class Field:
    """What is sent or answered: a name, its type, whether it must be there, and what it is."""

    name: str
    kind: str
    needed: bool
    told: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    key: str
    method: str
    path: str
    told: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    statuses: list[str]


@require_safe
def handbook(request: HttpRequest) -> HttpResponse:
    """Show every operation with what is sent and answered."""
    said = {"chapters": _chapters(), "base": request.build_absolute_uri("/api/v1")}
    return render(request, "exchange/handbook.html", said)


@cache
def _chapters() -> dict[str, list[Operation]]:
    """Return the operations by chapter, in the order they were written."""
    found: dict[str, list[Operation]] = {}
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            shown = _operation(method, path, operation)
            found.setdefault(operation["tags"][0], []).append(shown)
    return found


def _operation(method: str, path: str, operation: dict[str, Any]) -> Operation:
    parameters = [
        Field(
            one["name"], _kind(one["schema"]), one["required"], one["schema"].get("description", "")
        )
        for one in operation.get("parameters", ())
    ]
    answers = operation["responses"]
    best = answers.get("200") or answers["201"]
    return Operation(
        key=operation["operationId"],
        method=method.upper(),
        path=path.removeprefix("/api/v1"),
        told=operation.get("description", ""),
        parameters=parameters,
        body=list(_fields(_schema(operation.get("requestBody", {})))),
        answer=list(_fields(_schema(best))),
        statuses=list(answers),
    )


def _schema(holder: dict[str, Any]) -> dict[str, Any]:
    content = holder.get("content", {}).get(JSON, {})
    return _resolved(content.get("schema", {}))


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "array":
        return _resolved(schema["items"])
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = described()["components"]["schemas"][name] if name else schema
    return found


def _fields(schema: dict[str, Any]) -> Iterator[Field]:
    needed = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Field(name, _kind(one), name in needed, one.get("description", ""))


def _kind(schema: dict[str, Any]) -> str:
    """Return what a schema is, in a word or two."""
    if several := schema.get("anyOf"):
        return " | ".join(_kind(one) for one in several if one.get("type") != "null")
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if name := str(schema.get("$ref", "")).rpartition("/")[2]:
        return name
    return str(schema.get("format") or schema.get("type") or "")
