"""By what the identity provider of the organisation says: signing in, linking an account, proving who it is.

Nothing is found by name or address: only who was linked by hand comes in, and nobody gets an account so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts import actions, queries
from gongzhi.accounts.backends import Asked, Fault, NotTold, Told, ask, hear
from gongzhi.accounts.http import forget_proof, note_proof, provider, signed_in

log = logging.getLogger(__name__)
KEPT = "provider_asked"  # in the session: one question at a time, for one answer
SIGN_IN, LINK, PROVE = "sign in", "link", "prove"

SAID = {
    Fault.AWAY: gettext_lazy("“%(provider)s” cannot be reached at present. Try again later."),
    Fault.DENIED: gettext_lazy("“%(provider)s” signed nobody in."),
    Fault.LOST: gettext_lazy(
        "The answer of “%(provider)s” is to nothing that this window asked, or it came too late. "
        "Begin once more."
    ),
    Fault.CLOCK: gettext_lazy(
        "The answer of “%(provider)s” is out of date, or the clocks differ. Try once more; if it "
        "happens again, tell your administrator."
    ),
    Fault.MISFIT: gettext_lazy(
        "The answer of “%(provider)s” does not fit. Try once more; if it happens again, tell your "
        "administrator."
    ),
    Fault.STALE: gettext_lazy(
        "“%(provider)s” does not say that you signed in there just now. Prove in another way who you are."
    ),
}


def _configured(page: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page be there only where an identity provider is set up."""

    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404
        return page(request)

    return never_cache(guarded)


@require_POST
@_configured
def sign_in_provider(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider to sign in."""
    get_adapter().spend_address(request)
    wanted = get_next_redirect_url(request) or ""
    if request.user.is_authenticated:
        return redirect(wanted or "accounts:start")
    return _go(request, SIGN_IN, wanted)


@require_POST
@login_required
@_configured
def link(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider, to link with their account whoever it then says that they are."""
    get_adapter().spend_address(request)
    return _go(request, LINK)


@require_POST
@login_required
@_configured
def unlink(request: HttpRequest) -> HttpResponse:
    """Take the link with the provider off one's account."""
    user, by = signed_in(request)
    identity = queries.identity(user)
    if identity is None:
        raise Http404
    actions.unlink(identity, by=by, at=now())
    messages.success(request, _("The link is taken off: nobody signs in with it any more."))
    return redirect("accounts:two_factor")


@require_POST
@login_required
@_configured
def prove(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider to prove once more who they are."""
    get_adapter().spend_address(request)
    return _go(request, PROVE)


def _go(request: HttpRequest, what: str, wanted: str = "") -> HttpResponse:
    """Return the page that goes on to the provider.

    No redirect: a form of ours may only lead to us, which browsers hold against where it is redirected too.
    """
    try:
        where, asked = ask(_back(), anew=what != SIGN_IN, at=now())
    except NotTold as fault:
        return _failed(request, fault, what, wanted)
    whose = str(request.user.pk or "")
    request.session[KEPT] = {"what": what, "next": wanted, "whose": whose, "asked": asked.as_dict()}
    return render(request, "accounts/go.html", provider() | {"where": where})


@require_safe
@_configured
def back(request: HttpRequest) -> HttpResponse:
    """Take what the provider answers, once, and do what was begun with it."""
    kept: dict[str, Any] = request.session.pop(KEPT, None) or {}
    what, wanted = kept.get("what", SIGN_IN), kept.get("next", "")
    at, is_theirs = now(), kept.get("whose") == str(request.user.pk or "")
    try:
        asked = Asked(**kept["asked"]) if is_theirs else None
        told = hear(asked, request.GET.dict(), _back(), at)
        done = {SIGN_IN: _sign_in, LINK: _link, PROVE: _prove}[what]
        return done(request, told, wanted, at)
    except NotTold as fault:
        if kept:  # any page elsewhere could have browsers come here; that is no try of anybody's
            get_adapter().spend_address(request)
        return _failed(request, fault, what, wanted)


def _sign_in(request: HttpRequest, told: Told, wanted: str, at: datetime) -> HttpResponse:  # noqa: ARG001
    user = queries.known_as(told.subject)
    if user is None:
        get_adapter().spend_address(request)
        said = _(
            "No account here is linked with you at “%(provider)s”. Sign in in another way and link it, "
            "or give your administrator this identifier: %(subject)s"
        )
        messages.error(request, said % {"provider": settings.OIDC_NAME, "subject": told.subject})
        return _to_sign_in(wanted)
    way = {"issuer": settings.OIDC_ISSUER, "strong": told.strong}
    answer: HttpResponse = perform_login(
        request, user, redirect_url=wanted or None, signal_kwargs=way
    )
    if not told.fresh and request.user.is_authenticated:
        forget_proof(request)
    return answer


def _link(request: HttpRequest, told: Told, wanted: str, at: datetime) -> HttpResponse:  # noqa: ARG001
    user, by = signed_in(request)
    try:
        actions.link(user, subject=told.subject, by=by, at=at)
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        said = _("Your account is linked: you can sign in with “%(provider)s”.")
        messages.success(request, said % provider())
    return redirect("accounts:two_factor")


def _prove(request: HttpRequest, told: Told, wanted: str, at: datetime) -> HttpResponse:  # noqa: ARG001
    identity = queries.identity(signed_in(request)[0])
    if identity is None or identity.subject != told.subject:
        raise NotTold(Fault.MISFIT, "somebody else signed in there")
    if not told.fresh:
        raise NotTold(Fault.STALE, "no fresh auth_time")
    note_proof(request)
    return render(request, "accounts/proved.html", {"proved": True})


def _failed(request: HttpRequest, fault: NotTold, what: str, wanted: str) -> HttpResponse:
    """Return to where somebody came from, with a sentence."""
    log.warning("the identity provider told of nobody: %s", fault)
    messages.error(request, str(SAID[fault.fault]) % provider())
    if what == PROVE:
        return render(request, "accounts/proved.html", status=HTTPStatus.FORBIDDEN)
    return redirect("accounts:two_factor") if what == LINK else _to_sign_in(wanted)


def _to_sign_in(wanted: str) -> HttpResponse:
    answer = redirect("accounts:sign_in")
    answer["Location"] += f"?{urlencode({'next': wanted})}" if wanted else ""
    return answer


def _back() -> str:
    """Return the one address to which the provider sends browsers back, as it is registered there."""
    return f"{settings.ORIGIN}{reverse('accounts:back')}"
