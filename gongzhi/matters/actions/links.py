"""Asked by a link: it is made once a result was checked, and used once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.matters import limits, rules
from gongzhi.matters.actions.asking import rate, reopen
from gongzhi.matters.actions.joining import judge
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import FollowUp, FollowUpLink, Matter
from gongzhi.matters.receipts import new_token, token_hash
from gongzhi.matters.states import State


@transaction.atomic
def invite(matter: Matter, *, by: Actor, at: datetime) -> str:
    """Make the link that asks who raised ``matter`` about its result; return its secret.

    Or "" where they were asked by a link already since the check, or there is nothing to ask.  How
    long it is valid says the rule ``loop.link``.
    """
    if not rules.may_invite(by):
        raise PermissionDenied
    about = matter.merged_into or matter
    # Whoever was joined to it is asked even where somebody else has said “solved” already.
    if about.state != State.RESOLVED and (about == matter or about.state != State.CLOSED):
        return ""
    token, until = new_token(), limits.begun("link", at, urgent=False).until.at
    _link, is_new = FollowUpLink.objects.get_or_create(
        matter=matter,
        round=about.rounds,
        defaults={"token_hash": token_hash(token), "made_at": at, "until": until},
    )
    if not is_new:
        return ""
    tell_beside(matter, "invite", {"until": until.isoformat()}, by=by, at=at)
    return token


@transaction.atomic
def respond(
    link: FollowUpLink,
    *,
    solved: bool,
    satisfied: int | None = None,
    in_time: bool | None = None,
    why_not: str = "",
    comment: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Say by a link whether it is solved: “not solved” takes it up again, as on the portal.

    :raises ValidationError: used, too old, done again meanwhile, or “not solved” without words
    """
    if not rules.may_respond(by, link):
        raise PermissionDenied
    if why := spent(link, at):
        raise ValidationError(why)
    if not FollowUpLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
        raise ValidationError(_used(at))
    heard: dict[str, Any] = {"satisfied": satisfied, "in_time": in_time, "way": FollowUp.Way.LINK}
    if link.matter.merged_into_id:
        says = heard | {"comment": comment, "why_not": why_not}
        judge(link.matter, solved=solved, **says, by=by, at=at)
    elif solved:
        rate(link.matter, comment=comment, **heard, by=by, at=at)
    else:
        reopen(link.matter, reason=comment, why_not=why_not, **heard, by=by, at=at)
    link.used_at = at


def spent(link: FollowUpLink, at: datetime) -> str:
    """Return why a link opens nothing any more, in a sentence that says what can be done; or ""."""
    if link.used_at:
        return _used(link.used_at)
    if at > link.until:
        return _(
            "This link was valid until %(when)s. You can still say how it is with number and receipt "
            "code, or with a code sent to your contact."
        ) % {"when": _moment(link.until)}
    if link.about.rounds != link.round:
        return _("It is done again: you are asked anew once the new result was checked.")
    if link.about.state not in (State.RESOLVED, State.CLOSED):
        return _("Nothing is asked about this matter at present.")
    return ""


def _used(when: datetime) -> str:
    return _(
        "This link was used on %(when)s, and it works only once. If it is not solved after all, say so "
        "with number and receipt code, or with a code sent to your contact."
    ) % {"when": _moment(when)}


def _moment(when: datetime) -> str:
    return f"{localtime(when):%Y-%m-%d %H:%M}"
