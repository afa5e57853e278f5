"""Who sends a request: the signed-in person with their posts, read at most once a request.

And `Proof`: who does something sensitive has proved lately that it is them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from gongzhi.accounts import actions, forms
from gongzhi.accounts.models import ON_FOOT, Role, Staff, User
from gongzhi.accounts.queries import identity, staff
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany, refusal
from gongzhi.base.seal import keyed_hash

log = logging.getLogger("gongzhi.sign_in")
P = ParamSpec("P")
# Whom petitions concern: offices that decide or keep them, and who files one for somebody.
WITH_PETITIONS = (Role.HANDLER, Role.HEAD, *ON_FOOT, Role.ACCEPTOR)

# Who asks grid workers for something, or sees what is open on the spot in their places.
WITH_ERRANDS = (
    *(Role.ACCEPTOR, Role.DISPATCHER, Role.INSPECTOR, Role.SUPERVISOR),
    *(Role.GRID_LEAD, Role.LEADER),
)

# The pages that need a proof, by the names of their addresses: to see them or to send to them.
# tests/test_proof.py walks the table, and asks of every page nearby why it is not in it.
PROVEN = {
    # How somebody is reached, and what was covered or sealed.
    *("matters:contact", "matters:uncover", "desk:number", "errands:contact", "petitions:reach"),
    *("mediation:reach", "federation:contact", "mediation:opened", "mediation:opened_archive"),
    # Accounts, posts and what lets people in.
    *("manage:add_person", "manage:appoint", "manage:end_post", "manage:new_password"),
    *("manage:second_step_off", "manage:end_sessions", "manage:close", "manage:close_office"),
    *("manage:link", "manage:unlink"),
    # Keys and tokens of other systems.
    *("manage:give_token", "manage:rotate_token", "manage:end_token"),
    *(
        "webhooks:add_hook",
        "webhooks:add_inlet",
        "webhooks:rotate",
        "federation:add",
        "open311:change",
    ),
    *("mailbox:add", "mailbox:change", "mailbox:add_robot", "mailbox:change_robot"),
    *("hotline:add", "hotline:change"),
    # What is erased or handed out, and what keeps from being erased.
    *("rights:grant", "rights:lift"),
    # What leaves the house on the order of an authority.
    *("demands:approve", "demands:hand_over", "demands:fetch"),
    # What protects the account itself.
    *("accounts:turn_on", "accounts:turn_off", "accounts:recovery_codes", "accounts:new_codes"),
    *("accounts:add_passkey", "accounts:passkey", "accounts:remove_passkey"),
    *("accounts:link", "accounts:unlink"),
    *("accounts:end_session", "accounts:end_others"),
}
# The same where the page itself is only a list.
PROVEN_TO_SEND = {"manage:clients", "open311:servers", "rights:holds", "rights:retention"}
ASKED = f"{forms.Prove.prefix}-for"  # of the form that asks: how the page was asked for
PROVED_AT = "proved_at"  # in the session: seconds since 1970
# In the session: which sign-in it is, the day it was kept for, and since when (seconds since 1970).
SIGN_IN, SEEN_ON, SINCE = "sign_in", "seen_on", "since"

SYSTEMS = ("Android", "iPhone", "iPad", "HarmonyOS", "Windows", "Macintosh", "Linux")
BROWSERS = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
CALLED = {"Macintosh": "Mac", "Edg": "Edge", "MicroMessenger": "WeChat"}


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
        _see(request, request.staff)  # type: ignore[attr-defined]
    return request.staff  # type: ignore[attr-defined,no-any-return]


def _see(request: HttpRequest, by: Staff) -> None:
    """Keep that a sign-in is used today: one write a day."""
    today = localdate().isoformat()
    if request.session.get(SEEN_ON, today) != today:
        actions.see_sign_in(UUID(request.session[SIGN_IN]), by=by, at=now())
        request.session[SEEN_ON] = today


def keep_sign_in(request: HttpRequest, user: User) -> None:
    """Keep with which browser ``user`` signs in, as long as the session lasts."""
    if not request.session.session_key:  # somebody else was signed in here a moment ago
        request.session.create()
    key, by, at = str(request.session.session_key), Actor(user.pk, user.name_zh), now()
    kept = actions.begin_sign_in(user, session=key, label=browser(request), by=by, at=at)
    request.session[SIGN_IN], request.session[SEEN_ON] = str(kept.pk), kept.seen_on.isoformat()
    request.session.setdefault(SINCE, at.timestamp())  # a new password begins no new session


def browser(request: HttpRequest) -> str:
    """Return what a browser calls itself, in a word or two."""
    agent = request.headers.get("User-Agent", "")
    found = (next((name for name in names if name in agent), "") for names in (SYSTEMS, BROWSERS))
    return " ".join(CALLED.get(one, one) for one in found if one) or _("a device")


def signed_in(request: HttpRequest) -> tuple[User, Staff]:
    """Return who signed in and with which posts, behind ``login_required``."""
    user, by = request.user, staff_of(request)
    assert isinstance(user, User)  # noqa: S101
    assert by is not None  # noqa: S101
    return user, by


def form_page(request: HttpRequest, template: str, form: Form, **said: Any) -> HttpResponse:
    """Return a form's page; one with mistakes keeps what was typed."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"form": form, **said}, status=status)


