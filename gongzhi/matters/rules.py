"""Who may do what to a matter, and who sees it: pure functions of the actor and the matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.accounts.models import ON_FOOT, Absence, Post, Role, Staff, User
from gongzhi.accounts.queries import house, serving
from gongzhi.audit.actors import Actor, System
from gongzhi.matters.models import (
    Exclusion,
    FollowUp,
    FollowUpLink,
    Matter,
    MatterQuerySet,
    OfficeTask,
)
from gongzhi.matters.states import UNDERWAY, State, TaskState
from gongzhi.places.queries import below

WORKS = (Role.ACCEPTOR, Role.DISPATCHER, Role.INSPECTOR, Role.SUPERVISOR)
OVERSEES = (*WORKS, Role.DUTY_OFFICER, Role.LEADER, *ON_FOOT)
NONE = UUID(int=0)  # stands for no office
BEFORE_ANSWER = UNDERWAY | {State.DEFERRED}


@dataclass(frozen=True)
class Holder(Actor):
    """Whoever has shown the receipt code of one matter (or a code sent to its contact)."""

    matter: UUID | None = None


def holder(matter: Matter) -> Holder:
    """Return the person who raised ``matter`` as an actor without a name."""
    return Holder(None, "requester", matter.pk)


def barred(by: Actor, matter: Matter) -> bool:
    """Return whether ``matter`` is kept from ``by``: it complains about their house or themselves.

    Their house is every office they have a post in, and all above and below it: 《信访工作条例》
    art. 30 forbids to pass what is denounced on to whom it denounces.
    """
    if not isinstance(by, Staff) or not (matter.about_office_id or matter.kept_from):
        return False
    return by.id.hex in matter.kept_from or matter.about_office_id in house(by.offices())


def unbarred(to: Staff, before: str = "") -> Q:
    """Return `barred` turned round, as a condition; ``before`` leads to the matter."""
    free = Q(**{f"{before}kept_from": ""}) | ~Q(**{f"{before}kept_from__contains": to.id.hex})
    if theirs := house(to.offices()):
        about = f"{before}about_office"
        free &= Q(**{about: None}) | ~Q(**{f"{about}__in": theirs})
    return free


def visible(matters: MatterQuerySet, to: Actor) -> MatterQuerySet:
    """Narrow ``matters`` to those ``to`` may see, in the same query.

    A post that works on matters of a place sees all below it; one that only oversees it (grid
    worker, leader) what is about places, assets and services, never somebody's own request or a
    sealed matter; on duty also what speaks of danger; a handler what the own office has or took
    part in, and not what it gave back.  What is kept from ``to`` is nowhere among it.
    """
    if not isinstance(to, Staff):
        return (
            matters.filter(pk=to.matter) if isinstance(to, Holder) and to.matter else matters.none()
        )
    works = to.paths(*WORKS)
    seen = below("chain", works)
    if paths := _beside(works, to.paths(*OVERSEES)):
        seen |= below("chain", paths) & Q(public=True)
    if paths := _beside(works, to.paths(Role.DUTY_OFFICER)):
        seen |= below("chain", paths) & ~Q(danger="")
    if offices := to.offices():
        theirs = OfficeTask.objects.filter(matter=OuterRef("pk"), office__in=offices)
        seen |= Q(Exists(theirs.exclude(state=TaskState.RETURNED)))
    return matters.filter(unbarred(to), seen)


def _beside(known: tuple[str, ...], paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of ``paths`` that none of the ``known`` covers: a database would read them twice."""
    return tuple(path for path in paths if not path.startswith(known))


def readers(matter: Matter, at: datetime) -> QuerySet[User]:
    """Return who may see ``matter`` at ``at``: `visible` turned round, as one query.

    Who is away still may, and who stands in for somebody who may.
    """
    chain = [matter.chain[: n + 1] for n, char in enumerate(matter.chain) if char == "/"]
    alerted = (Role.DUTY_OFFICER,) if matter.danger else ()
    roles = OVERSEES if matter.public else (*WORKS, *alerted)
    by_place = Q(role__in=roles, place__path__in=chain)
    by_office = Q(office__in=tasks_of(matter.pk).values("office"))
    posts = Post.objects.held(at).filter(by_place | by_office)
    away = Absence.objects.filter(user__in=posts.values("user"), starts_at__lte=at, ends_at__gt=at)
    found = User.objects.filter(Q(pk__in=posts.values("user")) | Q(pk__in=away.values("deputy")))
    kept_from = [UUID(key) for key in matter.kept_from.split()]
    found = found.filter(is_active=True).exclude(pk__in=kept_from)
    if matter.about_office_id:
        theirs = serving(house([matter.about_office_id]), at)
        found = found.exclude(pk__in=theirs.values("pk"))
    return found


