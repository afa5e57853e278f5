"""What stands on each sheet, from the rows of a matter: never a contact, never a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import Actor
from gongzhi.audit.queries import history
from gongzhi.base.slips import follow, qr
from gongzhi.base.typesetting import Picture, Section, Sheet, Table
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import words
from gongzhi.matters.models import Answer, Attachment, Channel, FollowUp, Matter
from gongzhi.matters.rules import may_hear
from gongzhi.matters.uploads import Sort
from gongzhi.petitions.models import Petition
from gongzhi.petitions.queries import Document
from gongzhi.places.models import name_for_reader
from gongzhi.places.queries import chain

MOST_PICTURES = 12
Facts = tuple[tuple[str, str], ...]


def dossier(matter: Matter, by: Actor) -> Sheet:
    """Return the sheet with everything of a matter that ``by`` may file: 7 queries."""
    return _sheet(
        _("Matter"),
        matter,
        Section(_("As it was told"), matter.text),
        *_tasks(matter),
        *_answers(matter),
        *_pictures(matter, Attachment.Stage.values),
        _history(matter, by),
        facts=(*_raised(matter), *_dates(matter)),
    )


def order(matter: Matter) -> Sheet:
    """Return the order with which a matter goes to its office: 5 queries.

    :raises ValidationError: no office has it
    """
    if matter.office is None:
        raise ValidationError(_("No office has this matter: dispatch it first."))
    due = (
        (_("Lead office"), matter.office.name),
        (_("To be acknowledged by"), _moment(_acknowledge_by(matter))),
        (_("To be answered by"), _moment(matter.answer_by)),
        (_("Ground"), matter.ground),
        (_("Evidence required"), matter.evidence),
    )
    contact = _("How to reach the requester stands in the system, where every look is recorded.")
    return _sheet(
        _("Dispatch order"),
        matter,
        Section(_("As it was told"), matter.text),
        *_tasks(matter),
        *_pictures(matter, [Attachment.Stage.REPORT]),
        Section("", contact),
        facts=(*_raised(matter), *(fact for fact in due if fact[1])),
        signed=(_("Dispatched by: "), _("Received by: "), _("Date: ")),
    )


def reply(matter: Matter) -> Sheet:
    """Return the letter with the office's answer, in the language of its requester: 3 queries.

    :raises ValidationError: there is no answer yet
    """
    given = list(matter.answers.order_by("-at")[:1])
    if not given:
        raise ValidationError(_("This matter has not been answered yet."))
    requester = getattr(matter, "requester", None)
    with override(requester.language if requester else get_language()):
        return _letter(matter, given[0])


def _letter(matter: Matter, answer: Answer) -> Sheet:
    office = offices().get(answer.office_id)
    opening = _("On %(day)s you raised “%(title)s” with us. Our answer:") % {
        "day": _day(matter.received_at),
        "title": matter.title,
    }
    remedy = _(
        "If it is not solved, say so within 30 days at %(where)s with number and receipt code, or by "
        "telephone; it is then taken up again."
    ) % {"where": settings.ORIGIN + reverse("portal:follow")}
    sections = [Section("", f"{opening}\n{answer.text}")]
    if answer.ground:
        sections.append(Section(_("Ground"), answer.ground))
    sections += _pictures(matter, [Attachment.Stage.AFTER])
    return _sheet(
        _("Answer to your matter"),
        matter,
        *sections,
        Section(_("If it is not solved"), remedy),
        signed=(office.name if office else _("The centre"), _day(answer.at)),
    )


def receipt(matter: Matter, code: str) -> Sheet:
    """Return the receipt for who raised a matter, with its code as text and as QR code: no query."""
    picture = BytesIO()
    qr(matter.number, code).save(picture, kind="svg", scale=4, border=1)
    keep = _(
        "Whoever has this code can follow the matter, add to it and withdraw it. Keep it like a key."
    )
    return _sheet(
        _("Receipt"),
        matter,
        Section(_("As it was told"), matter.text),
        Section("", keep),
        facts=(*_raised(matter), (_("Follow it at"), follow(matter.number))),
        code=(_("Receipt code"), code),
        qr=picture.getvalue(),
    )


def written(petition: Petition, document: Document) -> Sheet:
    """Return a written document of a petition, for who raised it to keep: no query."""
    parts = [Section(str(label), said) for label, said in document.parts]
    if document.result:
        parts.insert(0, Section(_("Result"), document.result))
    if document.remedy:
        parts.append(Section(_("What you can do"), document.remedy))
    facts = ((_("Issued by"), document.office), (_("Date"), _day(document.at)))
    signed = (document.office, _day(document.at))
    return _sheet(str(document.head), petition, *parts, facts=facts, signed=signed)


def _sheet(title: str, matter: Matter | Petition, *sections: Section, **parts: Any) -> Sheet:
    return Sheet(
        title=title,
        number=matter.number,
        sections=sections,
        pages=_("page {} of {}"),
        language="zh" if (get_language() or "zh").startswith("zh") else "en",
        **parts,
    )


def _raised(matter: Matter) -> Facts:
    places = chain(matter.chain).values_list("name_zh", "name_en")
    where = " › ".join(name_for_reader(*names) for names in places)
    urgent = ((_("Urgency"), _("urgent")),) if matter.urgent else ()
    return (
        (_("Kind"), matter.kind.name),
        (_("Place"), f"{where}\n{matter.address}".rstrip()),
        (_("Received"), f"{_moment(matter.received_at)}, {Channel(matter.channel).label}"),
        *urgent,
    )


def _dates(matter: Matter) -> Facts:
    known = (
        (_("Accepted"), matter.accepted_at),
        (_("To be answered by"), matter.answer_by),
        (_("Answered"), matter.answered_at),
        (_("Checked"), matter.resolved_at),
        (_("Ended"), matter.ended_at),
    )
    state = str(words.LABELS[matter.state])
    return ((_("State"), state), *((label, _moment(at)) for label, at in known if at))


def _acknowledge_by(matter: Matter) -> datetime | None:
    given = matter.tasks.filter(lead=True).order_by("-given_at").first()
    return given.acknowledge_by if given else None


def _tasks(matter: Matter) -> list[Section]:
    rows = [
        (
            task.office.name,
            _("lead office") if task.lead else _("co-office"),
            str(task.get_state_display()),
            _moment(task.given_at),
        )
        for task in matter.tasks.select_related("office").order_by("given_at", "id")
    ]
    head = (_("Office"), _("Part"), _("State"), _("Since"))
    return [Section(_("Offices"), table=Table(head, rows, (5, 2, 2, 3)))] if rows else []


def _answers(matter: Matter) -> list[Section]:
    return [
        Section(
            _("Answer of %(day)s") % {"day": _day(answer.at)},
            "\n".join(filter(None, (answer.text, answer.ground))),
        )
        for answer in matter.answers.order_by("at")
    ]


def _pictures(matter: Matter, stages: Sequence[str]) -> list[Section]:
    shown = matter.attachments.filter(stage__in=stages, sort=Sort.PHOTO).exclude(file="")
    found = shown.order_by("at", "id")[:MOST_PICTURES]
    pictures = tuple(_picture(one) for one in found)
    return [Section(_("Photos"), pictures=pictures)] if pictures else []


def _picture(attachment: Attachment) -> Picture:
    with attachment.file.open() as file:
        line = f"{attachment.get_stage_display()}, {_moment(attachment.at)}"
        return Picture(file.read(), line)


def _history(matter: Matter, by: Actor) -> Section:
    """Return what happened and when, without what anybody wrote or said about it."""
    offices_on_it = matter.tasks.values_list("office", flat=True)
    entries = list(history(matter.pk))
    told = entries if may_hear(by, matter, offices_on_it) else words.unheard(entries)
    names = {office.code: office.name for office in offices().values()}
    for labels in (Channel, FollowUp.Result):
        names |= {one.value: str(one.label) for one in labels}
    events = [words.event(entry, names, default_days()) for entry in told]
    rows = [(event.when, event.label, event.by) for event in events]
    return Section(_("History"), table=Table((_("When"), _("What"), _("Who")), rows, (3, 6, 3)))


def _moment(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else "–"


def _day(at: datetime) -> str:
    return date_format(localtime(at), "DATE_FORMAT")
