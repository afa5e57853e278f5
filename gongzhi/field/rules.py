"""Who works in the field."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from gongzhi.accounts.http import SignedIn
from gongzhi.accounts.models import ON_FOOT, Staff
from gongzhi.audit.actors import Actor

P = ParamSpec("P")
Page = Callable[Concatenate[SignedIn, P], HttpResponse]


def may_work(by: Actor) -> bool:
    """Return whether ``by`` serves or heads a grid, or stands in for somebody who does."""
    return isinstance(by, Staff) and by.has_role(*ON_FOOT)


def may_settle_at(by: Actor, path: str) -> bool:
    """Return whether ``by`` may settle something on the spot at the place of ``path``."""
    return isinstance(by, Staff) and any(by.serves(role, path) for role in ON_FOOT)


def field_only(page: Page[P]) -> Page[P]:
    """Let only grid workers and grid leads see a page; others read why not."""

    @gzip_page  # a pack is fetched over slow networks
    @wraps(page)
    def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_work(request.staff):
            raise PermissionDenied(_("These pages are for grid workers. Your work is on the desk."))
        return page(request, *args, **kwargs)

    return guarded
