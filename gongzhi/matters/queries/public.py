"""Which matters everybody may know of."""

from __future__ import annotations

from collections.abc import Iterable

from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.matters.states import State
from gongzhi.places.models import Place
from gongzhi.places.queries import below

UNSHOWN = (State.WITHDRAWN, State.MERGED)


def hidden(n: int) -> int | None:
    """Return a number as everybody may see it: ``None`` where it is small, but not zero."""
    return None if 0 < n < FEWEST else n


def listed(kind_codes: Iterable[str] | None, within: Place | None) -> MatterQuerySet:
    """Return the public matters of some kinds (all if ``None``) in a place (everywhere if ``None``).

    Those taken back are not shown, nor those joined to another or parts of one, which nobody raised:
    that one stands for them.
    """
    found = Matter.objects.filter(public=True, parent=None).exclude(state__in=UNSHOWN)
    if kind_codes is not None:
        found = found.filter(kind_code__in=list(kind_codes))
    return found.filter(below("chain", [within.path])) if within else found
