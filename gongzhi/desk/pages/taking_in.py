"""The counter and the telephone: staff take in what a resident tells."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.advice.danger import words
from gongzhi.base.http import pdf_answer
from gongzhi.base.slips import follow
from gongzhi.base.typesetting import pdf
from gongzhi.desk.forms import IntakeForm
from gongzhi.desk.queries import communities, heres
from gongzhi.desk.rules import may_take_in
from gongzhi.matters import actions
from gongzhi.matters.models import Matter
from gongzhi.papers import queries as papers

TAKEN_IN = "taken_in"  # key of the session: the receipt that waits to be printed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def intake(request: SignedIn) -> HttpResponse:
    """Take in a matter for a resident: the same action as on the portal, by staff."""
    if not may_take_in(request.staff):
        raise PermissionDenied(_("Only an acceptor takes in matters for residents."))
    at = now()
    if request.method != "POST":
        return _form(request, IntakeForm(by=request.staff, at=at))
    form = IntakeForm(request.POST, request.FILES, by=request.staff, at=at)
    if not form.is_valid():
        return _form(request, form)
    try:
        receipt = actions.receive(form.report(), by=request.staff, at=at)
    except ValidationError as fault:
        form.add_error(None, fault)
        return _form(request, form)
    request.session[TAKEN_IN] = [receipt.matter.pk.hex, receipt.code]
    return redirect("desk:receipt")


def _form(request: SignedIn, form: IntakeForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "words": list(words()), "tiles": settings.TILES}
    return render(request, "desk/intake.html", context, status=status)


@require_POST
@staff_only
def suggest(request: SignedIn) -> HttpResponse:
    """Return which places of the taker the words so far may speak of: for the form."""
    if not may_take_in(request.staff):
        raise PermissionDenied(_("Only an acceptor takes in matters for residents."))
    said = request.POST.get
    chosen = next((p.path for p in communities(request.staff) if p.code == said("place")), "")
    told = f"{said('address', '')}\n{said('text', '')}"
    here = [] if said("lat") else heres(told, request.staff, chosen)
    return render(request, "places/_here.html", {"here": here})


def _taken_in(request: SignedIn) -> tuple[Matter | None, str]:
    """Return the matter that this session took in last, with the code of its receipt."""
    key, code = request.session.get(TAKEN_IN, ("", ""))
    found = Matter.objects.select_related("kind", "place").filter(pk=key) if key else None
    return (found.first() if found is not None else None), code


@never_cache
@require_safe
@staff_only
def receipt(request: SignedIn) -> HttpResponse:
    """Show the receipt of the matter just taken in, to be printed or read out."""
    matter, code = _taken_in(request)
    if matter is None:
        return redirect("desk:intake")
    context = {"matter": matter, "code": code, "link": follow(matter.number)}
    return render(request, "desk/receipt.html", context)


@never_cache
@require_safe
@staff_only
def receipt_paper(request: SignedIn) -> HttpResponse:
    """Send the receipt of the matter just taken in as PDF."""
    matter, code = _taken_in(request)
    if matter is None:
        return redirect("desk:intake")
    return pdf_answer(pdf(papers.receipt(matter, code), now()), f"{matter.number}.pdf")
