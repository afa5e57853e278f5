"""What is suggested, kept count of; models that suggest kinds: made from what people decided, put to work."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.queries import offices_above
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.geo import metres
from gongzhi.base.moves import MoveLost
from gongzhi.base.seal import seal_bytes
from gongzhi.matters import queries, rules
from gongzhi.matters.models import Matter, Suggested, SuggestedOffice, SuggestedPlace, Trained
from gongzhi.places.gazetteer import gazetteer
from gongzhi.places.names import EXACT, Thing

S = Trained.State
KEPT_BACK = 5  # one matter in so many is never learnt from: on these models are compared
LEAST = 50  # matters kept back on which a comparison says something
AT_ONCE = 500


def ask_for_model(*, by: Actor, at: datetime) -> Trained:
    """Ask for a model made from what was decided by now; the clock makes it within minutes.

    :raises ValidationError: one is asked for already
    """
    _may_train(by)
    try:
        with transaction.atomic():
            asked = Trained.objects.create(asked_at=at)
            record(asked, verb="trained.ask", by=by, at=at, first=True)
    except IntegrityError as clash:
        raise ValidationError(_("A model is being made already: wait for it.")) from clash
    return asked


def make_model(asked: Trained, *, by: Actor, at: datetime) -> None:
    """Make the model that was asked for, and put it to work unless it does worse than what works.

    Both are tried on matters that neither was made from.  From too few matters, or of one kind alone,
    none is made; nor where something unforeseen happens, which is raised once more: it is not tried again
    before somebody asks again.
    """
    _may_train(by)
    try:
        _make(asked, by=by, at=at)
    except Exception as fault:
        _end(asked, S.FAILED, {"quality": {"fault": type(fault).__name__}}, by=by, at=at)
        raise


def _make(asked: Trained, *, by: Actor, at: datetime) -> None:
    # scikit-learn takes 100 MB and seconds to load: only the worker that trains does.
    from gongzhi.advice.training import Example, NotEnough, measure, train

    found = queries.decided()
    learnt = [Example(*said) for key, *said in found if key.int % KEPT_BACK]
    kept_back = [Example(*said) for key, *said in found if not key.int % KEPT_BACK]
    names = {
        code: [kind.name_zh, *filter(None, kind.keywords.split("|"))]
        for code, kind in queries.catalogue(localdate(at)).items()
    }
    try:
        model = train(learnt if len(kept_back) >= LEAST else [], names=names)
    except NotEnough:
        _end(asked, S.FAILED, {"examples": len(found)}, by=by, at=at)
        return
    at_work = queries.model_at_work()
    quality, before = measure(model, kept_back), at_work and measure(at_work, kept_back)
    worse = before and quality.macro_f1 < before.macro_f1
    changes = {
        "made_at": at,
        "examples": len(learnt),
        "quality": asdict(quality) | {"invented": queries.is_invented(found[0][0])},
        "before": asdict(before) if before else {},
        "content": seal_bytes(model.to_bytes(), queries.SEAL.format(asked.pk)),
    }
    _end(asked, S.RESTS if worse else S.WORKS, changes, by=by, at=at)


def employ(trained: Trained, *, by: Actor, at: datetime) -> None:
    """Put a model at rest to work again, in the place of the one that works.

    :raises ValidationError: it is not at rest, or not whole any more
    :raises MoveLost: somebody put another to work at the same moment
    """
    _may_train(by)
    if trained.state != S.RESTS:
        raise ValidationError(_("Only a model at rest can be put to work."))
    if queries.model_of(trained.pk) is None:
        raise ValidationError(_("This model is damaged: have a new one made."))
    try:
        _end(trained, S.WORKS, {}, by=by, at=at)
    except IntegrityError as clash:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from clash


@transaction.atomic
def _end(trained: Trained, state: str, changes: dict[str, Any], *, by: Actor, at: datetime) -> None:
    if state == S.WORKS:
        Trained.objects.filter(state=S.WORKS).update(state=S.RESTS)
    for name, value in {"state": state, **changes}.items():
        setattr(trained, name, value)
    trained.save(update_fields=["state", *changes])
    facts = {"to": state, "examples": trained.examples}
    if "macro_f1" in trained.quality:
        facts |= {"macro_f1": round(trained.quality["macro_f1"], 4)}
    record(trained, verb="trained.end", by=by, at=at, facts=facts)


def note_suggestions(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Write down what the model at work suggests for matters that came since; return for how many.

    Beside the intake, so that nobody waits for it.
    """
    _may_train(by)
    model = queries.model_at_work()
    trained = Trained.objects.filter(state=S.WORKS).defer("content").first()
    if not model or not trained:
        return 0
    noted = []
    for matter in queries.not_yet_suggested(trained, AT_ONCE):
        found = model.suggest(matter.text, matter.title)[:1]
        said = {"kind_code": found[0].label, "share": found[0].share} if found else {"share": 0.0}
        sure = bool(found) and found[0].sure
        noted.append(Suggested(matter=matter, trained=trained, sure=sure, **said))
    return len(Suggested.objects.bulk_create(noted, ignore_conflicts=True))


def note_offices(*, by: Actor, at: datetime) -> int:
    """Write down which office was suggested for matters that were just sent to one; return for how many.

    As it was at that moment.  Beside the dispatch, so that nobody waits for it.
    """
    _may_train(by)
    noted = []
    for matter in queries.sent_without_note(at, AT_ONCE):
        above = list(offices_above(matter.chain))
        found = queries.precedent(matter, above, matter.dispatched_at or at)
        said = {"office": found.office, "n_ended": found.n, "n_alike": found.of} if found else {}
        noted.append(SuggestedOffice(matter=matter, **said))
    return len(SuggestedOffice.objects.bulk_create(noted, ignore_conflicts=True))


def note_places(*, by: Actor, at: datetime) -> int:
    """Write down which place the words of matters name that just came; return for how many.

    Only what they name for certain.  Beside the intake, so that nobody waits for it.
    """
    _may_train(by)
    names = gazetteer()
    noted = []
    for matter in queries.came_without_note(at, AT_ONCE):
        found = names.find(matter.text)
        said = _named(found[0].thing, matter) if found and found[0].alone else {}
        noted.append(SuggestedPlace(matter=matter, **said))
    return len(SuggestedPlace.objects.bulk_create(noted, ignore_conflicts=True))


def _named(thing: Thing, matter: Matter) -> dict[str, Any]:
    told: dict[str, Any] = {"path": thing.coarse}
    pin = thing.point if thing.precision in EXACT else None
    if pin and matter.lat is not None and matter.lon is not None:
        told["metres"] = round(metres(*pin, matter.lat, matter.lon))
    return told


def _may_train(by: Actor) -> None:
    if not rules.may_train(by):
        raise PermissionDenied(_("Only an administrator may have models made and put to work."))
