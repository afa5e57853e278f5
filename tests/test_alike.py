"""The apps are alike: who knows one knows all.  These tests keep it so."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from gongzhi.base.moves import Lifecycle, Move

ROOT = Path(__file__).resolve().parent.parent / "gongzhi"
OURS = sorted(app.name for app in apps.get_app_configs() if app.name.startswith("gongzhi."))

# What writes through the ORM.  ``add``, ``set`` and ``save`` of a form are told apart by hand:
# `form.save` has no place here at all, pages call actions.
WRITES = {
    "abulk_create",
    "acreate",
    "asave",
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update",
    "update_or_create",
}
# Where a write may stand: actions and what only they use, migrations, tests.
WRITERS = re.compile(r"(^|/)(actions(/.*)?\.py|actions\.py|migrations/.*|tests/.*)$")
# Calls of the same name that write no row: (file, the source of the call's owner).
HARMLESS = {
    ("base/moves.py", "type(record)._default_manager.filter(pk=record.pk, version=seen)"),
    ("site/sessions.py", "row"),  # a session is no record of anybody's doing
}


def module(app: str, name: str) -> ModuleType | None:
    """Return the app's module of that name, or None where the app has none."""
    return import_module(f"{app}.{name}") if find_spec(f"{app}.{name}") else None


def functions(mod: ModuleType) -> Iterator[FunctionType]:
    """Yield the public functions that `mod`, or a module of its folder, defines."""
    for name, value in vars(mod).items():
        plain = inspect.unwrap(value) if callable(value) and not name.startswith("_") else None
        if isinstance(plain, FunctionType) and plain.__module__.startswith(mod.__name__):
            yield plain


def lifecycles() -> Iterator[tuple[str, Lifecycle]]:
    """Yield every lifecycle with the app it belongs to."""
    for app in OURS:
        for value in vars(module(app, "states") or object).values():
            if isinstance(value, Lifecycle):
                yield app, value


def patterns(
    under: URLResolver, before: str = "", space: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield (namespace, name, address) of every address."""
    for entry in under.url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address, entry.namespace or space)
        elif isinstance(entry, URLPattern):
            yield space, entry.name or "", address


ACTIONS = sorted(
    {f for app in OURS if (mod := module(app, "actions")) for f in functions(mod)},
    key=lambda f: (f.__module__, f.__qualname__),
)
MOVES = [(app, move) for app, lifecycle in lifecycles() for move in lifecycle.moves]
ADDRESSES = list(patterns(get_resolver()))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_an_action_says_who_and_when_and_has_a_sentence(action: FunctionType):
    parameters = inspect.signature(action).parameters
    keywords = {n for n, p in parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}
    assert {"by", "at"} <= keywords, "an action takes by= and at="
    sentence = (action.__doc__ or "").strip().split("\n\n")[0].strip()
    assert sentence.endswith((".", ":")), "an action's docstring begins with a sentence"


@pytest.mark.parametrize(("app", "move"), MOVES, ids=lambda v: v.name if isinstance(v, Move) else v)
def test_every_move_has_its_action_its_rule_and_its_address(app: str, move: Move):
    actions, rules = module(app, "actions"), module(app, "rules")
    names = {name for _, name, _ in ADDRESSES}  # a resident's moves have theirs in the portal
    assert {
        "action": callable(getattr(actions, move.name, None)),
        "rule": callable(getattr(rules, f"may_{move.name}", None)),
        "address": move.name in names,
    } == {"action": True, "rule": True, "address": True}


def test_no_address_counts_rows():
    assert [address for _, _, address in ADDRESSES if "<int:" in address] == []


def is_write(call: ast.Call) -> bool:
    """Say whether this call writes rows, as far as the source tells."""
    owner = call.func
    if not isinstance(owner, ast.Attribute) or owner.attr not in WRITES:
        return False
    if owner.attr not in {"update", "create", "delete", "save"}:
        return True
    source = ast.unparse(owner.value)
    managed = re.search(r"\bobjects\b|_manager\b|\.(filter|exclude|all|get)\(", source)
    # On a bare name only `save` and `delete` of a record are meant; a dict has `update`, a
    # hash too, and neither is a write.
    return bool(managed) or (owner.attr in {"save", "delete"} and not call.args)


def test_only_actions_write():
    stray = []
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if WRITERS.search(name):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and is_write(node):
                owner = ast.unparse(node.func.value)  # type: ignore[attr-defined]
                if (name, owner) not in HARMLESS:
                    stray.append(f"{name}:{node.lineno}: {ast.unparse(node.func)}()")
    assert stray == []


@pytest.mark.parametrize("app", OURS)
def test_an_app_says_what_it_is(app: str):
    assert (import_module(app).__doc__ or "").strip()
