"""What is held of one of the people of a petition, or of a visitor: what they themselves said and read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.parties import queries as parties
from gongzhi.parties.businesses import Part
from gongzhi.parties.models import Paper, Party
from gongzhi.parties.rules import member
from gongzhi.petitions import rules
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.queries.documents import Document, documents
from gongzhi.petitions.queries.reading import messages, stages
from gongzhi.petitions.states import VisitState

GOES_ON = (VisitState.BOOKED, VisitState.PROMISED)


def petition_of(party: Party) -> Petition | None:
    """Return the petition of a party; ``None`` of a visitor (one query)."""
    return Petition.objects.with_names().filter(pk=party.file).first()


def visit_of(party: Party) -> Visit | None:
    """Return the visit of a visitor (one query)."""
    return Visit.objects.select_related("day__place", "day__office").filter(pk=party.file).first()


def chain_of(party: Party) -> str:
    """Return the path of the place that a petition is about, or where a visitor comes to."""
    if petition := petition_of(party):
        return petition.chain
    visit = visit_of(party)
    return visit.day.place.path if visit else ""


def hidden(to: Staff) -> QuerySet[Petition]:
    """Return the petitions that are kept from ``to``."""
    return Petition.objects.exclude(rules.unbarred(to))


def held(party: Party) -> list[Part]:
    """Return what is held of a party: what they read on their page, papers and all; a few queries."""
    petition = petition_of(party)
    if petition is None:
        visit = visit_of(party)
        rows = [_visit(visit)] if visit else []
        return [("visit", gettext_lazy("What you came for"), rows)]
    reads_all = rules.may_read_all(member(party), petition)
    written = documents(petition, stages(petition), messages(petition))
    papers = [
        one for one in parties.papers(petition.pk, [None]) if reads_all or one.giver_id == party.pk
    ]
    return [
        ("petition", gettext_lazy("What you raised"), [_petition(petition)]),
        (
            "documents",
            gettext_lazy("What was written"),
            [_document(one) for one in written if reads_all or one.is_paper],
        ),
        ("papers", gettext_lazy("Files"), [paper_row(one) for one in papers]),
    ]


def _petition(petition: Petition) -> dict[str, Any]:
    return {
        "number": petition.number,
        "title": petition.title,
        "text": petition.text,
        "wish": petition.wish,
        "kind": f"{petition.get_sort_display()} · {petition.topic_name}",
        "way": str(petition.get_way_display()),
        "place": petition.place.name,
        "office": petition.keeper.name,
        "state": str(petition.get_state_display()),
        "received_at": petition.received_at.isoformat(),
        "ended_at": petition.ended_at.isoformat() if petition.ended_at else "",
    }


def _document(one: Document) -> dict[str, Any]:
    parts = [f"{label}: {words}" if label else words for label, words in one.parts]
    return {
        "at": one.at.isoformat(),
        "sort": str(one.head),
        "office": one.office,
        "result": one.result,
        "text": "\n".join(parts),
        "remedy": one.remedy,
    }


def _visit(visit: Visit) -> dict[str, Any]:
    about = {"number": visit.number, "state": str(visit.get_state_display())}
    about |= {"at": visit.day.slot_at(visit.slot).isoformat(), "office": visit.day.post}
    return about | {"until": visit.until.isoformat() if visit.until else ""} | visit.said


def paper_row(paper: Paper) -> dict[str, Any]:
    """Return what is said of a paper: never what is in it, which its page hands out."""
    return {
        "at": paper.at.isoformat(),
        "sort": str(paper.get_sort_display()),
        "name": paper.name,
        "sha256": paper.sha256,
    }


def kept(party: Party) -> str:  # noqa: ARG001  alike for all of them
    """Return how long a petition is kept."""
    return _("until its person asks to have it erased, which is possible once it has ended")


def bars(party: Party) -> str:
    """Return why nothing of a party may be erased yet, or ""; a query or two."""
    petition = petition_of(party)
    if petition is None:
        visit = visit_of(party)
        if visit and visit.state in GOES_ON:
            return _("The visit is still to come, or what was promised is still to be kept.")
        return ""
    if petition.is_ended:
        return ""
    return _(
        "The petition is still worked on, for which its words and people are needed. Wait for its end, "
        "or refuse and say so: who raised it can take it back first."
    )
