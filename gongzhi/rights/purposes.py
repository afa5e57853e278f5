"""What every field about a person is for, on which ground, who sees it and how long: declared, and public.

Which field serves which purpose stands in ``seeds/fields.csv``: each field of each table of ours, once.  A
test walks the tables and fails on one of which nothing is said.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SEED = Path(__file__).parent / "seeds" / "fields.csv"
NONE = "none"  # the purpose of what says nothing of a person
PIPL = "《个人信息保护法》"


class Goes:
    """How what hangs on a matter goes when the matter is erased."""

    OWN = "own"  # by the very action that erases the matter, or by that of its own file
    CONTACT = "contact"  # the rows, with the contact already
    ROWS = "rows"  # the rows
    SENT = "sent"  # the rows that were sent: what still waits, whoever sends it needs
    EMPTY = "empty"  # its fields are emptied, the rows stay
    TIME = "time"  # by its own short time, whatever becomes of the matter
    STAFF = "staff"  # with the account of a colleague
    STAYS = "stays"  # names nobody who raised anything, or is public


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something about a person is held."""

    code: str
    what: str | Promise
    why: str | Promise
    ground: str | Promise
    who: str | Promise
    kept: str | Promise


@dataclass(frozen=True, slots=True)
class Declared:
    """Fields of one table that serve one purpose; ``path`` leads from its rows to a matter, if any."""

    model: str
    path: str
    goes: str
    purpose: str
    fields: Sequence[str]


DUTY = _("PIPL art. 13 (3): needed for a statutory duty; art. 34 for bodies of the state")
SAFETY = _("PIPL art. 51, Cybersecurity Law art. 21: to keep it safe and to be able to prove it")
WORKING = _("those who work on the matter, and who raised it")
WITH_WORDS = _("as long as the words of the matter, see “How long”")

PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "reach",
        _("name, telephone, e-mail, in which language, and whether you want messages"),
        _("to ask back, to answer you and to ask whether it is solved; you may leave them out"),
        _("PIPL art. 13 (1) and (3): you gave it, for a statutory duty; art. 51 (3): sealed"),
        _("the office in charge until it has answered, and who sorts and asks; every look is recorded"),
        _("until some time after the end, see “How long”; then it is erased by itself"),
    ),
    Purpose(
        "receipt",
        _("a keyed hash of your receipt code and of links sent to you"),
        _("to let you and nobody else follow your matter, without an account"),
        DUTY,
        _("nobody: the code cannot be reckoned back"),
        _("as long as the tombstone of the matter"),
    ),
    Purpose(
        "matter",
        _("what you wrote and showed, where it is, and what was said to you"),
        _("to handle what you raised"),
        DUTY,
        WORKING,
        _("some years after the end, by kind and result, see “How long”; a number, a kind, a place and dates stay"),
    ),
    Purpose(
        "work",
        _("what offices noted, asked, ordered and decided about the matter"),
        _("to handle it and to be able to check how"),
        DUTY,
        WORKING,
        WITH_WORDS,
    ),
    Purpose(
        "rating",
        _("whether you say it is solved, how satisfied you are, and your words with it"),
        _("to take it up again if it is not, and to tell how well offices work"),
        DUTY,
        _("the centre and supervisors, never the office itself; figures only of many"),
        _("your words as long as those of the matter; solved or not stays, for the figures"),
    ),
    Purpose(
        "complaint",
        _("from which colleagues a complaint is kept"),
        _("so that it never reaches whom it is about"),
        _("Regulations on Petition Work art. 30"),
        _("who sorts it"),
        _("as long as the tombstone of the matter"),
    ),
    Purpose(
        "letters",
        _("messages sent to you: to which address, and what they say"),
        _("to tell you of each step, and to try again where sending fails"),
        DUTY,
        _("nobody: sealed; the data officer sees that one was sent"),
        _("erased with your contact"),
    ),
    Purpose(
        "history",
        _("what was done to the matter, by whom and when"),
        _("so that nobody can rewrite the past"),
        SAFETY,
        WORKING,
        _("words are erased with those of the matter; that something was done stays"),
    ),
    Purpose(
        "looks",
        _("which colleague looked at your contact, when, and what for"),
        _("so that you see who looked, and misuse is found"),
        _("PIPL art. 51 (5), art. 54, art. 56 (three years)"),
        _("you, and the data officer where it was unusual"),
        _("three years"),
    ),
    Purpose(
        "requests",
        _("what you ask about your own data, what you are answered, and why something has to be kept"),
        _("to do what you ask, and to prove that it was done"),
        _("PIPL art. 44-50"),
        _("you and the data officer of the place"),
        _("as long as the tombstone of the matter; your words go when it is erased"),
    ),
    Purpose(
        "demands",
        _("written orders of authorities about your matter, and what was handed over on them"),
        _("so that nothing is handed over without a law, and you read what was"),
        _("PIPL art. 13 (3), art. 18 and 35: you are told, later only where a law wants that"),
        _("you, the data officer and the leader of the place; everybody how many there were"),
        _("as long as the tombstone of the matter; the order's words go with those of the matter"),
    ),
    Purpose(
        "passed",
        _("what was handed to another level, hotline or system, for your matter alone"),
        _("to have it done where the duty lies"),
        _("PIPL art. 23: you read on its page what was handed to whom"),
        _("those who work on the matter"),
        _("until it has arrived, or with the words of the matter"),
    ),
    Purpose(
        "files",
        _("sealed files of petitions and mediation: who takes part, what they said, gave and signed"),
        _("to handle a petition or settle a dispute, as its people asked"),
        _("Regulations on Petition Work; People's Mediation Law; PIPL art. 51 (3): sealed"),
        _("the people of the file and who works on it; every look is recorded"),
        _("as long as the rule of its kind of file says; then the file is erased"),
    ),
    Purpose(
        "meetings",
        _("what offices said and agreed on at a call or meeting"),
        _("to have it done, and to be able to check it"),
        DUTY,
        _("the offices that were called"),
        _("as the minutes of the offices are kept"),
    ),
    Purpose(
        "staff",
        _("accounts of colleagues: name, work address, as what they serve, how they want notices"),
        _("to let them in and let them do what is their duty, no more"),
        _("PIPL art. 13 (2) and (3)"),
        _("colleagues; the name of who decided stands in the answer"),
        _("as long as the account; what they did stays in the history"),
    ),
    Purpose(
        "published",
        _("who answers for what is published: reception days, orders listed before everybody"),
        _("so that everybody can see who stands for it"),
        _("Regulations on Open Government Information"),
        _("everybody"),
        _("as long as it is published"),
    ),
    Purpose(
        "tries",
        _("how often a code was tried, by a keyed hash that names nobody"),
        _("so that nobody guesses codes"),
        SAFETY,
        _("nobody"),
        _("hours to a day"),
    ),
    Purpose(
        "passing",
        _("what waits to be taken in or sent on: files, mails, jobs"),
        _("so that nothing is lost when a machine fails"),
        SAFETY,
        _("nobody; of rows that were refused, whoever sent them"),
        _("until it is done, days at most"),
    ),
    Purpose(
        "model",
        _("which characters go with which kind of matter, counted over many texts"),
        _("to suggest a kind; it knows nobody's text and no names"),
        DUTY,
        _("nobody: it stays sealed in this installation"),
        _("until the next model takes its place"),
    ),
)  # fmt: skip
BY_CODE = {purpose.code: purpose for purpose in PURPOSES}


@cache
def declared() -> tuple[Declared, ...]:
    """Return what is said of every field of every table of ours, in the order of the file."""
    with SEED.open(encoding="utf-8", newline="") as file:
        return tuple(
            Declared(row["model"], row["path"], row["goes"], row["purpose"], row["fields"].split())
            for row in csv.DictReader(file)
        )


def fields_of(purpose: str) -> dict[str, list[str]]:
    """Return the fields that serve a purpose, by table."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in declared():
        if row.purpose == purpose:
            found[row.model] += row.fields
    return dict(found)
