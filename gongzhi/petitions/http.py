"""The petition that an address names, and as who its reader reads it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.accounts.http import staff_of
from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.rules import member
from gongzhi.petitions import rules
from gongzhi.petitions.actions import collect, read
from gongzhi.petitions.actions.registering import BUSINESS
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import OF_PEOPLE


def found(key: UUID) -> Petition:
    """Return the petition with this key.

    :raises Http404: there is none
    """
    petition = Petition.objects.with_names().filter(pk=key).first()
    if petition is None:
        raise Http404(_("There is no such petition."))
    return petition


def find(key: UUID, by: Staff) -> Petition:
    """Return the petition with this key for staff who may read it; that they do is recorded.

    :raises PermissionDenied: it is not theirs to read; says so without a word of it
    """
    petition = found(key)
    if not rules.may_see(by, petition):
        raise PermissionDenied(
            _("This petition is sealed: your office does not have it, or you are barred from it.")
        )
    read(petition.pk, by=by, at=now())
    return petition


def party_of(request: HttpRequest, file: UUID) -> Party | None:
    """Return as which party of a file this session has proven itself (one query, none if of none)."""
    known = (one for one in parties.held(request) if one.business == BUSINESS)
    return next((one for one in known if one.file == file), None)


def reads_answer(petition: Petition, by: Actor, at: datetime) -> None:
    """Record that the answer has arrived where ``by``, who raised it, reads it on a page."""
    if petition.is_unserved and rules.may_collect(by, petition):
        collect(petition, by=by, at=at)


def reader(request: HttpRequest, key: UUID, move: str = "") -> tuple[Petition, Actor, Party | None]:
    """Return a petition with who reads it, or presses ``move``: one of its people, else staff who may.

    A browser may hold both, as at a counter where somebody was shown their page: there staff press
    what is not for its people.

    :raises PermissionDenied: neither
    """
    party, staff = party_of(request, key), staff_of(request)
    if party and (staff is None or not move or move in OF_PEOPLE):
        return found(key), member(party), party
    if staff is None:
        raise PermissionDenied(
            _("This page was open too long. Go to “Follow” and enter number and code again.")
        )
    return find(key, staff), staff, None
