"""Who sends a request: the signed-in person with their posts, read at most once a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role, Staff, User
from gongzhi.accounts.queries import staff

P = ParamSpec("P")
# Whom petitions concern: offices that decide or keep them, and who files one for somebody.
WITH_PETITIONS = (Role.HANDLER, Role.HEAD, Role.GRID_WORKER, Role.GRID_LEAD, Role.ACCEPTOR)

# Who asks grid workers for something, or sees what is open on the spot in their places.
WITH_ERRANDS = (
    *(Role.ACCEPTOR, Role.DISPATCHER, Role.INSPECTOR, Role.SUPERVISOR),
    *(Role.GRID_LEAD, Role.LEADER),
)


class SignedIn(HttpRequest):
    """A request by somebody who signed in and serves somewhere."""

    user: User
    staff: Staff


def staff_of(request: HttpRequest) -> Staff | None:
    """Return who signed in, with posts; ``None`` for everybody else (one query, then kept)."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "staff"):
        request.staff = staff(request.user, now())  # type: ignore[attr-defined]
    return request.staff  # type: ignore[attr-defined,no-any-return]


def staff_only(
    page: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only people with a post see a page; others sign in first, or read why not."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        who = staff_of(request)
        if who is None:
            return redirect_to_login(request.get_full_path())
        if not who.posts:
            raise PermissionDenied(_("You hold no post at present. Ask your administrator."))
        return page(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded


def frame(request: HttpRequest) -> dict[str, object]:
    """Return what the layouts show of whoever is signed in; asks nothing that was not asked yet.

    A context processor: pages that never asked who it is (errors, for one) stay without a query.
    """
    who: Staff | None = getattr(request, "staff", None)
    if who is None:
        return {}
    return {
        "user_name": request.user,
        "user_posts": ", ".join(dict.fromkeys(str(Role(held.role).label) for held in who.posts)),
        "may_manage": who.is_administrator(),
        "may_rights": who.has_role(Role.DATA_OFFICER),
        "may_field": who.has_role(Role.GRID_WORKER, Role.GRID_LEAD),
        "may_take_in": who.has_role(Role.ACCEPTOR),
        "may_petition": who.has_role(*WITH_PETITIONS),
        "may_beside": who.has_role(
            Role.HEAD, Role.SUPERVISOR, Role.DATA_OFFICER, Role.INSPECTOR, Role.LEADER
        )
        or any(held.duty in ("justice", "health") for held in who.posts),
        "may_mediate": who.has_role(Role.ACCEPTOR)
        or any(held.duty in ("mediation", "township_mediation") for held in who.posts),
        "may_send": who.has_role(*WITH_ERRANDS),
        "may_hot": who.has_role(Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER),
        "may_counter": who.has_role(Role.ACCEPTOR, Role.HANDLER, Role.LEADER),
    }


def address(request: HttpRequest) -> str:
    """Return the network address of the sender, for limits only; it is kept nowhere."""
    return request.META.get("REMOTE_ADDR") or "unknown"
