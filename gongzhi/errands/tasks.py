"""What follows by itself: those concerned are told, and what a matter has outlived is taken back."""

from __future__ import annotations

from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.errands import actions
from gongzhi.errands.models import Errand
from gongzhi.jobs.handlers import Work, on


@on("errand")
def tell(work: Work) -> None:
    """Tell whoever is asked, or whoever asked."""
    errand = Errand.objects.select_related("matter").get(pk=str(work.key))
    verb, to = work.args["verb"], UUID(work.args["to"])
    actions.tell(errand, verb=verb, to=to, by=SYSTEM, at=work.at)


@on("matter")
def outlive(work: Work) -> None:
    """Take back what nobody needs any more, now that the matter has moved."""
    actions.outlive(UUID(str(work.key)), by=SYSTEM, at=work.at)
