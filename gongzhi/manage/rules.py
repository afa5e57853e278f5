"""Who manages the installation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.audit.actors import Actor

P = ParamSpec("P")


def may_manage(by: Actor) -> bool:
    """Return whether ``by`` may see and change places, catalogue, offices, people and jobs."""
    return by.is_administrator()


def administrators_only(
    page: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only administrators see a page; others sign in first, or read why not."""

    @wraps(page)
    def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_manage(request.staff):
            raise PermissionDenied(_("These pages are for administrators."))
        return page(request, *args, **kwargs)

    return staff_only(guarded)
