"""How to reach who raised a matter: asked for where it was left, one look at a time; and files fetched.

A contact is kept in no other place than where it was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.audit.actions import look
from gongzhi.audit.actors import Actor
from gongzhi.base.post import NotTaken
from gongzhi.exchange.models import Caller
from gongzhi.federation import backends, queries, rules
from gongzhi.federation.models import Handed
from gongzhi.matters.actions.files import attach
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Attachment
from gongzhi.matters.queries import contact
from gongzhi.matters.uploads import Upload, tidy
from gongzhi.matters.words import PURPOSES

Parts = list[tuple[str, str]]
LONGEST_WHO = 120


def ask_contact(shared: Handed, *, purpose: str, by: Staff, at: datetime) -> Parts:
    """Return how to reach who raised what was handed to us, as its level says; nothing of it is kept here.

    The look is recorded there, with who looked, where the person sees it; and here.

    :raises ValidationError: no such purpose, or the level does not answer now
    """
    if not rules.may_ask_there(by, shared):
        raise PermissionDenied(_("Only those who must reach the requester may see the contact."))
    if purpose not in PURPOSES:
        raise ValidationError({"purpose": _("Choose what you need it for.")})
    look(shared.matter_id, purpose=purpose, by=by, at=at)
    facts = {"peer": shared.peer.office.code}
    tell_beside(shared.matter, "level_look", facts, by=by, at=at)
    return _ask(shared, purpose, _who(by, shared))


def _who(by: Staff, shared: Handed) -> str:
    """Return who looks, as the person reads it there: name and office."""
    office = shared.matter.office
    return (f"{by.name} ({office.name})" if office else by.name)[:LONGEST_WHO]


def _ask(shared: Handed, purpose: str, who: str) -> Parts:
    try:
        return backends.contact(shared.peer.line, shared.ref, purpose, who)
    except (NotTaken, OSError) as fault:
        raise ValidationError(
            _("%(peer)s cannot be asked now: %(why)s. Try again later, or ask it by telephone.")
            % {"peer": shared.peer.office.name, "why": str(fault) or type(fault).__name__}
        ) from fault


def give_contact(shared: Handed, *, purpose: str, who: str, by: Caller, at: datetime) -> Parts:
    """Tell the level that handles our matter how to reach who raised it, and record who looked.

    Where it was handed to us by another level, that one is asked in turn.

    :raises ValidationError: no such purpose, or that other level does not answer now
    """
    if not rules.may_be_asked(by, shared):
        raise PermissionDenied(
            _("Only the level that has the matter in hand may ask for the contact.")
        )
    if purpose not in PURPOSES:
        raise ValidationError({"purpose": _("Choose what you need it for.")})
    named = f"{who} · {shared.peer.office.name}"[:LONGEST_WHO]
    look(shared.matter_id, purpose=purpose, by=Actor(by.id, named), at=at)
    if parts := contact(shared.matter, shown=True):
        return [(one.name, one.value) for one in parts]
    above = queries.from_level(shared.matter_id)
    return _ask(above, purpose, named) if above else []


def fetch(shared: Handed, key: UUID, *, name: str, by: Actor, at: datetime) -> Sequence[Upload]:  # noqa: ARG001
    """Return a file of the other end, written anew and stripped like any that comes in; none if it is gone.

    :raises NotTaken: not now; the job tries again
    :raises OSError: likewise
    """
    if not rules.may_send(by):
        raise PermissionDenied
    try:
        content = backends.file(shared.peer.line, shared.ref, key)
    except backends.NotThere:
        return ()
    try:
        return (tidy(BytesIO(content), name),)
    except ValidationError:  # nothing that is taken: what cannot be read is not kept
        return ()


@transaction.atomic
def put_file(
    shared: Handed, uploads: Sequence[Upload], *, stage: str, by: Actor, at: datetime
) -> None:
    """Put a fetched file with the matter; once, however often it was fetched."""
    if not rules.may_send(by):
        raise PermissionDenied
    stages = queries.OF_THEIRS if shared.is_ours else queries.OF_OURS
    wanted = stage if stage in stages else stages[0]
    known = Attachment.objects.filter(matter=shared.matter_id).values_list("sha256", flat=True)
    fresh = [one for one in uploads if one.sha256 not in set(known)]
    attach(shared.matter, fresh, wanted, at)
