"""Other systems that are let in, and their tokens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.accounts import queries as accounts
from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Client, Token
from gongzhi.manage.forms import ClientForm, NewClientForm, TokenForm
from gongzhi.manage.rules import administrators_only


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def clients(request: SignedIn) -> HttpResponse:
    """Show the systems that are let in, and register one."""
    form = NewClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            client = actions.register(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is registered. Give it a post and a token now."))
            return redirect("manage:client", client.account.username)
    said = {"clients": queries.clients(now()), "form": form}
    return render(request, "manage/clients.html", said, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def client(request: SignedIn, code: str) -> HttpResponse:
    """Show a system with its posts and tokens, and change how it may call."""
    found = _client(code)
    form = ClientForm(request.POST or None, client=found)
    if request.method == "POST" and form.is_valid():
        actions.change(found, **form.cleaned_data, by=request.staff, at=now())
        messages.success(request, _("“%(client)s” is changed.") % {"client": found})
        return redirect("manage:client", code)
    return _show(request, found, form=form)


@never_cache
@require_POST
@administrators_only
def give_token(request: SignedIn, code: str) -> HttpResponse:
    """Give a system a token and show its secret, this once."""
    found = _client(code)
    form = TokenForm(request.POST, auto_id="token_%s")
    if not form.is_valid():
        return _show(request, found, token=form)
    given = actions.give_token(found, **form.cleaned_data, by=request.staff, at=now())
    return _show(request, found, secret=given.secret)


@never_cache
@require_POST
@administrators_only
def rotate_token(request: SignedIn, code: str, key: UUID) -> HttpResponse:
    """Give a new token in place of one and show its secret, this once."""
    token = get_object_or_404(Token, pk=key, client__account__username=code)
    try:
        given = actions.rotate(token, by=request.staff, at=now())
    except ValidationError as fault:
        messages.error(request, "".join(fault.messages))
        return redirect("manage:client", code)
    return _show(request, _client(code), secret=given.secret)


@require_POST
@administrators_only
def end_token(request: SignedIn, code: str, key: UUID) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(Token, pk=key, client__account__username=code)
    try:
        actions.end_token(token, by=request.staff, at=now())
    except ValidationError as fault:
        messages.error(request, "".join(fault.messages))
    else:
        messages.success(request, _("The token opens nothing any more."))
    return redirect("manage:client", code)


def _client(code: str) -> Client:
    return get_object_or_404(
        Client.objects.select_related("account", "office"), account__username=code
    )


def _show(request: SignedIn, client: Client, secret: str = "", **tried: Form) -> HttpResponse:
    """Return the page of a system; ``secret`` is that of a token just given."""
    at = now()
    said = {
        "client": client,
        "posts": accounts.posts(client.account, at),
        "tokens": queries.tokens(client),
        "at": at,
        "secret": secret,
        "form": ClientForm(client=client),
        "token": TokenForm(auto_id="token_%s"),
    }
    status = 422 if any(form.errors for form in tried.values()) else 200
    return render(request, "manage/client.html", said | tried, status=status)
