"""The review of what counts in no rate: uphold or overturn."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.moves import seen
from gongzhi.matters import actions, rules
from gongzhi.matters.forms import VerdictForm
from gongzhi.matters.models import Exclusion
from gongzhi.matters.states import EXCLUSION


@require_POST
@staff_only
def review(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Uphold or overturn an exclusion, and go back to the list."""
    found = Exclusion.objects.select_related("matter").filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such exclusion."))
    if not getattr(rules, f"may_{name}")(request.staff, found):
        raise PermissionDenied(EXCLUSION[name].only)
    form = VerdictForm(request.POST)
    form.is_valid()
    seen(found, form.cleaned_data.get("version"))
    words = form.cleaned_data.get("words", "")
    getattr(actions, name)(found, words=words, by=request.staff, at=now())
    messages.success(request, _("The review was recorded."))
    to = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(to, {request.get_host()})
    return redirect(to if own else resolve_url("matters:show", found.matter_id))
