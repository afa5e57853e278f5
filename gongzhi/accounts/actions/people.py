"""Accounts and offices, who holds which post, who is away and who stands in."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts import queries, rules
from gongzhi.accounts.actions.announcing import announce
from gongzhi.accounts.actions.sessions import end_sign_ins
from gongzhi.accounts.actions.signing import given_by
from gongzhi.accounts.models import Absence, Handover, Identity, Office, Post, Role, User
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.models import Calendar
from gongzhi.places.models import Place


@transaction.atomic
def open_account(
    *,
    username: str,
    name_zh: str,
    name_en: str,
    password: str,
    email: str = "",
    by: Actor,
    at: datetime,
) -> User:
    """Create an account that holds no post yet; an empty ``password`` lets nobody sign in.

    One that a person gives is good for a few days and for signing in once (`signing.given_by`).
    """
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may open accounts."))
    user = User(username=username, name_zh=name_zh, name_en=name_en, email=email, created_at=at)
    user.set_password(password or None)
    user.password_given_at = given_by(by, user, at) if password else None
    user.full_clean(exclude=["password"])
    user.save(force_insert=True)
    record(user, verb="account.open", by=by, at=at, first=True, told={"username": username})
    announce(user, verb="account.open", by=by, at=at)
    return user


@transaction.atomic
def found(
    *,
    code: str,
    duty: str,
    name_zh: str,
    name_en: str,
    place: Place,
    calendar: Calendar,
    phone: str = "",
    superior: Office | None = None,
    by: Actor,
    at: datetime,
) -> Office:
    """Create an office with its duty in a place."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may create offices."))
    office = Office(
        code=code,
        duty=duty,
        name_zh=name_zh,
        name_en=name_en,
        place=place,
        calendar=calendar,
        phone=phone,
        superior=superior,
    )
    office.full_clean()
    office.save(force_insert=True)
    queries.offices.cache_clear()
    record(office, verb="office.found", by=by, at=at, first=True, facts={"code": code})
    return office


@transaction.atomic
def change_office(
    office: Office,
    *,
    name_zh: str,
    name_en: str,
    duty: str,
    calendar: Calendar,
    phone: str = "",
    superior: Office | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Change what an office is called, its duty, calendar, telephone and whom it answers to.

    Code and place stay.

    :raises ValidationError: nothing would change, the office is closed, or would answer to itself
    """
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may change offices."))
    if not office.is_active:
        raise ValidationError(_("This office is closed."))
    given = {"name_zh": name_zh, "name_en": name_en, "duty": duty, "phone": phone}
    changed = {name: value for name, value in given.items() if getattr(office, name) != value}
    if calendar.pk != office.calendar_id:
        changed["calendar"] = calendar.code
    if superior != office.superior:
        changed["superior"] = superior.code if superior else ""
        _refuse_circle(office, superior)
    if not changed:
        raise ValidationError(_("Nothing of it would change."))
    for name, value in given.items():
        setattr(office, name, value)
    office.calendar, office.superior = calendar, superior
    office.full_clean()
    office.save(update_fields=[*given, "calendar", "superior"])
    queries.offices.cache_clear()
    record(office, verb="office.change", by=by, at=at, facts=changed)


def _refuse_circle(office: Office, superior: Office | None) -> None:
    while superior:
        if superior == office:
            raise ValidationError(
                _("An office answers neither to itself nor to one that answers to it.")
            )
        superior = superior.superior


@transaction.atomic
def close_office(office: Office, *, end_posts: bool = False, by: Actor, at: datetime) -> None:
    """Let an office take on nothing more; with ``end_posts`` its posts end with it.

    That no matter waits there `matters.actions.shut_office` makes sure, and then calls this.

    :raises ValidationError: closed already, or its posts are filled
    """
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may close offices."))
    if not office.is_active:
        raise ValidationError(_("This office is closed."))
    filled = list(Post.objects.held(at).filter(office=office))
    if filled and not end_posts:
        raise ValidationError(_("Its posts are filled: end them, or let them end with it."))
    for post in filled:
        _end(post, by, at)
    office.is_active = False
    office.save(update_fields=["is_active"])
    record(office, verb="office.close", by=by, at=at)


@transaction.atomic
def appoint(
    user: User, *, role: str, place: Place, office: Office | None = None, by: Actor, at: datetime
) -> Post:
    """Let ``user`` serve as ``role`` in ``place`` (and ``office``) from ``at`` on.

    :raises ValidationError: an administrator of less than the whole; no office where one serves in one
    """
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may fill posts."))
    if role == Role.ADMINISTRATOR and place.parent_id:
        whole = _("An administrator serves the whole installation: choose its largest place.")
        raise ValidationError({"place": whole})
    post = Post(user=user, role=role, place=place, office=office, valid_from=at)
    post.full_clean()
    post.save(force_insert=True)
    facts = {"user": user.pk.hex, "role": role, "place": place.code}
    record(post, verb="post.appoint", by=by, at=at, first=True, facts=facts)
    announce(user, verb="post.appoint", by=by, at=at)
    return post


@transaction.atomic
def end_post(post: Post, *, by: Actor, at: datetime) -> None:
    """End a post at ``at``; the last one who fills a duty cannot go before somebody else comes."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may end posts."))
    others = Post.objects.held(at).filter(role=post.role, place=post.place_id, office=post.office)
    if not others.exclude(user_id=post.user_id).exists():
        raise ValidationError(_("Nobody else fills this post: appoint a successor first."))
    _end(post, by, at)