def tasks_of(matter: UUID) -> QuerySet[OfficeTask]:
    """Return the tasks that offices have or had on the matter of a key and did not give back."""
    return OfficeTask.objects.filter(matter=matter).exclude(state=TaskState.RETURNED)


def may_see(by: Actor, matter: Matter) -> bool:
    """Return whether `visible` would keep ``matter``; one query where an office took part."""
    if isinstance(by, Holder):
        return by.matter == matter.pk
    if not isinstance(by, Staff) or barred(by, matter):
        return False
    if _oversees(by, matter) or _of_office(by, matter):
        return True
    return visible(Matter.objects.filter(pk=matter.pk), by).exists()


def may_contact(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` must reach the requester: the office in charge, or who sorts and asks.

    The office only until it has answered: afterwards only the centre calls, and nobody presses
    anybody for a good mark.  Where words speak of imminent danger, the duty officer too.
    """
    alarmed = bool(matter.danger) and _serves(by, matter, Role.DUTY_OFFICER)
    works = matter.state in BEFORE_ANSWER and _of_office(by, matter)
    return alarmed or works or _sorts(by, matter)


def _serves(by: Actor, matter: Matter, *roles: str) -> bool:
    if not isinstance(by, Staff) or barred(by, matter):
        return False
    return any(by.serves(role, matter.chain) for role in roles)


def _oversees(by: Actor, matter: Matter) -> bool:
    alerted = (Role.DUTY_OFFICER,) if matter.danger else ()
    return _serves(by, matter, *(OVERSEES if matter.public else (*WORKS, *alerted)))


def _of_office(by: Actor, matter: Matter) -> bool:
    return isinstance(by, Staff) and by.serves_office(matter.office_id) and not barred(by, matter)


def _holds(by: Actor, matter: Matter, *roles: str) -> bool:
    """Return whether ``by`` serves as one of ``roles`` at the desk that holds ``matter``, or above."""
    if not isinstance(by, Staff) or barred(by, matter):
        return False
    return any(by.serves(role, matter.desk) for role in roles)


def _sorts(by: Actor, matter: Matter) -> bool:
    return _holds(by, matter, Role.ACCEPTOR, Role.DISPATCHER)


def _raised(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` raised ``matter``; nobody raised a part, they follow the whole."""
    if matter.is_erased or matter.parent_id:
        return False
    return isinstance(by, Holder) and by.matter == matter.pk


def may_receive(by: Actor) -> bool:
    """Return whether ``by`` may raise a matter: everybody may, named or not."""
    return isinstance(by, Actor)


def may_remind(by: Actor) -> bool:
    """Return whether ``by`` may remind of dates: the system alone."""
    return isinstance(by, System)


def may_recount(by: Actor) -> bool:
    """Return whether ``by`` may count dates anew after a change of the calendar: the system alone."""
    return isinstance(by, System)


def may_agree(by: Actor) -> bool:
    """Return whether ``by`` may put another installation's promise in place of ours: the system alone."""
    return isinstance(by, System)


def may_accept(by: Actor, matter: Matter) -> bool:
    return _holds(by, matter, Role.ACCEPTOR)


may_refuse = may_accept


def may_sort(by: Actor, matter: Matter) -> bool:
    return _sorts(by, matter)


may_relocate = may_assign = may_merge = may_unmerge = may_follow_up = may_sort
may_about = may_keep_from = may_sort


def may_escalate(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may hand ``matter`` one level up: whoever holds it and cannot solve it."""
    return _sorts(by, matter) or may_settle(by, matter)


def may_relocate_to(by: Actor, path: str) -> bool:
    """Return whether ``by`` may hand a matter to the place at ``path``: one they sort for too."""
    return isinstance(by, Staff) and any(
        by.serves(role, path) for role in (Role.ACCEPTOR, Role.DISPATCHER)
    )


def may_close(by: Actor, matter: Matter) -> bool:
    return _sorts(by, matter) or isinstance(by, System)


def may_settle(by: Actor, matter: Matter) -> bool:
    return _holds(by, matter, *ON_FOOT)


def may_dispatch(by: Actor, matter: Matter) -> bool:
    return _holds(by, matter, Role.DISPATCHER)


may_send_back = may_dismiss = may_involve = may_split = may_dispatch


def may_take_over(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` works on ``matter`` in an office beside the lead; one query for offices."""
    if not isinstance(by, Staff) or not by.offices() or _of_office(by, matter):
        return False
    if barred(by, matter):
        return False
    taken = OfficeTask.objects.filter(matter=matter, office__in=by.offices(), lead=False)
    return taken.filter(state=TaskState.ACKNOWLEDGED).exists()


def may_take(by: Actor, task: OfficeTask) -> bool:
    """Return whether ``by`` serves in the co-office whose ``task`` it is."""
    is_theirs = isinstance(by, Staff) and not task.lead and by.serves_office(task.office_id)
    return is_theirs and not barred(by, task.matter)


may_decline = may_finish = may_take


def may_release(by: Actor, task: OfficeTask) -> bool:
    """Return whether ``by`` rules on what the co-office of ``task`` says, and may let it go."""
    return not task.lead and may_dispatch(by, task.matter)


may_bind = may_release


def may_acknowledge(by: Actor, matter: Matter) -> bool:
    return _of_office(by, matter)


may_object = may_handle = may_extend = may_answer = may_report = may_acknowledge


def may_assist(by: Actor, matter: Matter, what: str) -> bool:
    """Return whether ``by`` may have the assistant write of ``matter``: a draft who answers, else who reads.

    Never of what is not public (somebody's own request), sealed, complains about an office, is kept from
    somebody, or is a part of such.
    """
    if not matter.public or matter.sealed or matter.about_office_id or matter.kept_from:
        return False
    if matter.parent_id:
        whole = Matter.objects.filter(pk=matter.parent_id, sealed=False, about_office=None)
        if not whole.filter(kept_from="").exists():
            return False
    if what == "draft":
        return may_answer(by, matter)
    return isinstance(by, Staff) and may_see(by, matter)


def may_grant(by: Actor, matter: Matter) -> bool:
    return _serves(by, matter, Role.SUPERVISOR)


may_deny = may_defer = may_resume = may_grant
may_supervise = may_insist = may_lift = may_force_close = may_grant


def may_urge(by: Actor, matter: Matter) -> bool:
    return _serves(by, matter, Role.DISPATCHER, Role.SUPERVISOR)


def may_inspect(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may check the result: an inspector of no office that worked on it."""
    return _serves(by, matter, Role.INSPECTOR) and not took_part(by, matter.pk)


def took_part(by: Actor, matter: UUID) -> bool:
    """Return whether an office of ``by`` works or worked on the matter of a key; one query for offices."""
    if not isinstance(by, Staff) or not by.offices():
        return False
    return tasks_of(matter).filter(office__in=by.offices()).exists()


may_rework = may_inspect


def may_note(by: Actor, matter: Matter) -> bool:
    return _of_office(by, matter) or _oversees(by, matter)


may_redact = may_note


def may_uncover(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may see a photo as it was before parts of it were covered."""
    return _serves(by, matter, Role.SUPERVISOR)


def may_ask(by: Actor, matter: Matter) -> bool:
    return may_contact(by, matter)


def may_add(by: Actor, matter: Matter) -> bool:
    return _raised(by, matter)


may_rate = may_judge = may_withdraw = may_restore = may_add


def may_reopen(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may say “not solved”: the requester, or who called them back."""
    return _raised(by, matter) or _sorts(by, matter)


def may_invite(by: Actor) -> bool:
    """Return whether ``by`` may ask by a link: the system alone."""
    return isinstance(by, System)


def may_respond(by: Actor, link: FollowUpLink) -> bool:
    """Return whether ``by`` may answer by ``link``: whoever was sent it."""
    return isinstance(by, Holder) and by.matter == link.matter_id


def may_reindex(by: Actor) -> bool:
    """Return whether ``by`` may write search words anew: the system alone."""
    return isinstance(by, System)


def may_erase(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may change or erase what is known of who raised it: its data officer, or time."""
    return isinstance(by, System) or _serves(by, matter, Role.DATA_OFFICER)


def may_hear(by: Actor, matter: Matter, offices: Iterable[UUID] = ()) -> bool:
    """Return whether ``by`` may learn what the requester said when asked: never the office itself.

    ``offices`` are further ones that worked on it.
    """
    if not isinstance(by, Staff) or any(
        by.serves_office(pk) for pk in (matter.office_id, *offices)
    ):
        return False
    return _serves(by, matter, *WORKS)


def may_exclude(by: Actor, call: FollowUp) -> bool:
    """Return whether ``by`` may claim that a follow-up counts in no rate: the centre, no office on it."""
    return _sorts(by, call.matter) and may_hear(by, call.matter, [call.office_id or NONE])


def may_uphold(by: Actor, exclusion: Exclusion) -> bool:
    """Return whether ``by`` may review an exclusion: a supervisor outside the office who did not claim it."""
    matter, theirs = exclusion.matter, exclusion.follow_up.office_id or NONE
    hears = _serves(by, matter, Role.SUPERVISOR) and may_hear(by, matter, [theirs])
    return hears and by.id != exclusion.by_id


may_overturn = may_uphold


def may_train(by: Actor) -> bool:
    """Return whether ``by`` may have models made and put to work."""
    return isinstance(by, System) or by.is_administrator()


def may_load(by: Actor) -> bool:
    """Return whether ``by`` may import messages from a file."""
    return by.is_administrator()


def may_list(by: Actor) -> bool:
    """Return whether ``by`` may change the catalogue, the duty list and the standard phrases."""
    return by.is_administrator()
