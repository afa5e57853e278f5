"""Which moves stand beside a petition: those that whoever reads may make, and are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import Button, Move
from gongzhi.deadlines.models import Clock, Ruling
from gongzhi.petitions import rules
from gongzhi.petitions.forms import FORMS, MoveForm
from gongzhi.petitions.models import Petition
from gongzhi.petitions.queries import asked_for, lower
from gongzhi.petitions.states import HANDLED, PETITION, Instance, Sort

GRAVE = {"decline", "withdraw", "deny", "step_aside", "link"}


@dataclass(frozen=True, slots=True)
class Opened:
    """The move whose form is open, and the form where it was refused."""

    name: str = ""
    form: MoveForm | None = None


def buttons(
    petition: Petition, by: Actor, clocks: list[Clock], at: datetime, opened: Opened
) -> list[Button]:
    """Return the moves of ``petition`` that ``by`` may make now."""
    return [
        Button(
            move,
            reverse(f"petitions:{move.name}", args=[petition.pk]),
            petition.version,
            _form(move.name, petition, at, opened),
            bare=FORMS[move.name] is MoveForm,
            grave=move.name in GRAVE,
        )
        for move in _open(petition, by, clocks, at)
    ]


def _open(petition: Petition, by: Actor, clocks: list[Clock], at: datetime) -> Iterator[Move]:
    closed = _closed(petition, clocks, at)
    for move in PETITION.open_from(petition.state):
        if move.name in FORMS.keys() - closed and getattr(rules, f"may_{move.name}")(by, petition):
            yield move


def _closed(petition: Petition, clocks: list[Clock], at: datetime) -> set[str]:
    """Return the moves that the action would refuse for what stands around the petition."""
    stage, is_claim = petition.stage, petition.sort == Sort.CLAIM
    running = {one.name for one in clocks if not one.stopped_at and at <= one.due_at}
    is_handled = stage is not None and stage.instance == Instance.HANDLE
    before = asked_for(stage) if stage and is_handled and petition.state in HANDLED else None
    waits = before is not None and before.state == Ruling.ASKED
    granted = before is not None and before.state == Ruling.APPROVED
    open_if = {
        "decide": is_claim,
        "reply": not is_claim,
        "pass_down": bool(lower(petition)),
        "keep_from": petition.sort == Sort.DENUNCIATION,
        "agree_to_name": not petition.name_open,
        "share": not petition.shared,
        "contest": stage is not None and stage.policy_id is not None,
        "serve": petition.is_unserved,
        "ask_review": petition.is_unserved or "ask" in running,
        "ask_final": petition.is_unserved or "ask" in running,
        "object": "object" in running,
        "start_hearing": is_claim,
        "recall_from": is_handled,
        "extend": is_handled and "decide" in running and not waits and not granted,
        "grant": waits,
        "deny": waits,
    }
    return {name for name, is_open in open_if.items() if not is_open}


def _form(name: str, petition: Petition, at: datetime, opened: Opened) -> MoveForm | None:
    if opened.name != name:
        return None
    return opened.form or FORMS[name](petition=petition, at=at)
