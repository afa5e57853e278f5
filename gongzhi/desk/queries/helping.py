"""What the offices of a reader have to do beside others that lead: by the clocks of their own tasks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, Subquery

from gongzhi.accounts.models import Staff
from gongzhi.deadlines.queries import default_days
from gongzhi.desk.queries.piles import co_tasks
from gongzhi.desk.queries.rows import Reader, Row, Task
from gongzhi.desk.rules import task_moves
from gongzhi.matters import words
from gongzhi.matters.queries import RUNS


def own_clock(to: Staff) -> Subquery:
    """Return the next date of what ``to`` has to do on a matter beside the lead."""
    first = co_tasks(to).filter(matter=OuterRef("pk")).annotate(runs_until=RUNS)
    return Subquery(first.order_by("runs_until").values("runs_until")[:1])


def with_tasks(rows: Sequence[Row], reader: Reader, names: tuple[str, ...]) -> None:
    """Give each of ``rows`` the reader's own task, with its date and its moves of ``names``: one query."""
    mine = co_tasks(reader.by).filter(matter__in=[row.pk for row in rows])
    timed = mine.annotate(runs_until=RUNS).order_by("-runs_until")
    columns = "matter", "pk", "version", "state", "office", "runs_until"
    found = {matter: told for matter, *told in timed.values_list(*columns)}  # the next one stays
    days = default_days()
    for row in rows:
        if told := found.get(row.pk):
            row.task = Task(row, *told)
            row.due = words.due(row.task.due_at, reader.at, days, row.state)
            row.moves = task_moves(reader.by, row.task, names)
