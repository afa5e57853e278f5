"""The checklists: what is looked at in each sort of errand, in editions."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.base.moves import MoveLost
from gongzhi.errands import actions, queries, rules, words
from gongzhi.errands.forms import LinesForm
from gongzhi.errands.states import Sort


@require_safe
@staff_only
def checklists(request: SignedIn) -> HttpResponse:
    """Show the checklists that hold now."""
    held = [(sort, queries.editions(sort)[0]) for sort in Sort]
    context = {"held": held, "may_list": rules.may_list(request.staff)}
    return render(request, "errands/checklists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def checklist(request: SignedIn, sort: str) -> HttpResponse:
    """Show the editions of one checklist, and list another."""
    if sort not in Sort.values:
        raise Http404(_("There is no such page."))
    if not rules.may_list(request.staff):
        raise PermissionDenied(_("Only an administrator may change checklists."))
    known = queries.editions(sort)
    pairs = known[0].pairs
    initial = {
        "seen": known[0].number,
        "zh": "\n".join(zh for zh, _en in pairs),
        "en": "\n".join(en for _zh, en in pairs),
    }
    form = LinesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.list_lines(sort, said["lines"], seen=said["seen"], by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        except MoveLost as lost:
            form.add_error(None, str(lost))
        else:
            messages.success(request, words.DONE["list"])
            return redirect("errands:checklists")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"sort": Sort(sort), "form": form, "editions": known}
    return render(request, "errands/checklist.html", context, status=status)
