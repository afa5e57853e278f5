"""What is held of one party of a case: what they said, gave and asked, and nothing that others said."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.mediation import rules
from gongzhi.mediation.models import Case, Consent, Help, Message, Offer, Session, Visit
from gongzhi.mediation.queries.agreements import agreement, terms
from gongzhi.mediation.states import OVER, State
from gongzhi.parties.businesses import Part
from gongzhi.parties.models import Paper, Party
from gongzhi.parties.rules import member


def case_of(party: Party) -> Case | None:
    """Return the case of a party (one query)."""
    return Case.objects.select_related("committee", "place").filter(pk=party.file).first()


def chain_of(party: Party) -> str:
    """Return the path of the place of a case (one query)."""
    return Case.objects.filter(pk=party.file).values_list("chain", flat=True).first() or ""


def hidden(to: Staff) -> QuerySet[Case]:  # noqa: ARG001  whoever answers reads nothing of a case
    """Return the cases that are kept from ``to``: none, for what they are about stays sealed anyway."""
    return Case.objects.none()


def held(party: Party) -> list[Part]:
    """Return what is held of a party, archived or not; a fixed number of queries.

    Of the joint room what they themselves said and gave, or who acts for them; of their own room all
    that stands in it.
    """
    case = case_of(party)
    if case is None:
        return []
    said = Message.objects.filter(
        Q(author=party) | Q(author__acts_for=party) | Q(room=party.pk), case=case
    ).select_related("author")
    gave = Paper.objects.filter(
        Q(giver=party) | Q(giver__acts_for=party) | Q(room=party.pk), file=case.pk
    )
    alone = Session.objects.filter(case=case, room=party.pk)
    made = Offer.objects.filter(case=case, maker=party)
    return [
        ("case", gettext_lazy("The case"), [_case(case, party)]),
        ("consent", gettext_lazy("Where you stand"), _consent(party)),
        ("messages", gettext_lazy("Your words in the rooms"), [_said(one) for one in said.order_by("at", "id")]),
        ("offers", gettext_lazy("Offers"), [_offer(one) for one in made.order_by("made_at", "id")]),
        ("papers", gettext_lazy("Files"), [_paper(one) for one in gave.order_by("at", "id")]),
        ("sessions", gettext_lazy("Sessions"), [_session(one) for one in alone.order_by("begins_at", "id")]),
        ("terms", gettext_lazy("What was agreed"), _terms(case, party)),
        ("helps", gettext_lazy("Help you asked for"), _helps(party)),
        ("visits", gettext_lazy("What you said when asked"), _visits(case, party)),
    ]  # fmt: skip


def _case(case: Case, party: Party) -> dict[str, Any]:
    reads_story = rules.may_read_story(member(party), case)
    return {
        "number": case.number,
        "title": case.title,
        "text": case.story if reads_story else "",
        "kind": case.kind_name,
        "office": case.committee.name,
        "state": str(case.get_state_display()),
        "result": str(case.get_result_display()) if case.result else "",
        "received_at": case.applied_at.isoformat(),
        "ended_at": case.ended_at.isoformat() if case.ended_at else "",
    }


def _consent(party: Party) -> list[dict[str, Any]]:
    return [
        {
            "at": one.answered_at.isoformat() if one.answered_at else "",
            "state": str(one.get_state_display()),
            "way": str(one.get_how_display()) if one.how else "",
        }
        | one.said
        for one in Consent.objects.filter(giver=party)
    ]


def _said(one: Message) -> dict[str, Any]:
    by = "" if one.author_id else one.by
    return {"at": one.at.isoformat(), "by": by, "text": one.text}


def _offer(one: Offer) -> dict[str, Any]:
    told = {"at": one.made_at.isoformat(), "state": str(one.get_state_display())}
    return told | {"text": one.text}


def _paper(one: Paper) -> dict[str, Any]:
    told = {"at": one.at.isoformat(), "sort": str(one.get_sort_display())}
    return told | {"name": one.name, "sha256": one.sha256}


def _session(one: Session) -> dict[str, Any]:
    told = {"at": one.begins_at.isoformat(), "state": str(one.get_state_display())}
    return told | {"address": one.where, "text": one.minutes}


def _terms(case: Case, party: Party) -> list[dict[str, Any]]:
    found = agreement(case)
    mine = (
        [one for one in terms(found) if party.pk in (one.owed_by_id, one.owed_to_id)]
        if found
        else []
    )
    return [
        {"until": one.until.isoformat(), "state": str(one.get_state_display()), "text": one.text}
        for one in mine
    ]  # fmt: skip


def _helps(party: Party) -> list[dict[str, Any]]:
    found = Help.objects.filter(wanter=party).select_related("office").order_by("asked_at", "id")
    return [
        {
            "at": one.asked_at.isoformat(),
            "sort": str(one.get_sort_display()),
            "state": str(one.get_state_display()),
            "office": one.office.name,
            "address": one.where,
            "text": one.words,
        }
        for one in found
    ]


def _visits(case: Case, party: Party) -> list[dict[str, Any]]:
    found = Visit.objects.filter(case=case, visited=party).order_by("at", "id")
    return [
        {"at": one.at.isoformat(), "result": str(one.get_result_display())} | one.said
        for one in found
    ]


def kept(party: Party) -> str:
    """Return how long what everybody of a case shares is kept, and why (two queries)."""
    case = case_of(party)
    archive = getattr(case, "kept", None)
    if archive is None:
        return _("until the case has ended, and then some years by its result")
    said = {"day": archive.keep_until.isoformat(), "why": archive.why}
    return _("until the end of %(day)s: %(why)s") % said


def bars(party: Party) -> str:
    """Return why nothing of a party may be erased yet, or "" (one query)."""
    case = case_of(party)
    if case is None or case.state not in OVER:
        return _(
            "The mediation is not over, and what was said in it is still needed. Whoever no longer "
            "wants it takes the consent back first."
        )
    if case.state == State.ENDED:
        return _(
            "The case has ended and is not filed yet: until then its parties are asked how it went. "
            "Wait until it is filed, or refuse and say so."
        )
    return ""
