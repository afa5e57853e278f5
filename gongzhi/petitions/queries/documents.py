"""Everything written in a petition, as those who read it get it: heads, parts, remedies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongzhi.deadlines.queries import days_of, rule_on
from gongzhi.deadlines.words import length
from gongzhi.petitions.models import Message, Petition, Stage
from gongzhi.petitions.queries.reading import messages, stages
from gongzhi.petitions.readers import Route, routes
from gongzhi.petitions.states import Instance, Result, Served
from gongzhi.petitions.words import ASKED, DOCUMENTS, NOTICES, OPINIONS, PARTS


@dataclass(frozen=True, slots=True)
class Document:
    """Something written in a petition: its head, who wrote it, its parts; ``is_paper`` can be printed."""

    key: UUID
    head: str | Promise
    office: str
    at: datetime
    parts: list[tuple[str | Promise, str]] = field(default_factory=list)
    result: str = ""
    remedy: str = ""
    received: str = ""
    is_paper: bool = False


def documents(petition: Petition, some: Iterable[Stage], said: Iterable[Message]) -> list[Document]:
    """Return everything written in ``petition``, the first first; nothing once it was erased."""
    if petition.is_erased:
        return []
    every = list(some)
    found = [_asked(petition, one) for one in every if "asked" in one.said]
    found += [_of_stage(petition, one) for one in every if one.decided_at and one.result]
    found += [_of_message(petition, one) for one in said]
    return sorted(found, key=lambda one: one.at)


def paper(petition: Petition, key: UUID) -> Document | None:
    """Return the written document with this key that can be printed, if there is one (two queries)."""
    every = documents(petition, stages(petition), messages(petition))
    return next((one for one in every if one.key == key and one.is_paper), None)


def _asked(petition: Petition, stage: Stage) -> Document:
    """Return the words with which an office got the petition."""
    by = petition.keeper.name if stage.instance == Instance.HANDLE else _("the petitioner")
    said: list[tuple[str | Promise, str]] = [("", str(stage.said["asked"]))]
    return Document(stage.pk, ASKED[stage.instance], by, stage.given_at, said)


def _of_stage(petition: Petition, stage: Stage) -> Document:
    parts: list[tuple[str | Promise, str]] = [
        (label, str(stage.said[name])) for name, label in PARTS.items()
    ]
    remedies = {
        Instance.HANDLE: _(
            "If you do not agree, you can ask the office above for a review within 30 days of "
            "receiving this (art. 35)."
        ),
        Instance.REVIEW: _(
            "If you do not agree, you can ask the office above for the final review within 30 days "
            "of receiving this (art. 36)."
        ),
        Instance.FINAL: _(
            "This is the final opinion: the same facts and reasons are not taken up again (art. 36). "
            "New facts can be raised anew."
        ),
    }
    return Document(
        key=stage.pk,
        head=OPINIONS[stage.instance],
        office=stage.office.name,
        at=stage.decided_at or stage.given_at,
        parts=parts,
        result=str(Result(stage.result).label),
        remedy=remedies[Instance(stage.instance)],
        received=_received(petition, stage),
        is_paper=True,
    )


def _received(petition: Petition, stage: Stage) -> str:
    """Return when and how an answer reached the petitioner; "" where nothing depends on it."""
    if stage.served_at:
        day = stage.served_at.astimezone(days_of(stage.office.calendar_id).zone).date()
        how = Served(stage.served).label
        return _("Received by the petitioner on %(day)s: %(how)s.") % {"day": day, "how": how}
    if stage.pk == petition.stage_id and petition.is_unserved:
        return _(
            "Not received yet, as far as is recorded: the 30 days to ask for a review begin on the day "
            "on which the petitioner receives it."
        )
    return ""


def _of_message(petition: Petition, message: Message) -> Document:
    parts: list[tuple[str | Promise, str]] = [("", message.text)]
    if number := message.said.get("number"):
        parts.append((_("In hand under the number"), str(number)))
    remedy = str(message.said.get("remedy", ""))
    if message.verb == "route":
        remedy = _routed(petition, message.at)
    return Document(
        key=message.pk,
        head=DOCUMENTS[message.verb],
        office=message.office.name if message.office else _("the petitioner"),
        at=message.at,
        parts=parts,
        remedy=remedy,
        is_paper=message.verb in NOTICES,
    )


def _routed(petition: Petition, at: datetime) -> str:
    """Return where a petition was led, with the limit that holds there."""
    limit, law = route_limit(routes()[petition.route], at.date())
    said = {"route": petition.route_name, "limit": limit, "law": law}
    return _("%(route)s: %(limit)s (%(law)s)") % said


def route_limit(route: Route, on: date) -> tuple[str, str]:
    """Return until when a procedure can be begun, in words, and by which law; a rule tells it best."""
    rule = rule_on(route.rule, on) if route.rule else None
    if rule is None:
        return route.limit, route.law
    return _("within %(limit)s") % {"limit": length(rule.limit)}, rule.cited
