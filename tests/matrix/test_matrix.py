"""The permission matrix: every page and every operation, asked as everybody, against the table on file.

``MATRIX=write pytest -n 0 tests/matrix`` writes the tables anew.  Read each line that changed as somebody
would who wants in: docs/security.md says how.  A part takes most of a minute: thousands of questions.
"""

from __future__ import annotations

import csv
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils.timezone import now

from gongzhi.accounts.tests.provider import CLIENT, providing
from tests.browser.addresses import addresses
from tests.matrix.asking import ask
from tests.matrix.drawing import Drawing
from tests.matrix.forms import Typed, forms
from tests.matrix.machines import calls
from tests.matrix.rows import Question, plain, questions
from tests.matrix.town import Asker, people, planted, systems

Key = tuple[str, str, str]  # page, what stands in it, method
Rows = dict[Key, dict[str, str]]
HERE = Path(__file__).parent

# The forms of a part stand on its own pages.
PARTS = {
    "matters": ("matters", "desk", "errands", "federation", "field", "hotline", "meetings", "open311", "papers"),
    "sealed": ("mediation", "parties", "petitions", "portal", "rights"),
    "others": (),
}  # fmt: skip
# An address without anything in it is no more anybody's own than somebody else's.
OF_SOMETHING = {"other holder", "twin", "other office", "elsewhere"}
# Whether what was sent was whole, and in time, may hang on the hour; that somebody was let in may not.
LET_IN = {"ok", "form", "late"}
# Whose pages offer forms to send elsewhere, which others then try to send.
OFFERED = {"holder", "acceptor", "handler", "mediator", "head", "keeper"}
# What measures and what browsers obey say nothing of who may.
BESIDE = {"gongzhi.upkeep.http.Measured", "csp.middleware.CSPMiddleware"}


@pytest.fixture(autouse=True)
def _quick(settings) -> Iterator[None]:
    """Draw pages only where their forms are wanted, and write no log of thousands of refusals."""
    logging.disable(logging.ERROR)
    with (
        providing() as provider,
        override_settings(
            OIDC_ISSUER=provider.issuer,
            OIDC_CLIENT=CLIENT,
            OIDC_NAME="District ID",
            TEMPLATES=[{**settings.TEMPLATES[0], "BACKEND": "tests.matrix.drawing.Drawing"}],
            PROOF_MINUTES=600,  # who signed in at the beginning has proved enough
            MIDDLEWARE=[one for one in settings.MIDDLEWARE if one not in BESIDE],
        ),
    ):
        Drawing.is_on = False
        yield
    Drawing.is_on = True
    logging.disable(logging.NOTSET)


@pytest.mark.once
@pytest.mark.parametrize("part", PARTS)
def test_every_page_lets_in_whom_the_table_names(part, transactional_db):
    town = planted(now())
    who = people(town, now())
    asked = [one for one in questions(town) if _part(one.address.face) == part]
    typed: dict[str, Typed] = {}
    rows: Rows = {}
    for one in asked:
        if not one.is_move:  # by GET it is the page of the matter, with the form open
            rows[one.page, one.of, "GET"] = _row(one, "GET", who, typed)
    for one in asked:
        rows[one.page, one.of, "POST"] = _row(one, "POST", who, typed)
    faces = {plain(one.route): one.face for one in addresses()}
    _compare("pages.csv", rows, who, lambda page: _part(faces.get(page, "")) == part)


@pytest.mark.once
def test_every_operation_lets_in_whom_the_table_names(transactional_db):
    town = planted(now())
    who = systems(town, now())
    rows: Rows = {}
    for call in calls(town, who):
        rows[call.page, call.of, call.method] = {
            asker.name: ask(
                asker.client,
                call.method,
                call.at(asker),
                call.body or None,
                content_type=call.sort,
                headers={**call.headers, **asker.headers},
            ).cell
            for asker in who
        }
    _compare("operations.csv", rows, who, lambda _page: True)


def _part(face: str) -> str:
    return next((name for name, faces in PARTS.items() if face in faces), "others")


def _row(one: Question, method: str, who: list[Asker], typed: dict[str, Typed]) -> dict[str, str]:
    """Ask as everybody; as nobody at first, and where it takes no such question, only as nobody."""
    row: dict[str, str] = {}
    for asker in who:
        if asker.name in OF_SOMETHING and not one.address.params:
            row[asker.name] = ""
            continue
        sent = typed.get(one.path, {}) if method == "POST" else None
        row[asker.name] = ask(asker.client, method, one.path, sent).cell
        if row["nobody"] == "-":
            return {}
        wanted = one.path not in typed or (asker.name in OFFERED and one.address.params)
        if method == "GET" and row[asker.name] == "ok" and wanted:
            _collect(asker, one.path, typed)
    return row


def _collect(asker: Asker, path: str, typed: dict[str, Typed]) -> None:
    """Draw a page, and remember the fullest form for each address that it sends to."""
    Drawing.is_on = True
    page = ask(asker.client, "GET", path).page
    Drawing.is_on = False
    typed.setdefault(path, {})
    for to, said in forms(page, path):
        typed[to] = max(typed.get(to, {}), said, key=len)


def _compare(name: str, rows: Rows, who: list[Asker], is_asked: Callable[[str], bool]) -> None:
    """Hold what was answered against the table on file; or write it."""
    file, head = HERE / name, ["page", "of", "method", *(asker.name for asker in who)]
    found = {key: [*key, *row.values()] for key, row in rows.items() if {*row.values()} - {"-"}}
    known: dict[Key, list[str]] = {}
    if file.exists():
        with file.open(encoding="utf-8", newline="") as given:
            table = list(csv.reader(given))
        head = table[0]
        known = {(row[0], row[1], row[2]): row for row in table[1:]}
    before = {key: row for key, row in known.items() if is_asked(key[0])}
    if os.environ.get("MATRIX") == "write":
        others = {key: row for key, row in known.items() if key not in before}
        lines = [row for _key, row in sorted((others | found).items())]
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([head, *lines])
    elif faults := list(_faults(head, before, found)):
        told = "See docs/security.md; MATRIX=write pytest -n 0 tests/matrix writes the table anew."
        pytest.fail("\n".join([*faults, told]), pytrace=False)


def _faults(
    head: list[str], before: dict[Key, list[str]], after: dict[Key, list[str]]
) -> Iterator[str]:
    for key, row in after.items():
        if key not in before:
            yield f"{' '.join(key)}: no line of the table says who may open it"
            continue
        for name, was, is_ in zip(head, before[key], row, strict=True):
            if was != is_ and not {was, is_} <= LET_IN:
                yield f"{' '.join(key)}: {name} is answered “{is_}”, the table says “{was}”"
    for key in before.keys() - after.keys():
        yield f"{' '.join(key)}: the table speaks of it, and it is not there"
