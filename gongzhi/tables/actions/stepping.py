"""A step of a run: one chunk of matters, or a whole list; its rows and its count are one transaction.

So whoever is killed when, a row is taken once: a step that was cut short left nothing, and matters
are known by their own ids besides.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import Actor
from gongzhi.base.http import sentence
from gongzhi.exchange.models import Caller, Scope
from gongzhi.matters.actions.intake import receive
from gongzhi.tables import queries, rules
from gongzhi.tables.actions.lists import ALL_OR_NONE, LISTS, MOST_ROWS, take_list
from gongzhi.tables.actions.running import all_or_none, check, fail, finish, go_on, take
from gongzhi.tables.fields import Table, tables
from gongzhi.tables.models import Refused, Run
from gongzhi.tables.queries import Bad, Good, Ready
from gongzhi.tables.states import PROGRAM, State

MOST_REFUSED = 100_000


class Hopeless(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A run cannot go on; its text is the sentence for whoever sent the file."""


@transaction.atomic
def step(key: UUID, *, done: int, state: str, by: Actor, at: datetime) -> None:
    """Do the next chunk of a run, if it still is where this step was to begin; leave the one after.

    What is paused waits; what was done meanwhile is not done again.
    """
    run = Run.objects.select_for_update(of=("self",)).select_related("owner", "client").get(pk=key)
    if not rules.may_check(by, run):
        raise PermissionDenied(PROGRAM)
    if not run.is_busy or (run.n_done, run.state) != (done, state):
        return
    with override(run.language):
        try:
            with transaction.atomic():
                _advance(run, sender(run, at), at)
        except (Hopeless, PermissionDenied, ValidationError) as fault:
            run.refresh_from_db()
            fail(run, why=sentence(fault), by=by, at=at)
        else:
            _after(run, by=by, at=at)


def sender(run: Run, at: datetime) -> Staff:
    """Return who sent a file, with the posts they hold at ``at``.

    :raises Hopeless: their account was closed meanwhile
    """
    if not run.owner.is_active:
        raise Hopeless(_("The account of whoever sent this file was closed."))
    who = staff(run.owner, at)
    if run.client is None:
        return who
    scopes = frozenset({str(Scope.RAISE)})
    return Caller(who.id, who.label, who.posts, run.client.pk, scopes, run.client.on_trial)


def _advance(run: Run, by: Staff, at: datetime) -> None:
    table = tables()[run.table]
    if not rules.may_send(by, table):
        raise PermissionDenied(_("You may not send files of this table."))
    if run.table in LISTS:
        _list(run, table, by, at)
    else:
        _matters(run, table, by, at)
    if run.n_refused > MOST_REFUSED:
        said = _("More than %(most)d rows are refused: see whether this is the right table.")
        raise Hopeless(said % {"most": MOST_REFUSED})
    run.save(update_fields=["n_done", "n_fresh", "n_known", "n_refused"])


def _after(run: Run, *, by: Actor, at: datetime) -> None:
    if run.n_done < run.n_chunks:
        go_on(run, by=by, at=at)
    elif run.state == State.RUNNING:
        finish(run, by=by, at=at)
    else:
        check(run, by=by, at=at)
        if run.takes and not (run.client and run.client.on_trial):
            _take_at_once(run, by=by, at=at)


def _take_at_once(run: Run, *, by: Actor, at: datetime) -> None:
    try:
        take(run, by=sender(run, at), at=at)
    except (Hopeless, ValidationError) as fault:
        fail(run, why=sentence(fault), by=by, at=at)


# --- Matters, a chunk at a time.


def _matters(run: Run, table: Table, by: Staff, at: datetime) -> None:
    lines = queries.chunk(run, run.n_done)
    good, bad = queries.checked(run, table, lines, get_default_timezone())
    ready, known, unfit = queries.Reports(run, good, by, at).sorted(good)
    if run.state == State.RUNNING:
        ready, refused = _receive(ready, by, at)
        unfit += refused
    run.n_done += 1
    run.n_fresh += len(ready)
    run.n_known += len(known)
    _refuse(run, bad + unfit)


def _receive(ready: list[Ready], by: Staff, at: datetime) -> tuple[list[Ready], list[Bad]]:
    taken, refused = list[Ready](), list[Bad]()
    for row in ready:
        try:
            receive(row.report, by=by, at=at, received_at=row.received_at)
        except ValidationError as fault:
            refused.append(Bad(row.number, "", " ".join(fault.messages)))
        else:
            taken.append(row)
    return taken, refused


def _refuse(run: Run, bad: list[Bad]) -> None:
    run.n_refused += len(bad)
    Refused.objects.bulk_create(queries.refused_rows(run, bad), 1000)


# --- Lists, whole.


def _list(run: Run, table: Table, by: Staff, at: datetime) -> None:
    if run.n_rows > MOST_ROWS:
        raise Hopeless(_("A list has at most %(most)d rows.") % {"most": MOST_ROWS})
    good, bad = _all(run, table)
    keep = run.state == State.RUNNING
    rows = ((row.number, row.texts(table)) for row in good)
    outcome = take_list(run, rows, keep=keep, by=by, at=at)
    bad += [Bad(number, "", said) for number, said in outcome.refused]
    if keep and bad and run.table in ALL_OR_NONE:
        raise Hopeless(all_or_none())
    run.n_done = run.n_chunks
    run.n_fresh, run.n_known = outcome.n_fresh, outcome.n_known
    _refuse(run, bad)


def _all(run: Run, table: Table) -> tuple[list[Good], list[Bad]]:
    lines = chain.from_iterable(queries.every(run))
    good, bad = queries.checked(run, table, lines, get_default_timezone())
    kept, twice = queries.once(table, good)
    return kept, bad + twice
