"""What is suggested while a matter is raised and sorted, and how good that has been."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q

from gongzhi.advice.answers import Lacks, lacking
from gongzhi.advice.classify import Baseline, Suggestion
from gongzhi.advice.kinds import KindModel, ModelBroken
from gongzhi.base.kept import kept
from gongzhi.base.seal import SealBroken, unseal_bytes
from gongzhi.matters.models import LONGEST_ANSWER, Kind, Matter, Suggested, Trained
from gongzhi.matters.queries.matters import catalogue, latest_name

log = logging.getLogger(__name__)
LOOKED_BACK = timedelta(days=90)
MOST_EXAMPLES = 30_000  # learnt in half a minute; what is older tells less
SEAL = "kind-model:{}"


def suggest_kind(text: str, on: date, title: str = "") -> list[Suggestion]:
    """Return which kinds of a day's catalogue ``text`` may be of, the likeliest first.

    By the model at work; where it is not sure, kinds that it does not know are there too if their key
    words are.  Without a model the key words alone speak.
    """
    by_words = _baseline(on).suggest(text, title)
    model = model_at_work()
    found = model.suggest(text, title) if model else []
    if not model or not found:
        return by_words
    known = catalogue(on)
    found = [one for one in found if one.label in known]
    if found and found[0].sure:
        return found
    return [*found, *(one for one in by_words if one.label not in model.labels)]


@kept()
def _baseline(on: date) -> Baseline:
    return Baseline({code: kind.keywords.split("|") for code, kind in catalogue(on).items()})


def lacks(matter: Matter, answer: str, ground: str) -> Lacks:
    """Return what an answer to ``matter`` that is being written may lack; no query."""
    return lacking(answer[:LONGEST_ANSWER], f"{matter.title}\n{matter.text}", ground)


def likely_kind(text: str, on: date) -> Kind | None:
    """Return the kind that ``text`` is likeliest of, or the fallback of the settings.

    A sealed kind is never guessed: only the person can ask for what it stands for.
    """
    known = catalogue(on)
    guessed = (known[one.label] for one in suggest_kind(text, on))
    open_ones = (kind for kind in guessed if not kind.sealed)
    return next(open_ones, known.get(settings.FALLBACK_KIND))


@kept()
def at_work() -> UUID | None:
    """Return the key of the model at work; kept a minute."""
    return Trained.objects.filter(state=Trained.State.WORKS).values_list("pk", flat=True).first()


def model_at_work() -> KindModel | None:
    """Return the model that suggests kinds, if one is at work and whole; kept a minute."""
    pk = at_work()
    return model_of(pk) if pk else None


@lru_cache(maxsize=2)
def model_of(pk: UUID) -> KindModel | None:
    """Return a trained model; one that is cut short, swapped or of another version is none, and told."""
    content = Trained.objects.values_list("content", flat=True).get(pk=pk)
    try:
        return KindModel.from_bytes(unseal_bytes(bytes(content), SEAL.format(pk)))
    except (SealBroken, ModelBroken) as fault:
        log.error("the model %s suggests nothing: %s", pk, fault)  # noqa: TRY400  no stack needed
        return None


def decided() -> list[tuple[UUID, str, str, str]]:
    """Return the latest matters whose kind a person accepted: key, text, title and kind."""
    found = Matter.objects.filter(sealed=False, parent=None).exclude(accepted_at=None)
    named = found.order_by("-received_at").values_list("pk", "text", "title", "kind_code")
    return list(named[:MOST_EXAMPLES])


def is_invented(key: UUID) -> bool:
    """Return whether a matter is a simulated one; real and simulated ones never stand together."""
    return Matter.objects.filter(pk=key, synthetic=True).exists()


@dataclass(frozen=True, slots=True)
class InService:
    """How often what was suggested was what people decided, of one kind or of all."""

    kind_code: str
    decided: int
    held: int
    sure: int
    sure_held: int

    @property
    def name(self) -> str:
        """The name of the latest edition of the kind."""
        return latest_name(self.kind_code)


def in_service(at: datetime) -> list[InService]:
    """Return it by the kind suggested, for what came in the last 90 days and is accepted (one query)."""
    came = Suggested.objects.filter(matter__received_at__gte=at - LOOKED_BACK)
    came = came.exclude(matter__accepted_at=None).exclude(kind_code="")
    held = Q(kind_code=F("matter__kind_code"))
    counted = came.values("kind_code").annotate(
        decided=Count("pk"),
        held=Count("pk", filter=held),
        n_sure=Count("pk", filter=Q(sure=True)),
        sure_held=Count("pk", filter=held & Q(sure=True)),
    )
    return [
        InService(row["kind_code"], row["decided"], row["held"], row["n_sure"], row["sure_held"])
        for row in counted.order_by("-decided", "kind_code")
    ]


def trained_ones(most: int = 20) -> list[Trained]:
    """Return the latest models, without what is in them (one query)."""
    return list(Trained.objects.defer("content").order_by("-asked_at")[:most])


def not_yet_suggested(trained: Trained, most: int) -> list[Matter]:
    """Return the next matters that came since ``trained`` was made and had no suggestion yet."""
    since = Matter.objects.filter(received_at__gt=trained.made_at, sealed=False, parent=None)
    return list(since.filter(suggested=None).order_by("received_at", "id")[:most])
