"""Those whom a move concerns: staff in the house, and who raised the matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone, translation

from gongzhi.accounts.models import Office, Post, Role, User
from gongzhi.accounts.queries import house, nearest, posts_in, posts_of, present, serving
from gongzhi.audit.actors import Actor, signed
from gongzhi.base.seal import unseal
from gongzhi.matters.actions import invite
from gongzhi.matters.models import Channel, Matter, Requester
from gongzhi.matters.queries import named_in
from gongzhi.matters.states import State
from gongzhi.notices import words
from gongzhi.notices.actions.letters import write
from gongzhi.notices.actions.outside import line, mail_at_once, tell_robots
from gongzhi.notices.models import Letter, Notice

LONGEST_LABEL = 40


def tell_staff(
    matter: Matter, *, verb: str, named: Office | None = None, by: Actor, at: datetime
) -> int:
    """Leave a notice for everybody present whose work a move is; return how many.

    Who has chosen so hears of it outside the house too, and so do the robots of the office.
    ``named`` is the co-office that the move is about.  A leader hears only of what a leader may see.
    """
    people: set[UUID] = set()
    told: set[Office] = set()
    for said in words.NOTICES.get(verb, ()):
        whom = words.HOLDERS.get(matter.state, "") if said == words.HOLDER else said
        if whom == Role.LEADER and not matter.public:
            continue
        office = {words.TASK: named, words.OFFICE: matter.office}.get(whom)
        told |= {office} if office else set()
        posts = posts_in(office.pk, at) if office else _posts(matter, whom, at)
        people.update(present(posts, at).values_list("pk", flat=True))
    if matter.about_office_id:
        theirs = serving(house([matter.about_office_id]), at)
        people.difference_update(theirs.values_list("pk", flat=True))
    people = {pk for pk in people if pk.hex not in matter.kept_from}
    _leave(people, matter, verb=verb, by=by, at=at)
    for office in told:
        tell_robots(office, line(matter, verb), verb=verb, matter=matter, by=by, at=at)
    return len(people)


def tell_named(
    matter: Matter, text: str, *, but_signed: UUID | None, by: Actor, at: datetime
) -> int:
    """Leave a notice for those whom a note with this text names, but not its writer; return how many.

    Only for those who may read the matter now.  Of an office that is named its robots hear too.
    """
    named = named_in(text, matter, at)
    people = {one for one in named.people if signed(matter.pk, one) != but_signed}
    _leave(people, matter, verb="mention", by=by, at=at)
    for office in named.offices:
        tell_robots(office, line(matter, "mention"), verb="mention", matter=matter, by=by, at=at)
    return len(people)


def _leave(people: set[UUID], matter: Matter, *, verb: str, by: Actor, at: datetime) -> None:
    rows = [Notice(user_id=pk, matter=matter, verb=verb, at=at) for pk in sorted(people)]
    Notice.objects.bulk_create(rows)
    if people:
        mail_at_once(people, line(matter, verb), verb=verb, matter=matter, by=by, at=at)


def tell_posts(
    posts: QuerySet[Post],
    *,
    verb: str,
    label: str,
    link: str,
    office: Office | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Leave a notice of what a business has at the address ``link`` for those present in ``posts``.

    It goes outside the house like every other; also to the robots of ``office``.
    """
    people = sorted(present(posts, at).values_list("pk", flat=True))
    said = _tell(people, verb=verb, label=label, link=link, by=by, at=at)
    if office:
        tell_robots(office, said, verb=verb, by=by, at=at)
    return len(people)


def tell_account(user: User, *, verb: str, by: Actor, at: datetime) -> int:
    """Leave a notice of what happened to an account: for whose it is and for all administrators.

    It names the account and what happened, and says nothing of passwords, codes or tokens.
    """
    label = user.username[:LONGEST_LABEL]
    _tell([user.pk], verb=verb, label=label, link=reverse("accounts:me"), by=by, at=at)
    others = Post.objects.held(at).filter(role=Role.ADMINISTRATOR).exclude(user=user)
    link = reverse("manage:person", args=[user.username])
    return 1 + tell_posts(others, verb=verb, label=label, link=link, by=by, at=at)


def _tell(
    people: Sequence[UUID], *, verb: str, label: str, link: str, by: Actor, at: datetime
) -> str:
    """Leave the notice, and return what leaves the house of it."""
    rows = [Notice(user_id=pk, label=label, link=link, verb=verb, at=at) for pk in people]
    Notice.objects.bulk_create(rows)
    said = words.line(label, verb, settings.ORIGIN + link)
    mail_at_once(people, said, verb=verb, by=by, at=at)
    return said


def _posts(matter: Matter, whom: str, at: datetime) -> QuerySet[Post]:
    """Return the posts of a role, or of whom it waits for at the desk that holds it; none of no office."""
    if whom == words.DESK:
        role = Role.ACCEPTOR if matter.state == State.RECEIVED else Role.DISPATCHER
        return nearest(posts_of(role, matter.desk, at))
    by_desk = whom in (Role.ACCEPTOR, Role.DISPATCHER)
    return posts_of(whom, matter.desk if by_desk else matter.chain, at)


def tell_requester(matter: Matter, *, verb: str, by: Actor, at: datetime) -> Letter | None:
    """Write a letter to who raised a matter, if the move is told, they left a contact and want it."""
    if verb not in words.LETTERS:
        return None
    if verb == "receive" and matter.channel == Channel.EMAIL:
        return None  # the mailbox answers, with the receipt code
    requester = Requester.objects.filter(matter=matter).first()
    if not requester or not requester.sealed or requester.no_contact:
        return None
    contact = unseal(bytes(requester.sealed), matter.pk.hex)
    to = contact.get("phone") or contact.get("email")
    if not to or not (where := _where(matter, verb, by, at)):
        return None
    with translation.override(requester.language):
        promised = matter.answer_by and formats.date_format(timezone.localtime(matter.answer_by))
        text = words.LETTERS[verb] % {"number": matter.number, "by": promised or "", "where": where}
    return write(to=to, text=text, verb=verb, matter=matter, by=by, at=at)


def _where(matter: Matter, verb: str, by: Actor, at: datetime) -> str:
    """Return the address that a letter names; of the link that asks only the first time."""
    if verb != "inspect":
        return settings.ORIGIN + reverse("portal:follow")
    token = invite(matter, by=by, at=at)
    return settings.ORIGIN + reverse("portal:solved", args=[token]) if token else ""


def read(notice: Notice, *, by: Actor, at: datetime) -> None:
    """Mark a notice as read by the person it is for."""
    if by.id:
        Notice.objects.filter(pk=notice.pk, user=by.id, read_at=None).update(read_at=at)


def read_all(*, by: Actor, at: datetime) -> int:
    """Mark all notices of ``by`` as read; return how many were new."""
    return Notice.objects.filter(user=by.id, read_at=None).update(read_at=at) if by.id else 0
