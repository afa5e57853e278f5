"""Mailboxes are added and changed; somebody has looked at what was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.post import NotPublic, check_host, is_allowed
from gongzhi.base.seal import seal
from gongzhi.mailbox import rules
from gongzhi.mailbox.models import Mail, Mailbox

FACTS = ("name", "address", "host", "port", "line", "folder", "is_on")
ELSEWHERE = ("host", "port", "line")


def may(by: Actor) -> None:
    """Raise `PermissionDenied` unless ``by`` looks after mailboxes."""
    if not rules.may_manage(by):
        raise PermissionDenied(_("Only an administrator looks after mailboxes and robots."))


@transaction.atomic
def add(*, user: str, password: str, by: Actor, at: datetime, **says: Any) -> Mailbox:
    """Read a mailbox from now on; what lies in it already is left alone.

    :raises ValidationError: its host may not be reached, or the name is taken
    """
    may(by)
    _check_host(says)
    key = uuid7()
    sealed = seal({"user": user, "password": password}, key.hex)
    mailbox = Mailbox(id=key, sealed=sealed, added_at=at, **says)
    mailbox.full_clean()
    mailbox.save(force_insert=True)
    record(mailbox, verb="mailbox.add", by=by, at=at, first=True, facts=_facts(mailbox))
    return mailbox


@transaction.atomic
def change(
    mailbox: Mailbox,
    *,
    user: str = "",
    password: str = "",
    by: Actor,
    at: datetime,
    **says: Any,
) -> None:
    """Change where a mailbox is and what it serves; without a password it keeps its own.

    Another folder or host is begun as a new one is: what lies there already is left alone.

    :raises ValidationError: as in `add`, or another host with the old password
    """
    may(by)
    _check_host(says)
    moved = any(says[name] != getattr(mailbox, name) for name in ELSEWHERE)
    if moved and not password:
        raise ValidationError(
            {"password": _("Type the password for the new host: the old one is sent to no other.")}
        )
    if moved or says["folder"] != mailbox.folder:
        mailbox.validity, mailbox.last_uid = "", 0
    for name, value in says.items():
        setattr(mailbox, name, value)
    known = mailbox.known
    known |= {name: value for name, value in (("user", user), ("password", password)) if value}
    mailbox.sealed = seal(known, mailbox.pk.hex)
    mailbox.fails, mailbox.again_at, mailbox.fault = 0, None, ""
    mailbox.full_clean()
    mailbox.save(force_update=True)
    facts = _facts(mailbox) | {"password": bool(password)}
    record(mailbox, verb="mailbox.change", by=by, at=at, facts=facts)


def _facts(mailbox: Mailbox) -> dict[str, Any]:
    where = mailbox.place.code if mailbox.place else ""
    told = {name: getattr(mailbox, name) for name in FACTS}
    return told | {"office": mailbox.office.code, "place": where}


def _check_host(says: dict[str, Any]) -> None:
    """Refuse a host that may not be reached, or one where others would read along."""
    try:
        check_host(says["host"], says["port"])
    except NotPublic:
        said = _(
            "This host leads into a private network: ask the operator to allow it in "
            "GONGZHI_PRIVATE_HOSTS."
        )
        raise ValidationError({"host": said}) from None
    except OSError:
        said = _("Nobody knows a host of this name.")
        raise ValidationError({"host": said}) from None
    if says["line"] == Mailbox.Line.PLAIN and not is_allowed(says["host"], says["port"]):
        raise ValidationError(
            {"line": _("Without TLS others read along: only a host that the operator allowed.")}
        )


@transaction.atomic
def see_to(mail: Mail, *, by: Actor, at: datetime) -> None:
    """Keep that somebody has looked at a refused mail in the mailbox.

    :raises ValidationError: somebody has already
    """
    may(by)
    mine = Mail.objects.filter(pk=mail.pk, outcome=Mail.Outcome.REFUSED, seen_at=None)
    if not mine.update(seen_at=at):
        raise ValidationError(_("Somebody has seen to this already."))
    facts = {"mail": mail.pk.hex, "reason": mail.reason}
    record(mail.mailbox, verb="mailbox.see_to", by=by, at=at, facts=facts)
