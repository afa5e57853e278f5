"""What this session has proven: which matters its holder may follow.  Nothing else is kept of them."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.matters.models import Matter, Requester

FOLLOWS = "follows"  # ids as hex; `matters` serves photographs by it
RAISED = "raised"
CONTACT = "contact"
ASKED = "contact_asked"
MOST = 100


def hold(request: HttpRequest, matter: Matter, *names: str) -> None:
    """Remember that this session may follow ``matter`` (and under further names of the session)."""
    if not request.session.get(FOLLOWS) and request.session.session_key:  # a new one has no key yet
        request.session.cycle_key()  # whoever planted this session in the browser is left outside
    for name in (FOLLOWS, *names):
        known = [key for key in request.session.get(name, []) if key != matter.pk.hex]
        request.session[name] = [*known, matter.pk.hex][-MOST:]


def proven(request: HttpRequest, pk: UUID) -> Matter | None:
    """Return the matter with its names if this session may follow it (one query, none if not)."""
    contact = request.session.get(CONTACT, "")
    holds = pk.hex in request.session.get(FOLLOWS, [])
    if not holds and not contact:
        return None
    found = Matter.objects.with_names().select_related("kind", "place", "office", "requester")
    if not holds:
        found = found.filter(requester__in=Requester.objects.reached_by(contact))
    matter = found.filter(pk=pk).first()
    if matter and not holds:
        hold(request, matter)
    return matter


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


def forget(request: HttpRequest) -> None:
    """Forget everything this session has proven."""
    for name in (FOLLOWS, RAISED, CONTACT, ASKED):
        request.session.pop(name, None)
