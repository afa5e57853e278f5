"""Who may do what to a petition, and who reads it: pure functions.

The petition office that keeps it reads all of it; an office that has or had it reads its words, and who
raised it only where that is needed or agreed to; nobody else reads anything.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from gongzhi.accounts.models import ON_FOOT, Office, Role, Staff
from gongzhi.accounts.queries import house, offices
from gongzhi.audit.actors import Actor, System
from gongzhi.parties.rules import Member
from gongzhi.petitions.models import Petition, PetitionQuerySet, ReceptionDay, Stage, Visit
from gongzhi.petitions.states import UNDERWAY, Instance, Part, Sort, State, Way
from gongzhi.places.models import Place
from gongzhi.places.rules import COMMUNITY_DIGITS

FILERS = (*ON_FOOT, Role.ACCEPTOR)
SPEAKERS = (Part.PETITIONER, Part.PROXY, Part.REPRESENTATIVE)
DUTY = "petitions"  # of the offices that keep petitions


def may_erase(by: Actor) -> bool:
    """Return whether ``by`` erases what was kept long enough: nobody, it is done by itself."""
    return isinstance(by, System)


def barred(by: Actor, petition: Petition) -> bool:
    """Return whether ``petition`` is kept from ``by``: it denounces their house, or they step aside.

    Arts. 28 and 30.  The petition office stands outside: it answers to the same government as those
    whom it passes things on to.
    """
    if not isinstance(by, Staff):
        return False
    others = [pk for pk in by.offices() if pk != petition.keeper_id]
    return by.id.hex in petition.kept_from or is_denounced(petition, *others)


def is_denounced(petition: Petition, *offices: UUID) -> bool:
    """Return whether ``petition`` denounces one of ``offices``, or their house."""
    return petition.denounced_id is not None and petition.denounced_id in house(offices)


def visible(petitions: PetitionQuerySet, to: Actor) -> PetitionQuerySet:
    """Narrow ``petitions`` to those ``to`` may read, in the same query."""
    if isinstance(to, Member):
        return petitions.filter(pk=to.file)
    if not isinstance(to, Staff) or not to.offices():
        return petitions.none()
    offices = to.offices()
    had = Stage.objects.filter(petition=OuterRef("pk"), office__in=offices, returned_at=None)
    found = petitions.filter(Q(keeper__in=offices) | Exists(had))
    return found.filter(unbarred(to))


def unbarred(to: Staff) -> Q:
    """Return `barred` turned round, as a condition."""
    free = Q(kept_from="") | ~Q(kept_from__contains=to.id.hex)
    for office in to.offices():
        theirs = house(pk for pk in to.offices() if pk != office)
        free &= ~Q(keeper=office) | Q(denounced=None) | ~Q(denounced__in=theirs)
    theirs = house(to.offices())
    return free & (Q(keeper__in=to.offices()) | Q(denounced=None) | ~Q(denounced__in=theirs))


def may_see(by: Actor, petition: Petition) -> bool:
    """Return whether `visible` would keep ``petition``; one query where an office had it before."""
    if isinstance(by, Member):
        return by.is_of(petition.pk)
    if _keeps(by, petition) or _has(by, petition):
        return True
    return visible(Petition.objects.filter(pk=petition.pk), by).exists()


def may_read_all(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` reads also what its people say and hand in after it was raised.

    Who signed beside them reads title, words and what the offices wrote: more was shared with nobody.
    """
    return _speaks(by, petition) or (isinstance(by, Staff) and may_see(by, petition))


