"""What the people of a petition do: add, let their name be known, share, contest, take back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.uploads import Upload
from gongzhi.parties.actions import keep
from gongzhi.petitions.actions.forwarding import stage_of
from gongzhi.petitions.actions.writing import (
    begin,
    change_stage,
    finish,
    finish_all,
    move,
    of_petition,
    say,
)
from gongzhi.petitions.models import Petition


@of_petition
def add(
    petition: Petition, *, words: str, papers: Sequence[Upload] = (), by: Actor, at: datetime
) -> None:
    """Add words and papers, or answer what was asked."""
    say(petition, "add", words, by=by, at=at)
    for upload in papers:
        keep(petition.pk, upload=upload, by=by, at=at)
    move(petition, "add", by=by, at=at)


@of_petition
def agree_to_name(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Let the office that decides know who raised it."""
    move(petition, "agree_to_name", by=by, at=at, name_open=True)


@of_petition
def share(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Open it for signing by whoever gets the link: they read title and words, nothing else."""
    move(petition, "share", by=by, at=at, shared=True)


@of_petition
def contest(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Say that an answer given to all does not answer this case: it goes on by itself.

    :raises MoveRefused: the answer was given to this petition alone; a review is the way
    """
    stage = stage_of(petition)
    if stage.policy_id is None:
        raise MoveRefused(_("This answer was given to your case alone: ask for a review instead."))
    say(petition, "contest", words, by=by, at=at)
    move(petition, "contest", by=by, at=at, facts={"office": stage.office.code})
    changes = {"decided_at": None, "decider": None, "policy": None, "result": ""}
    changes |= {"served_at": None, "served": ""}
    change_stage(stage, by=by, at=at, **changes)
    finish(stage, "ask", by=by, at=at)
    begin(stage, "decide", office=stage.office, by=by, at=at)


@of_petition
def withdraw(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Take a petition back; it can be raised anew at any time."""
    move(petition, "withdraw", by=by, at=at, ended_at=at)
    finish_all(petition, by=by, at=at)