def must_choose(user: User) -> bool:
    """Return whether somebody else knows the password of ``user``, who signs in with it."""
    return bool(user.password_given_at) and identity(user) is None


def staff_only(
    page: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only people with a post see a page; others sign in first, or read why not."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        who = staff_of(request)
        if who is None:
            return redirect_to_login(request.get_full_path())
        if isinstance(request.user, User) and must_choose(request.user):
            return redirect("accounts:password")
        if not who.posts:
            raise PermissionDenied(_("You hold no post at present. Ask your administrator."))
        return page(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded


def staff_who(
    may: Callable[[Staff], bool], why: Promise
) -> Callable[
    [Callable[Concatenate[SignedIn, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Return what lets only those with a post of whom ``may`` holds see a page; others read ``why`` not."""

    def only(
        page: Callable[Concatenate[SignedIn, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(page)
        def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not may(request.staff):
                raise PermissionDenied(str(why))
            return page(request, *args, **kwargs)

        return staff_only(guarded)

    return only


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
        "may_oversee": who.serves_all(Role.DATA_OFFICER),
        "may_demand": who.has_role(Role.DATA_OFFICER, Role.LEADER),
        "may_field": who.has_role(*ON_FOOT),
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


def provider() -> dict[str, str]:
    """Return for a page what the identity provider of the organisation is called; "" where there is none."""
    return {"provider": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}


def address(request: HttpRequest) -> str:
    """Return the network address of the sender, for limits only; it is kept nowhere."""
    return request.META.get("REMOTE_ADDR") or "unknown"


def log_refused(whose: str, way: str) -> None:
    """Log that a sign-in was refused by ``way``; of whom, by a keyed hash that tells one name from another."""
    facts = {"whose": keyed_hash("log", whose.lower())[:12], "way": way}
    log.warning("sign-in refused: %(way)s of %(whose)s", facts, extra={"facts": facts})


def note_proof(request: HttpRequest) -> None:
    """Note in the session that just now somebody proved who they are."""
    request.session[PROVED_AT] = now().timestamp()


def forget_proof(request: HttpRequest) -> None:
    """Forget the last proof: somebody is signed in by a session elsewhere, and proved nothing just now."""
    request.session.pop(PROVED_AT, None)


def has_proved(request: HttpRequest) -> bool:
    """Return whether the last proof of who it is still counts."""
    proved_at = float(request.session.get(PROVED_AT, 0))
    return now().timestamp() - proved_at < settings.PROOF_MINUTES * 60


class Proof:
    """Middleware: before a page of `PROVEN`, who signed in some time ago proves once more who they are.

    It is asked where the page would stand, and what was sent goes along: after the proof it is done
    as if nobody had asked.  Only chosen files have to be chosen anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer; what was drawn for somebody who signed in, no browser keeps."""
        answer = self.get_response(request)
        if hasattr(request, "staff"):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Return the page that asks, or nothing where the proof is fresh or was just given."""
        match = request.resolver_match
        if not match or not _needs_proof(match.view_name, request.method):
            return None
        if not isinstance(request.user, User):
            return None
        if has_proved(request):  # with the form that asks in hand: in another window meanwhile
            return _on(request) if ASKED in request.POST else None
        form = forms.Prove(request.POST if ASKED in request.POST else None, user=request.user)
        try:
            is_proved = form.is_valid()
        except TooMany as fault:
            return refusal(request, fault, HTTPStatus.TOO_MANY_REQUESTS)
        if not is_proved:
            return _ask(request, form, request.POST.get(ASKED, request.method or "GET"))
        note_proof(request)
        return _on(request)


def _on(request: HttpRequest) -> HttpResponse | None:
    """Go on after the proof as if nobody had asked."""
    if request.POST[ASKED] != "POST":
        return redirect(request.get_full_path())
    request.POST = _kept(request)  # type: ignore[assignment]
    return None


def _needs_proof(name: str, method: str | None) -> bool:
    return name in PROVEN or (name in PROVEN_TO_SEND and method == "POST")


def _ask(request: HttpRequest, form: forms.Prove, method: str) -> HttpResponse:
    """Return the page that asks for a proof, with what was sent kept in it; scripts read a refusal."""
    if "json" in request.headers.get("Accept", ""):
        said = _("Prove once more who you are: open the page itself, and it asks you.")
        return refusal(request, PermissionDenied(said), HTTPStatus.FORBIDDEN)
    shown: dict[str, Any] = {
        "form": form,
        "method": method,
        "kept": [(name, value) for name, values in _kept(request).lists() for value in values],
        "files": bool(request.FILES),
        "minutes": settings.PROOF_MINUTES if PROVED_AT in request.session else 0,
        "provider": settings.OIDC_NAME if identity(form.user) else "",
    }
    if Authenticator.Type.WEBAUTHN in form.ways:
        shown["options"] = dict(begin_authentication(request.user))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.FORBIDDEN
    answer = render(request, "accounts/prove.html", shown, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _kept(request: HttpRequest) -> QueryDict:
    """Return what was sent without what proves who it is."""
    kept = request.POST.copy()
    for name in request.POST:
        if name == "csrfmiddlewaretoken" or name.startswith(f"{forms.Prove.prefix}-"):
            del kept[name]
    return kept
