"""What an address names, for whoever may see it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.hazards import queries, rules
from gongzhi.hazards.models import Check, Hazard


def find(key: UUID, by: Staff) -> Hazard:
    """Return a hazard with what its page shows.

    :raises PermissionDenied: it is not of the reader's places or offices; says no more of it
    """
    found = Hazard.objects.select_related("matrix", "matter", "earlier")
    hazard = get_object_or_404(queries.with_names(found), pk=key)
    if not rules.may_see(by, hazard):
        raise PermissionDenied(_("This hazard is of another place and office than yours."))
    return hazard


def find_check(key: UUID, by: Staff) -> Check:
    """Return a check of a place.

    :raises PermissionDenied: it is not of the reader's places
    """
    check = get_object_or_404(Check.objects.select_related("checklist", "place"), pk=key)
    if not any(check.chain.startswith(held.path) for held in by.posts):
        raise PermissionDenied(_("This check is of another place than yours."))
    return check
