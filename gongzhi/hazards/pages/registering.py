"""Put a hazard on the register."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.hazards import actions, rules
from gongzhi.hazards.forms import RegisterForm
from gongzhi.hazards.states import ONLY_HERE
from gongzhi.hazards.words import DONE
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def register(request: SignedIn) -> HttpResponse:
    """Register a hazard; ``?matter=`` is the key of a matter that it came from."""
    if not rules.may_register_any(request.staff):
        raise PermissionDenied(ONLY_HERE)
    at, matter = now(), _matter(request)
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RegisterForm(*typed, to=request.staff, on=localdate(at), matter=matter)
    if request.method == "POST" and form.is_valid():
        photos = form.cleaned_data["photos"]
        try:
            hazard = actions.register(
                form.told(), matter=matter, photos=photos, by=request.staff, at=at
            )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, str(DONE["register"]))
            return redirect("hazards:show", hazard.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "matter": matter, "tiles": settings.TILES}
    return render(request, "hazards/register.html", context, status=status)


def _matter(request: SignedIn) -> Matter | None:
    """Return the matter that an address names.

    :raises PermissionDenied: none that the reader may see and make a hazard of
    """
    typed = request.GET.get("matter", "")
    if not typed:
        return None
    try:
        found = Matter.objects.select_related("kind", "place").filter(pk=UUID(typed)).first()
    except ValueError:
        found = None
    if (
        found
        and matter_rules.may_see(request.staff, found)
        and rules.may_register_of(request.staff, found)
    ):
        return found
    raise PermissionDenied(_("Nothing of this matter goes onto the register of hazards."))
