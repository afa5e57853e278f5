"""The lifecycles of a plan, a round and a stop."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.base.moves import SAME, Lifecycle, Move


class PlanState(models.TextChoices):
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    ENDED = "ended", pgettext_lazy("plan", "ended")


class RoundState(models.TextChoices):
    OPEN = "open", pgettext_lazy("round", "to be walked")
    WITHDRAWN = "withdrawn", _("withdrawn")


class StopState(models.TextChoices):
    WAITING = "waiting", _("not visited yet")
    VISITED = "visited", _("visited")
    SKIPPED = "skipped", _("could not be visited")


ONLY_PLANNER = _("Only grid leads and supervisors of this area and administrators may do this.")
ONLY_WALKER = _("Only whoever has this round may do this.")
ONLY_BOTH = _("Only whoever has this round, or plans for this area, may do this.")
P, R, S = PlanState, RoundState, StopState

PLAN = Lifecycle(
    initial=P.RUNNING,
    states=PlanState,
    moves=(
        Move("pause", frozenset({P.RUNNING}), P.PAUSED, _("Pause the plan"), ONLY_PLANNER),
        Move("resume", frozenset({P.PAUSED}), P.RUNNING, _("Go on with the plan"), ONLY_PLANNER),
        Move("end", frozenset({P.RUNNING, P.PAUSED}), P.ENDED, _("End the plan"), ONLY_PLANNER),
    ),
)
ROUND = Lifecycle(
    initial=R.OPEN,
    states=RoundState,
    moves=(
        Move("hand_over", frozenset({R.OPEN}), SAME, _("Hand over"), ONLY_BOTH),
        Move("open_up", frozenset({R.OPEN}), SAME, _("Open to volunteers"), ONLY_PLANNER),
        Move("shut", frozenset({R.OPEN}), SAME, _("Close to volunteers"), ONLY_PLANNER),
        Move("withdraw", frozenset({R.OPEN}), R.WITHDRAWN, _("Withdraw the round"), ONLY_PLANNER),
    ),
)
STOP = Lifecycle(
    initial=S.WAITING,
    states=StopState,
    moves=(
        Move("visit", frozenset({S.WAITING, S.SKIPPED}), S.VISITED, _("I was there"), ONLY_WALKER),
        Move("skip", frozenset({S.WAITING}), S.SKIPPED, _("It could not be visited"), ONLY_WALKER),
    ),
)
