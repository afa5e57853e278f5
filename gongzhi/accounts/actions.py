from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.accounts import queries, rules
from gongzhi.accounts.models import (
    Absence,
    Handover,
    Office,
    OneTimeCode,
    Post,
    Throttle,
    User,
)
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany
from gongzhi.base.moves import MoveLost
from gongzhi.base.seal import keyed_hash
from gongzhi.deadlines.models import Calendar
from gongzhi.places.models import Place

CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5
NOTE_TRIES = 8
LONGEST_WINDOW = timedelta(days=1)  # of all limits; see `forget_tries`
SPEND = """
    INSERT INTO accounts_throttle AS t ("key", "count", since) VALUES (%s, 1, %s)
    ON CONFLICT ("key") DO UPDATE SET
        "count" = CASE WHEN t.since <= %s THEN 1 ELSE t."count" + 1 END,
        since = CASE WHEN t.since <= %s THEN excluded.since ELSE t.since END
    RETURNING "count"
"""


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
    """Create an account that holds no post yet; an empty ``password`` lets nobody sign in."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may open accounts."))
    user = User(username=username, name_zh=name_zh, name_en=name_en, email=email, created_at=at)
    user.set_password(password or None)
    user.full_clean(exclude=["password"])
    user.save(force_insert=True)
    record(user, verb="account.open", by=by, at=at, first=True, told={"username": username})
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
    """Let ``user`` serve as ``role`` in ``place`` (and ``office``) from ``at`` on."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may fill posts."))
    post = Post(user=user, role=role, place=place, office=office, valid_from=at)
    post.full_clean()
    post.save(force_insert=True)
    facts = {"user": user.pk.hex, "role": role, "place": place.code}
    record(post, verb="post.appoint", by=by, at=at, first=True, facts=facts)
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


def spend(
    purpose: str,
    whose: str,
    *,
    limit: int,
    window: timedelta,
    by: Actor,  # noqa: ARG001
    at: datetime,
) -> None:
    """Count one attempt of ``whose`` at ``purpose``; past ``limit`` in ``window`` raise `TooMany`.

    Kept under a keyed hash, so that the table names nobody.  One statement counts and reads, so
    that many tries at once are all counted.  Counted even when the caller rolls back only if called
    outside its transaction: call it first.
    """
    key = keyed_hash(f"throttle:{purpose}", whose)
    now, old = (connection.ops.adapt_datetimefield_value(when) for when in (at, at - window))
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [key, now, old, old])
        (count,) = cursor.fetchone()
    if count > limit:
        raise TooMany(Throttle.objects.get(key=key).since + window)


def forgive(purpose: str, whose: str, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Forget the attempts of ``whose`` at ``purpose``, after one that was right."""
    Throttle.objects.filter(key=keyed_hash(f"throttle:{purpose}", whose)).delete()


def forget_tries(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Forget attempts that count nowhere any more; return how many were counted apart."""
    gone, _each = Throttle.objects.filter(since__lt=at - LONGEST_WINDOW).delete()
    return gone


def issue_code(contact_hash: str, *, by: Actor, at: datetime) -> str:  # noqa: ARG001
    """Return a new six-digit code for a contact; an earlier one is void.  The caller sends it."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    OneTimeCode.objects.update_or_create(
        contact_hash=contact_hash,
        defaults={
            "code_hash": keyed_hash("code", contact_hash + code),
            "expires_at": at + CODE_LIVES,
            "tries": 0,
        },
    )
    return code


def use_code(contact_hash: str, *, code: str, by: Actor, at: datetime) -> bool:  # noqa: ARG001
    """Return whether ``code`` is the right one, in time; right ones work once, five tries end it."""
    row = OneTimeCode.objects.filter(contact_hash=contact_hash, expires_at__gt=at).first()
    if not row or row.tries >= CODE_TRIES:
        return False
    OneTimeCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    if not hmac.compare_digest(row.code_hash, keyed_hash("code", contact_hash + code.strip())):
        return False
    return bool(OneTimeCode.objects.filter(pk=row.pk, code_hash=row.code_hash).delete()[0])


@transaction.atomic
def change_password(user: User, *, password: str, by: Actor, at: datetime) -> None:
    """Give ``user`` a new password; the caller has checked the old one or is an administrator."""
    if not rules.may_change_password(by, user):
        raise PermissionDenied(_("Only they themselves or an administrator may change a password."))
    user.set_password(password)
    user.save(update_fields=["password"])
    record(user, verb="account.password", by=by, at=at)


@transaction.atomic
def drop_second_step(user: User, *, by: Actor, at: datetime) -> None:
    """Take off the second step of somebody who lost the telephone; an administrator knows them."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may take off the second step of others."))
    Authenticator.objects.filter(user=user).delete()
    record(user, verb="account.totp_off", by=by, at=at)


@transaction.atomic
def close_account(user: User, *, by: Actor, at: datetime) -> None:
    """Let nobody sign in with this account any more; its posts are ended or filled first."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may close accounts."))
    if Post.objects.held(at).filter(user=user).exists():
        raise ValidationError(_("They still hold a post: end it first."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(user, verb="account.close", by=by, at=at)


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


def note_sign_in(user: User, *, failed: int, by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that they signed in, after ``failed`` wrong tries."""
    _note(user, "account.sign_in", {"failed": failed}, by, at)


def note_second_step(user: User, *, on: bool, by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that their second step was set up or taken off."""
    _note(user, "account.totp_on" if on else "account.totp_off", {}, by, at)


def note_export(user: User, *, verb: str, facts: dict[str, Any], by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that they took a file out: which one, never what is in it."""
    _note(user, verb, facts, by, at)


def _note(user: User, verb: str, facts: dict[str, Any], by: Actor, at: datetime) -> None:
    """Add an entry; two of them at one moment are no conflict, so the later tries again."""
    for attempt in range(NOTE_TRIES):
        try:
            with transaction.atomic():
                record(user, verb=verb, by=by, at=at, facts=facts)
        except MoveLost:
            if attempt == NOTE_TRIES - 1:
                raise
        else:
            return
