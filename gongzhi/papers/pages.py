from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.accounts.actions import note_export
from gongzhi.accounts.http import staff_of
from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.base.http import pdf_answer
from gongzhi.base.typesetting import Sheet, pdf
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import holder
from gongzhi.papers import queries, rules
from gongzhi.petitions import queries as petitions
from gongzhi.petitions.http import reader, reads_answer

SHEETS: dict[str, Callable[[Matter, Actor], Sheet]] = {
    "dossier": queries.dossier,
    "order": lambda matter, _by: queries.order(matter),
    "reply": lambda matter, _by: queries.reply(matter),
}


@never_cache
@require_safe
def sheet(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Send a sheet of a matter as PDF to who may have it; that staff took it out is recorded."""
    found = Matter.objects.with_names().select_related("requester").filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such matter."))
    by, at = _reader(request, found), now()
    if not rules.may_print(by, found, name):
        raise PermissionDenied(_("This paper is only for those who work on the matter."))
    made = pdf(SHEETS[name](found, by), at)
    if isinstance(by, Staff):
        facts = {"matter": found.number, "sheet": name}
        note_export(request.user, verb="papers.print", facts=facts, by=by, at=at)  # type: ignore[arg-type]
    return pdf_answer(made, f"{found.number}-{name}.pdf")


@never_cache
@require_safe
def petition(request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
    """Send a written document of a petition as PDF to those who read it; that staff took it is recorded."""
    found, by, _party = reader(request, key)
    written = petitions.paper(found, paper)
    if written is None:
        raise Http404(_("There is no such document."))
    at = now()
    reads_answer(found, by, at)
    made = pdf(queries.written(found, written), at)
    if isinstance(by, Staff):
        facts = {"petition": found.number}
        note_export(request.user, verb="papers.print", facts=facts, by=by, at=at)  # type: ignore[arg-type]
    return pdf_answer(made, f"{found.number}.pdf")


def _reader(request: HttpRequest, matter: Matter) -> Actor:
    """Return who asks: staff, or whoever this session has proven to have raised the matter."""
    if staff := staff_of(request):
        return staff
    follows = matter.pk.hex in request.session.get("follows", [])
    return holder(matter) if follows else Actor(None, "")
