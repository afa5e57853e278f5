"""What waits for whom; no word of a petition and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from gongzhi.accounts.models import Office, Role, Staff
from gongzhi.deadlines.models import Clock, Extension, Ruling
from gongzhi.petitions import rules
from gongzhi.petitions.models import Petition, PetitionQuerySet
from gongzhi.petitions.states import ANSWERED, HANDLED, LIVE, TO_ACCEPT, Instance, State
from gongzhi.places.queries import chain_names

MOST = 200  # what a pile shows
AWAITED = ("forward", "notify", "decide")  # clocks that bind an office; the others leave it free


def pile(name: str, to: Staff, at: datetime) -> PetitionQuerySet:
    """Return what waits for ``to``, the first that came first; by state and office, never by whom."""
    mine, held = Q(stage__office__in=to.offices()), Q(keeper__in=to.offices())
    match name:
        case "forward":
            wanted = held & Q(state=State.REGISTERED)
        case "objections":
            wanted = held & Q(state=State.OBJECTED)
        case "notify":
            wanted = mine & Q(state__in=sorted(TO_ACCEPT))
        case "decide":
            wanted = mine & _in_hand([Instance.HANDLE], State.ACCEPTED)
        case "serve":
            wanted = mine & Q(state__in=sorted(ANSWERED), stage__served_at=None)
        case "extensions":
            asked = Extension.objects.filter(
                clock__subject=OuterRef("stage_id"), state=Ruling.ASKED
            )
            wanted = Q(Exists(asked), stage__office__in=_headed(to), state__in=sorted(HANDLED))
        case "reviews":
            above = [Instance.REVIEW, Instance.FINAL]
            wanted = mine & _in_hand(above, State.IN_REVIEW, State.IN_FINAL)
        case "late":
            wanted = (mine | held) & Q(_overdue(at), state__in=sorted(LIVE))
        case _:
            wanted = Q(state__in=sorted(LIVE))
    found = rules.visible(Petition.objects.filter(wanted), to)
    return found.order_by("received_at", "id")


def _in_hand(instances: list[Instance], *states: State) -> Q:
    """Return the condition of what is in ``states``, or heard in one of ``instances``."""
    return Q(state__in=states) | Q(state=State.HEARING, stage__instance__in=instances)


def _headed(to: Staff) -> list[UUID]:
    return [held.office for held in to.posts if held.role == Role.HEAD and held.office]


def _overdue(at: datetime) -> Exists:
    subject = Q(subject=OuterRef("pk")) | Q(subject=OuterRef("stage_id"))
    late = Clock.objects.filter(subject, name__in=AWAITED, stopped_at=None, due_at__lt=at)
    return Exists(late)


PILES = ("forward", "objections", "notify", "decide", "serve", "extensions", "reviews", "late")


def counts(to: Staff, at: datetime) -> dict[str, int]:
    """Return how many lie on each pile of ``to`` (one query each)."""
    return {name: pile(name, to, at).count() for name in PILES}


@dataclass(frozen=True, slots=True)
class Row:
    """A petition as a list shows it: number, topic, place, who has it; no word and no person."""

    petition: Petition
    clock: Clock | None

    @property
    def office(self) -> Office:
        """The office that has it now."""
        return self.petition.stage.office if self.petition.stage else self.petition.keeper

    @property
    def where(self) -> str:
        """The place, from the township down."""
        return " › ".join(chain_names(self.petition.chain)[1:]) or self.petition.place.name


def rows(found: PetitionQuerySet) -> list[Row]:
    """Return petitions with the clock that ends first of each (two queries)."""
    some = list(found.with_names().defer("sealed", "stage__sealed")[:MOST])
    keys = [key for one in some for key in (one.pk, one.stage_id) if key]
    running: dict[UUID, Clock] = {}
    for clock in Clock.objects.filter(subject__in=keys, stopped_at=None).order_by("-due_at"):
        if clock.name in AWAITED:
            running[clock.subject] = clock
    return [Row(one, running.get(one.stage_id or one.pk)) for one in some]
