"""Cases, their people, where each stands, and what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from gongzhi.accounts.models import Office, Staff
from gongzhi.base.kept import kept
from gongzhi.deadlines.models import Clock
from gongzhi.matters.models import Matter
from gongzhi.mediation import rules
from gongzhi.mediation.models import Assignment, Case, Consent
from gongzhi.mediation.states import NAMED, OVER, State
from gongzhi.mediation.words import APPLICANT
from gongzhi.parties import queries as parties
from gongzhi.parties.models import Party
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day
from gongzhi.places.rules import COMMUNITY_DIGITS

DUTIES = ("township_mediation", "mediation")
TERM = "term"  # the clock of a case
SOON = timedelta(days=5)
TOWNSHIP = 2  # how many codes of a path name a township
MOST = 200


def committee_for(path: str) -> Office | None:
    """Return the mediation committee that is nearest above the place at ``path`` (one query)."""
    chain = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    found = Office.objects.filter(duty__in=DUTIES, is_active=True, place__path__in=chain)
    return found.order_by("-place__path", "code").first()


@kept()
def places(on: date) -> dict[str, Place]:
    """Return the places down to the communities by code; kept a minute."""
    found = on_day(on).alias(digits=Length("code")).filter(digits__lte=COMMUNITY_DIGITS)
    return {one.code: one for one in found.defer("boundary", "also").order_by("path")}


def near(chain: str) -> str:
    """Return the code of the community in a path, or of the smallest place above one."""
    codes = [code for code in chain.split("/") if len(code) <= COMMUNITY_DIGITS and code]
    return codes[-1]


def township(chain: str) -> str:
    """Return the path of the township that a path leads through, or the path where it is shorter."""
    return "".join(f"{code}/" for code in chain.split("/")[:-1][:TOWNSHIP])


def township_of(case: Case) -> Place:
    """Return the township of a case (one query)."""
    return Place.objects.filter(path=township(case.chain)).first() or case.place


def people(case: Case) -> list[Party]:
    """Return everybody of a case who has not left it, who applied first (one query)."""
    some = [one for one in parties.of_file(case.pk) if one.left_at is None]
    return sorted(some, key=lambda one: one.role != APPLICANT)


def sides(case: Case) -> list[Party]:
    """Return the parties themselves, without representatives (one query)."""
    return [one for one in people(case) if one.acts_for_id is None]


def consents(case: Case) -> list[Consent]:
    """Return where each party stands, who applied first (one query)."""
    found = Consent.objects.filter(case=case).select_related("giver", "wish__user")
    some = found.order_by("giver__joined_at", "giver_id")
    return sorted(some, key=lambda one: one.giver.role != APPLICANT)


def term(case: Case) -> Clock | None:
    """Return the clock of the term as it ran last (one query)."""
    found = Clock.objects.filter(subject=case.pk, name=TERM).select_related("rule")
    return found.order_by("-round").first()


def of_matter(matter: Matter) -> QuerySet[Case]:
    """Return the cases that came from a matter, the first first."""
    return Case.objects.filter(matter=matter).order_by("applied_at", "id")


# --- What waits.


def _mine(me: Staff) -> Q:
    named = Assignment.objects.filter(case=OuterRef("pk"), mediator__user=me.id, ended_at=None)
    return Q(Exists(named))


def _runs_out(at: datetime) -> Q:
    near = Clock.objects.filter(
        subject=OuterRef("pk"), name=TERM, stopped_at=None, due_at__lt=at + SOON
    )
    return Q(Exists(near), state=State.MEDIATING)


PILES: dict[str, Callable[[Staff, datetime], Q]] = {
    "mine": lambda me, _at: _mine(me) & Q(state__in=NAMED | {State.AGREED}),
    "new": lambda _me, _at: Q(state=State.APPLIED),
    "consent": lambda _me, _at: Q(state=State.INVITED),
    "assign": lambda _me, _at: Q(state=State.READY),
    "term": lambda _me, at: _runs_out(at),
    "open": lambda _me, _at: Q(state__in=NAMED | {State.AGREED}),
    "ended": lambda _me, _at: Q(state__in=OVER),
}


def pile(name: str, me: Staff, at: datetime) -> list[Case]:
    """Return the cases of one pile that ``me`` may see, those that wait longest first (one query)."""
    order = F("ended_at").desc() if name == "ended" else F("applied_at").asc()
    seen = rules.visible(Case.objects.filter(PILES[name](me, at)), me)
    return list(seen.select_related("committee", "place").order_by(order, "id")[:MOST])


def counts(me: Staff, at: datetime) -> dict[str, int]:
    """Return how many cases each pile holds, but for what has ended (six queries)."""
    return {
        name: rules.visible(Case.objects.filter(holds(me, at)), me).count()
        for name, holds in PILES.items()
        if name != "ended"
    }
