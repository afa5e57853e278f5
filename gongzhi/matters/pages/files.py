"""Files for who may see their matter: whole, small, and covered in parts."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_of, staff_only
from gongzhi.base.moves import seen
from gongzhi.matters import actions, rules
from gongzhi.matters.forms import RedactForm
from gongzhi.matters.http import send_file
from gongzhi.matters.models import Attachment
from gongzhi.matters.pages.finding import find
from gongzhi.matters.states import MATTER
from gongzhi.matters.uploads import Sort


@require_safe
def file(request: HttpRequest, key: UUID) -> FileResponse:
    """Send a file to who may see its matter: staff, or who raised it; never the public."""
    found = _theirs(request, key)
    return send_file(found.file.name, found.sort, found.name or found.pk.hex)


@require_safe
def small(request: HttpRequest, key: UUID) -> FileResponse:
    """Send the small picture of a photo to the same people."""
    found = _theirs(request, key)
    return send_file(found.small.name or found.file.name, found.sort, found.name or found.pk.hex)


def _theirs(request: HttpRequest, key: UUID) -> Attachment:
    """Return a file that this reader may have.

    :raises Http404: there is none, or it was harmful and taken away
    :raises PermissionDenied: it is not theirs to see, or not checked yet
    """
    found = Attachment.objects.select_related("matter").filter(pk=key).first()
    waits = found and found.checked == Attachment.Checked.WAITING
    if found is None or not (found.file or waits):
        raise Http404(_("There is no such file."))
    who = staff_of(request)
    follows = request.session.get("follows", [])
    if not (who and rules.may_see(who, found.matter)) and found.matter.pk.hex not in follows:
        raise PermissionDenied(_("This file is shown only to those who may see its matter."))
    if waits:
        raise PermissionDenied(
            _("This file is still being checked. Please look again in a minute.")
        )
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def redact(request: SignedIn, key: UUID, photo: UUID) -> HttpResponse:
    """Show a photo to draw boxes on, or cover what was marked."""
    matter = find(key, request.staff)
    if not rules.may_redact(request.staff, matter):
        raise PermissionDenied(MATTER["redact"].only)
    shown = get_object_or_404(Attachment, pk=photo, matter=matter, sort=Sort.PHOTO)
    form = RedactForm(request.POST or None, initial={"version": matter.version})
    if form.is_valid():
        seen(matter, form.cleaned_data["version"])
        boxes = form.cleaned_data["boxes"]
        try:
            actions.redact(matter, attachment=shown, boxes=boxes, by=request.staff, at=now())
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("Covered. The photo as it came is kept sealed."))
            return redirect("matters:show", key)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    said = {"matter": matter, "photo": shown, "form": form}
    return render(request, "matters/redact.html", said, status=status)


@never_cache
@require_POST
@staff_only
def uncover(request: SignedIn, key: UUID, photo: UUID) -> HttpResponse:
    """Send a photo as it was before it was covered, to a supervisor; the look is recorded."""
    matter = find(key, request.staff)
    shown = get_object_or_404(Attachment.objects.select_related("matter"), pk=photo, matter=matter)
    made = actions.uncover(shown, reason="uncover", by=request.staff, at=now())
    return HttpResponse(made, content_type="image/jpeg")
