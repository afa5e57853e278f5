"""Whose data a session has shown to be its own: by number and receipt code, or a code to the contact."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import holder
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.rules import member
from gongzhi.rights.models import Whose

FOLLOWS = "follows"  # where the portal keeps what a session has proven, as hex


def proven(request: HttpRequest, pk: UUID) -> Matter | None:
    """Return the matter if this session may follow it (one query, none if not)."""
    if pk.hex not in request.session.get(FOLLOWS, []):
        return None
    found = Matter.objects.with_names().select_related("kind", "place", "office", "requester")
    return found.filter(pk=pk).first()


def whose(request: HttpRequest, pk: UUID) -> Whose | None:
    """Return the matter or the party of a sealed file that this session has proven (one query, none if not)."""
    return proven(request, pk) or parties.proven(request, pk)


def must_prove(request: HttpRequest, pk: UUID) -> Whose:
    """Return the matter or party, or refuse.

    :raises PermissionDenied: this session may not follow it, or no longer
    """
    found = whose(request, pk)
    if not found:
        raise PermissionDenied(
            _("This page was open too long. Go to “Follow” and enter number and code again.")
        )
    return found


def person(one: Whose) -> Actor:
    """Return whose data they are as an actor."""
    return member(one) if isinstance(one, Party) else holder(one)
