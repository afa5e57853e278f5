"""Standard phrases: editions are added and delisted, never changed in place; with a preview."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.manage import queries
from gongzhi.manage.forms import DelistForm, FilterPhrasesForm, PhraseForm
from gongzhi.manage.rules import administrators_only
from gongzhi.matters import actions
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Phrase
from gongzhi.matters.phrasing import VARIABLES
from gongzhi.matters.states import MATTER


@require_safe
@administrators_only
def phrases(request: SignedIn) -> HttpResponse:
    """Show the latest edition of each phrase, of all moves and kinds or of some, a page at a time."""
    today = localdate()
    form = FilterPhrasesForm(request.GET, kinds=matters.kind_names(today))
    chosen = form.cleaned_data if form.is_valid() else {}
    kept = {name: request.GET[name] for name in ("move", "kind") if request.GET.get(name)}
    found = queries.phrase_list(today, chosen.get("move", ""), chosen.get("kind", ""))
    page, more = queries.phrase_page(found, request.GET.get("after", ""))
    said = {
        "form": form,
        "rows": [(one, *_about(one)) for one in page],
        "today": today,
        "next_url": f"?{urlencode(kept | {'after': page[-1].pk.hex})}" if more else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
    }
    return render(request, "manage/phrases.html", said, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add_phrase(request: SignedIn) -> HttpResponse:
    """List a new phrase."""
    form = PhraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            listed = actions.list_phrase(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("“%(phrase)s” is listed.") % {"phrase": listed.name})
            return redirect("manage:phrase", listed.code)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def phrase(request: SignedIn, code: str) -> HttpResponse:
    """Show a phrase with its editions, and list the next edition."""
    editions = _editions(code)
    last = editions[0]
    form = PhraseForm(request.POST or None, last=last)
    if request.method == "POST" and form.is_valid():
        said = {"code": code, "move": last.move} | form.cleaned_data
        try:
            actions.list_phrase(**said, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The new edition is listed."))
            return redirect("manage:phrase", code)
    return _form(request, form, editions)


@require_POST
@administrators_only
def delist_phrase(request: SignedIn, code: str) -> HttpResponse:
    """Let the latest edition of a phrase end."""
    last = _editions(code)[0]
    form = DelistForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("Choose the day on which it ends."))
    actions.delist_phrase(last, on=form.cleaned_data["on"], by=request.staff, at=now())
    messages.success(request, _("“%(phrase)s” ends on that day.") % {"phrase": last.name})
    return redirect("manage:phrase", code)


@require_POST
@administrators_only
def preview_phrase(request: SignedIn) -> HttpResponse:
    """Show what is typed as it would stand on a matter, or what is wrong with it; keeps nothing."""
    shown = queries.previews(request.POST, now())
    return render(request, "manage/_phrase_preview.html", {"previews": shown})


def _editions(code: str) -> list[Phrase]:
    found = list(matters.phrase_editions(code))
    if not found:
        raise Http404
    return found


def _about(one: Phrase) -> tuple[object, str]:
    """Return the move of a phrase and its kind, in the reader's language."""
    kind = matters.catalogue(localdate()).get(one.kind_code)
    return MATTER[one.move].label, kind.name if kind else one.kind_code


def _form(
    request: SignedIn, form: PhraseForm, editions: list[Phrase] | None = None
) -> HttpResponse:
    given = form.data if form.is_bound else form.initial
    said: dict[str, object] = {
        "form": form,
        "variables": {f"{{{name}}}": label for name, label in VARIABLES.items()},
        "previews": queries.previews(given, now()),
        "today": localdate(),
    }
    if editions:
        last = editions[0]
        move, kind = _about(last)
        said |= {"last": last, "move": move, "kind_name": kind, "editions": editions}
        said["delist"] = DelistForm(auto_id="delist_%s", initial={"on": localdate()})
    return render(request, "manage/phrase.html", said, status=422 if form.errors else 200)