def may_reach(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may look who raised ``petition``, which is recorded and shown to them.

    The petition office, and the office that has accepted it and must hear them (art. 31 no. 6); not
    where it denounces somebody, unless they agreed.
    """
    if _keeps(by, petition):
        return True
    needs = petition.state in UNDERWAY and petition.sort != Sort.DENUNCIATION
    return _has(by, petition) and (needs or petition.name_open)


def may_know_name(by: Actor, petition: Petition) -> bool:
    """Return whether the name of who raised ``petition`` stands on the page that ``by`` reads."""
    return _has(by, petition) and petition.name_open


def _keeps(by: Actor, petition: Petition) -> bool:
    return (
        isinstance(by, Staff) and by.serves_office(petition.keeper_id) and not barred(by, petition)
    )


def _has(by: Actor, petition: Petition) -> bool:
    """Return whether the office that has ``petition`` now is one of ``by``."""
    stage = petition.stage
    return (
        isinstance(by, Staff)
        and stage is not None
        and by.serves_office(stage.office_id)
        and not barred(by, petition)
    )


def _heads(by: Actor, petition: Petition) -> bool:
    stage = petition.stage
    if not isinstance(by, Staff) or stage is None or barred(by, petition):
        return False
    return any(held.role == Role.HEAD and held.office == stage.office_id for held in by.posts)


def _speaks(by: Actor, petition: Petition) -> bool:
    return isinstance(by, Member) and by.is_of(petition.pk) and by.role in SPEAKERS


def may_raise(by: Actor) -> bool:
    """Return whether ``by`` may raise a petition: everybody, whatever else is held of them."""
    return isinstance(by, Actor)


def may_file(by: Actor) -> bool:
    """Return whether ``by`` may file a petition for somebody who cannot, with their signature."""
    return isinstance(by, Staff) and by.has_role(*FILERS)


def may_file_at(by: Actor, place: Place) -> bool:
    """Return whether ``by`` may file for somebody what is about ``place``.

    Where they serve; who serves in one grid, in the community around it.
    """
    served = by.paths(*FILERS) if isinstance(by, Staff) else ()
    return any(place.path.startswith(_community(path)) for path in served)


def _community(path: str) -> str:
    """Return the path of the community of a place, or ``path`` where it lies above."""
    return "".join(f"{code}/" for code in path.split("/")[:-1] if len(code) <= COMMUNITY_DIGITS)


def may_register(by: Actor) -> bool:
    """Return whether ``by`` writes down what comes by letter, telephone or in person.

    Those who serve in a petition office.
    """
    return isinstance(by, Staff) and bool(kept_by(by))


def may_receive(by: Actor, office: Office) -> bool:
    """Return whether ``by`` registers what came to ``office`` directly (art. 23).

    Who serves in it; what comes to a petition office is registered there.
    """
    return isinstance(by, Staff) and office.duty != DUTY and by.serves_office(office.pk)


def receiving(by: Staff) -> tuple[Office, ...]:
    """Return the offices at whose desk ``by`` registers what comes to them directly."""
    known = offices()
    own = (known[pk] for pk in by.offices() if pk in known)
    return tuple(office for office in own if office.is_active and may_receive(by, office))


def may_register_by(by: Actor, way: str) -> bool:
    """Return whether ``by`` registers what comes by ``way``: online whoever raises it themselves."""
    if way == Way.WEB:
        return may_raise(by)
    return may_file(by) if way == Way.PROXY else may_register(by)


def kept_by(by: Staff) -> tuple[UUID, ...]:
    """Return the petition offices that ``by`` serves in."""
    known = offices()
    return tuple(pk for pk in by.offices() if (one := known.get(pk)) and one.duty == DUTY)


def may_sign(by: Actor, petition: Petition) -> bool:
    """Return whether somebody else may sign ``petition``: anybody while it is shared and not ended."""
    return may_raise(by) and petition.shared and not petition.is_ended


def may_forward(by: Actor, petition: Petition) -> bool:
    return _keeps(by, petition)


may_uphold = may_recall_from = may_dismiss = may_link = may_keep_from = may_forward


def may_forward_to(petition: Petition, office: Office) -> bool:
    """Return whether ``petition`` may go to ``office``: never to whom it denounces, nor their house."""
    return not is_denounced(petition, office.pk)


def may_accept(by: Actor, petition: Petition) -> bool:
    return _has(by, petition)


may_object = may_pass_down = may_decide = may_reply = may_ask = may_extend = may_accept


def may_route(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may lead it elsewhere: the office that has it, or who is to forward it."""
    return _keeps(by, petition) if petition.state == State.REGISTERED else _has(by, petition)


may_decline = may_route


def may_grant(by: Actor, petition: Petition) -> bool:
    return _heads(by, petition)


may_deny = may_grant


def may_review(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may decide the next instance: of its office, and never who decided before.

    Neither the person nor anybody of an office that gave an earlier opinion; one query.
    """
    if not isinstance(by, Staff) or not _has(by, petition):
        return False
    before = Stage.objects.filter(petition=petition, decided_at__isnull=False)
    theirs = Q(decider=by.id) | Q(office__in=by.offices())
    return not before.filter(theirs).exists()


may_finalize = may_review


def may_start_hearing(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may hold a hearing: who may give the opinion of the instance that has it."""
    stage = petition.stage
    if stage is None or stage.instance != Instance.HANDLE:
        return may_review(by, petition)
    return may_decide(by, petition)


may_end_hearing = may_start_hearing


def may_step_aside(by: Actor, petition: Petition) -> bool:
    return _keeps(by, petition) or _has(by, petition)


def may_serve(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may record how the answer arrived: who gave it, or the petition office."""
    return _keeps(by, petition) or _has(by, petition)


def may_collect(by: Actor, petition: Petition) -> bool:
    """Return whether the answer has arrived where ``by`` reads it.

    With who raised it or speaks for them; not with a proxy, who may sit elsewhere, nor a signer.
    """
    return _speaks(by, petition) and isinstance(by, Member) and by.role != Part.PROXY


def may_ask_review(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may ask for a review: who raised it, or the petition office for them."""
    return _speaks(by, petition) or _keeps(by, petition)


may_ask_final = may_ask_review


def may_add(by: Actor, petition: Petition) -> bool:
    return _speaks(by, petition)


may_agree_to_name = may_share = may_contest = may_withdraw = may_add


def may_lapse(by: Actor, petition: Petition) -> bool:
    """Return whether ``by`` may end it when nobody asked for a review: the system alone."""
    return isinstance(by, System) and petition.stage is not None


# --- Answers to all, and reception days.


def may_answer_all(by: Actor, office: Office) -> bool:
    """Return whether ``by`` may give one answer to all of a topic for ``office``: who serves in it."""
    return isinstance(by, Staff) and by.serves_office(office.pk)


may_analyse = may_register


def may_announce(by: Actor, office: Office) -> bool:
    """Return whether ``by`` arranges reception days of ``office``: who serves in a petition office."""
    return isinstance(by, Staff) and office.duty == DUTY and by.serves_office(office.pk)


def may_call_off(by: Actor, day: ReceptionDay) -> bool:
    return may_announce(by, day.office)


def may_book(by: Actor) -> bool:
    """Return whether ``by`` may book a time: everybody."""
    return isinstance(by, Actor)


def may_come(by: Actor, visit: Visit) -> bool:
    return may_announce(by, visit.day.office)


may_miss = may_keep = may_come


def may_cancel(by: Actor, visit: Visit) -> bool:
    return isinstance(by, Member) and by.is_of(visit.pk)