def _end(post: Post, by: Actor, at: datetime) -> None:
    post.valid_to = at
    post.save(update_fields=["valid_to"])
    record(post, verb="post.end", by=by, at=at)
    announce(post.user, verb="post.end", by=by, at=at)


@transaction.atomic
def leave(
    user: User, *, deputy: User, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime
) -> Absence:
    """Record that ``user`` is away and that ``deputy`` stands in, so that no post is empty.

    :raises ValidationError: the deputy is away then too, or dates are crossed
    """
    if not rules.may_leave(by, user):
        raise PermissionDenied(_("Only they themselves or an administrator may record an absence."))
    absence = Absence(user=user, deputy=deputy, starts_at=starts_at, ends_at=ends_at)
    absence.full_clean()
    clash = Absence.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if clash.filter(user=deputy).exists():
        raise ValidationError(_("The deputy is away at that time too: name somebody else."))
    if clash.filter(deputy=user).exists():
        raise ValidationError(_("They stand in for somebody at that time: arrange that first."))
    absence.save(force_insert=True)
    facts = {"user": user.pk.hex, "deputy": deputy.pk.hex}
    record(absence, verb="absence.leave", by=by, at=at, first=True, facts=facts)
    return absence


@transaction.atomic
def hand_over(post: Post, *, to: User, note: str, by: Actor, at: datetime) -> Handover:
    """Hand the shift of a post to somebody who fills the same post there, with a note."""
    if not rules.may_hand_over(by, post.user):
        raise PermissionDenied(_("Only who holds the shift may hand it over."))
    same = Post.objects.held(at).filter(
        user=to, role=post.role, place=post.place_id, office=post.office
    )
    if not same.exists():
        raise ValidationError(_("They do not fill this post: choose a colleague who does."))
    if rules.is_away(to, at):
        raise ValidationError(_("They are away now: choose somebody who is there."))
    handover = Handover(post=post, to=to, at=at, note=note)
    handover.save(force_insert=True)
    facts = {"post": post.pk.hex, "to": to.pk.hex}
    record(
        handover, verb="shift.hand_over", by=by, at=at, first=True, facts=facts, told={"note": note}
    )
    return handover


@transaction.atomic
def close_account(user: User, *, by: Actor, at: datetime) -> None:
    """Let nobody sign in with this account any more; its posts are ended or filled first.

    What an identity provider knows them by goes, so that it may be linked with another account.
    """
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may close accounts."))
    if Post.objects.held(at).filter(user=user).exists():
        raise ValidationError(_("They still hold a post: end it first."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    Identity.objects.filter(user=user).delete()
    record(user, verb="account.close", by=by, at=at)
    announce(user, verb="account.close", by=by, at=at)
    end_sign_ins(user, by=by, at=at)


@transaction.atomic
def come_back(absence: Absence, *, by: Actor, at: datetime) -> None:
    """End an absence early; one that has not begun is taken off."""
    if not rules.may_come_back(by, absence.user):
        raise PermissionDenied(_("Only they themselves or an administrator may record an absence."))
    if absence.ends_at <= at:
        raise ValidationError(_("This absence is over already."))
    record(absence, verb="absence.come_back", by=by, at=at)
    if absence.starts_at >= at:
        absence.delete()
        return
    absence.ends_at = at
    absence.save(update_fields=["ends_at"])
