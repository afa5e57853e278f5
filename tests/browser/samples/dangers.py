"""What is planted of hazards."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from tests.browser.samples.words import HAZARD, picture


def hazards(cast: Any, at: datetime) -> dict[str, str]:
    """Plant one that is registered and one that came back and is supervised; a check with a failed line."""
    from django.utils.timezone import localdate

    from gongzhi.audit.actors import SYSTEM
    from gongzhi.hazards import actions, queries
    from gongzhi.hazards.actions import Points, Told
    from gongzhi.matters.uploads import tidy

    name, words, law = HAZARD
    actions.seed(by=SYSTEM, at=at)
    actions.seed_checklists(by=SYSTEM, at=at)
    kind = queries.kinds().get(code="exit_blocked")
    grid, day = cast.grid, (at + timedelta(days=20)).date()
    told = Told(kind, name, words, 3, 4, lat=grid.lat, lon=grid.lon)
    points = Points(cast.lights, words, day, law, words, 100, words, words)
    by = {one: cast.staff(one, at) for one in ("dispatcher", "handler", "inspector", "supervisor")}

    def ordered() -> Any:
        photos = [tidy(BytesIO(picture()))]
        row = actions.register(told, photos=photos, by=by["inspector"], at=at)
        actions.fix(row, points=points, by=by["dispatcher"], at=at)
        actions.protect(row, words=words, by=by["dispatcher"], at=at)
        actions.order(row, by=by["dispatcher"], at=at)
        return row

    first = ordered()
    photos = [tidy(BytesIO(picture()))]
    actions.rectify(first, words=words, photos=photos, by=by["handler"], at=at)
    actions.accept(first, words=words, by=by["inspector"], at=at)
    again = ordered()
    actions.supervise(again, summary=words, by=by["supervisor"], at=at)
    registered = actions.register(told, by=by["inspector"], at=at)
    checklist = queries.checklists()[0]
    check = actions.plan(
        checklist, name=name, place=grid, every_days=30, due_on=localdate(at), by=SYSTEM, at=at
    )
    line = queries.questions(checklist.pk)[0]
    made = actions.visit(
        check, failed={line.pk: words}, due_on=check.due_on, by=by["inspector"], at=at
    )
    rows = {
        "hazard": again,
        "registered": registered,
        "kind": kind,
        "checklist": checklist,
        "question": line,
        "check": check,
        "visit": made,
        "finding": queries.findings(made)[0],
        "photo": again.evidence.all()[0],
    }
    return {key: str(row.pk) for key, row in rows.items()}
