"""Places: the tree, what people call things, files of boundaries, labels to hang up."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.base.moves import seen
from gongzhi.manage import queries
from gongzhi.manage.forms import ImportForm, NamesForm, on_disk
from gongzhi.manage.rules import administrators_only
from gongzhi.places.actions import Imported, Replaced, import_addresses, import_places, rename
from gongzhi.places.models import Place
from gongzhi.places.queries import chain
from gongzhi.places.readers import read_addresses, read_places
from gongzhi.places.rules import COMMUNITY_DIGITS


@require_safe
@administrators_only
def places(request: SignedIn) -> HttpResponse:
    """Show the largest places."""
    return render(request, "manage/places.html", {"parts": queries.tops(localdate())})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def place(request: SignedIn, code: str) -> HttpResponse:
    """Show a place with its parts; change what it and the things in it are called."""
    shown = _place(code)
    form = NamesForm(request.POST or None, initial=_names(shown))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        seen(shown, said.pop("version"))
        try:
            rename(shown, **said, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The names are kept."))
            return redirect("manage:place", code)
    about = {
        "place": shown,
        "chain": chain(shown.path),
        "parts": queries.parts(shown, localdate()),
        "form": form,
        "has_boards": len(shown.code) >= COMMUNITY_DIGITS,
    }
    return render(request, "manage/place.html", about, status=422 if form.errors else 200)


def _place(code: str) -> Place:
    return get_object_or_404(Place.objects.select_related("level", "parent"), code=code)


def _names(shown: Place) -> dict[str, object]:
    names = {name: getattr(shown, name) for name in ("version", "name_zh", "name_en", "local_code")}
    return names | {"also": "\n".join(shown.also)}


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def import_file(request: SignedIn) -> HttpResponse:
    """Take in a file of places or addresses, and show what came of each row that was refused."""
    form = ImportForm(request.POST or None, request.FILES or None)
    done: Imported | Replaced | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with on_disk(said["file"]) as path:
                if said["what"] == "addresses":
                    rows = read_addresses(path, said["crs"])
                    done = import_addresses(rows, by=request.staff, at=now())
                else:
                    found = read_places(path, said["crs"])
                    done = import_places(found, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
    status = 422 if form.errors else 200
    return render(request, "manage/import.html", {"form": form, "done": done}, status=status)


@dataclass(frozen=True, slots=True)
class Label:
    """A place with the code that opens the form with the place filled in."""

    place: Place
    address: str
    qr: SafeString


@require_safe
@administrators_only
def qr(request: SignedIn, code: str) -> HttpResponse:
    """Show labels to print for a place and all below it, some pages of paper at a time."""
    shown = _place(code)
    found = queries.to_label(shown, request.GET.get("after", ""), localdate())
    page, more = found[: queries.SHEETS], found[queries.SHEETS :]
    labels = [_label(one) for one in page]
    after = page[-1].path if more else ""
    said = {"place": shown, "labels": labels, "after": after, "sheet": request.GET.get("sheet")}
    return render(request, "manage/qr.html", said)


def _label(place: Place) -> Label:
    address = f"{settings.ORIGIN}{reverse('portal:raise')}?place={place.code}"
    # Level Q: a quarter of the label may be scratched or faded.
    drawn = segno.make(address, error="q").svg_inline(omitsize=True, border=2)
    return Label(place, address, mark_safe(drawn))
