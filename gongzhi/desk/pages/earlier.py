"""What somebody who is present raised before: opened with their own code, never looked up."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.audit.actions import look
from gongzhi.base.http import TooMany
from gongzhi.desk.forms import CodeSentForm, ContactForm, ReceiptForm
from gongzhi.desk.rules import may_take_in
from gongzhi.matters.actions.proving import prove_contact, prove_receipt, send_code
from gongzhi.matters.models import Matter
from gongzhi.matters.queries import by_contact, by_receipt
from gongzhi.matters.rules import visible
from gongzhi.matters.words import PRESENT

ASKED = "earlier_asked"  # key of the session: the hash of the contact that a code was sent to
MOST = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def earlier(request: SignedIn) -> HttpResponse:
    """Open what a person at the counter or the telephone raised before, with the code they tell.

    Each opening is a look that the person can see; whoever tries is counted.
    """
    if not may_take_in(request.staff):
        raise PermissionDenied(_("Only an acceptor takes in matters for residents."))
    how = request.POST.get("how", "")
    forms = {
        "receipt": ReceiptForm(request.POST if how == "receipt" else None, auto_id="receipt_%s"),
        "contact": ContactForm(request.POST if how == "contact" else None, auto_id="contact_%s"),
        "code": CodeSentForm(request.POST if how == "code" else None, auto_id="code_%s"),
    }
    asked, found, status = request.POST.get("how") == "code", [], HTTPStatus.OK
    form = forms.get(how)
    if form and form.is_valid():
        try:
            if how == "contact":
                said = form.cleaned_data["contact"]
                whose = send_code(said, address=_who(request), by=request.staff, at=now())
                request.session[ASKED], asked = whose, True
            else:
                found = _opened(request, how, form.cleaned_data, now())
        except TooMany as fault:
            form.add_error(None, str(fault))
        if how != "contact" and not found and not form.errors:
            form.add_error(
                None, _("This code opens nothing. Compare it with the person once more.")
            )
    if form and form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"forms": forms, "asked": asked, "rows": found}
    return render(request, "desk/earlier.html", context, status=status)


def _who(request: SignedIn) -> str:
    """Return for whom tries are counted: the member of staff, wherever they sit."""
    return f"staff {request.staff.id}"


def _opened(
    request: SignedIn, how: str, said: dict[str, str], at: datetime
) -> list[tuple[Matter, bool]]:
    """Return what a code opens, with whether the reader may see all of it; each is a recorded look."""
    by, who, opened = request.staff, _who(request), list[Matter]()
    if how == "receipt":
        number, code = said["number"], said["code"]
        one = prove_receipt(number, code, find=by_receipt, address=who, by=by, at=at)
        opened = [one] if one else []
    elif prove_contact(request.session.get(ASKED, ""), said["code"], address=who, by=by, at=at):
        opened = list(by_contact(request.session.pop(ASKED))[:MOST])
    for matter in opened:
        look(matter.pk, purpose=PRESENT, by=by, at=at)
    keys = [matter.pk for matter in opened]
    seen = set(visible(Matter.objects.filter(pk__in=keys), by).values_list("pk", flat=True))
    return [(matter, matter.pk in seen) for matter in opened]
