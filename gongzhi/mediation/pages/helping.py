"""Appointments for legal aid and psychological support, for the office that gives them."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.base.moves import seen
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.forms.agreements import PressForm
from gongzhi.mediation.forms.closing import BookForm
from gongzhi.mediation.models import Case, Help
from gongzhi.mediation.pages.finding import sent
from gongzhi.mediation.states import HELP

FORMS: dict[str, type[PressForm]] = {"book": BookForm, "give_help": PressForm}


@never_cache
@require_safe
@staff_only
def helps(request: SignedIn) -> HttpResponse:
    """Show the appointments that wait for the reader's office."""
    me = request.staff
    rows = [(one, list(HELP.open_from(one.state))) for one in queries.helps(me)]
    return render(request, "mediation/helps.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def help_press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Name day and place of an appointment, or record that it took place or is not wanted."""
    row = Help.objects.select_related("wanter", "office").filter(pk=key).first()
    if row is None or not rules.may_book(request.staff, row):
        raise Http404
    move = HELP[name]
    case = Case.objects.get(pk=row.wanter.file)
    form = FORMS.get(name, PressForm)(sent(request), case=case, version=row.version)
    if request.method == "POST" and form.is_valid():
        seen(row, form.cleaned_data["version"])
        try:
            getattr(actions, name)(row, by=request.staff, at=now(), **form.given())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": move.label})
            return redirect("mediation:helps")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"row": row, "move": move, "form": form}
    return render(request, "mediation/help_press.html", context, status=status)
