"""The matter that a session has shown to be its own: by number and receipt code, or a code to its contact."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.matters.models import Matter

FOLLOWS = "follows"  # where the portal keeps what a session has proven, as hex


def proven(request: HttpRequest, pk: UUID) -> Matter | None:
    """Return the matter if this session may follow it (one query, none if not)."""
    if pk.hex not in request.session.get(FOLLOWS, []):
        return None
    found = Matter.objects.with_names().select_related("kind", "place", "office", "requester")
    return found.filter(pk=pk).first()


def must_prove(request: HttpRequest, pk: UUID) -> Matter:
    """Return the matter, or refuse.

    :raises PermissionDenied: this session may not follow it, or no longer
    """
    matter = proven(request, pk)
    if not matter:
        raise PermissionDenied(
            _("This page was open too long. Go to “Follow” and enter number and code again.")
        )
    return matter
