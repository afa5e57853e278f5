"""What is planted of patrol."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.browser.samples.words import PATROL


def patrol(cast: Any, at: datetime) -> dict[str, str]:
    """List the checklists, plan two rounds of the grid today; one has a visit and is open to volunteers."""
    from django.utils.timezone import localdate

    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.patrol import actions, queries
    from gongzhi.patrol.actions.planning import Planned
    from gongzhi.patrol.actions.visiting import Told
    from gongzhi.patrol.models import Round

    actions.seed_checklists(by=SYSTEM, at=at)
    checklist = queries.checklists(localdate(at)).get(code="grid")
    plans = [
        actions.add(
            Planned(
                name=name,
                duty=PATROL[2],
                area=cast.grid,
                checklist=checklist,
                codes=[cast.grid.code],
                starts_on=localdate(at),
                role=Role.GRID_WORKER,
                every=1,
            ),
            by=SYSTEM,
            at=at,
        )
        for name in PATROL[:2]
    ]
    actions.make_rounds(localdate(at), by=SYSTEM, at=at)
    walked, opened = (Round.objects.select_related("plan").get(plan=plan) for plan in plans)
    (stop,), (open_stop,) = queries.stops(walked), queries.stops(opened)
    told = Told(checklist, note=PATROL[3])
    actions.visit(stop, told, by=cast.staff("worker", at), at=at)
    actions.open_up(opened, by=SYSTEM, at=at)
    return {
        "plan": str(plans[0].pk),
        "round": str(opened.pk),
        "stop": str(open_stop.pk),
        "open_stop": str(open_stop.pk),
        "link": str(opened.opened),
    }
