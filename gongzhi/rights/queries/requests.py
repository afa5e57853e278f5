"""What people ask about their own data, and what is held of the person of one matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.audit.queries import history, looks
from gongzhi.base.seal import unseal
from gongzhi.demands.queries import told
from gongzhi.matters.models import Matter, Message
from gongzhi.matters.queries import contact_labels
from gongzhi.matters.words import who
from gongzhi.notices.models import Letter
from gongzhi.parties.businesses import files_of
from gongzhi.parties.models import Party, Signature
from gongzhi.parties.queries import looks as seen_by
from gongzhi.rights import rules
from gongzhi.rights.models import SubjectRequest, Whose
from gongzhi.rights.queries.tracker import purpose
from gongzhi.rights.states import CHANGES, State
from gongzhi.rights.words import LABELS
from gongzhi.sharing.models import Transfer

PAGE = 50
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+Z]")


def _asked(whose: Whose) -> QuerySet[SubjectRequest]:
    """Return what was asked about the data of ``whose``."""
    if isinstance(whose, Party):
        return SubjectRequest.objects.filter(asker=whose)
    return SubjectRequest.objects.filter(matter=whose)


def of(whose: Whose) -> list[SubjectRequest]:
    """Return what was asked about the data of ``whose``, the latest first (one query)."""
    return list(_asked(whose).order_by("-asked_at", "-id"))


def is_gone(whose: Whose, sort: str) -> bool:
    """Return whether nothing is left that could be asked for.

    What everybody of a sealed file shares may be left after one of them was erased from it: that can
    still be seen, copied and explained.
    """
    return whose.is_erased and (isinstance(whose, Matter) or sort in CHANGES)


def find(key: UUID) -> SubjectRequest | None:
    """Return a request with its matter or party (one query)."""
    found = SubjectRequest.objects.select_related(
        "due_rule", "asker", "matter__kind", "matter__place", "matter__office", "matter__requester"
    )
    return found.filter(pk=key).first()


def visible(to: Staff) -> QuerySet[SubjectRequest]:
    """Return the requests of the places of ``to`` with their matters and parties."""
    found = SubjectRequest.objects.filter(rules.visible_requests(to))
    return found.select_related("matter__place", "asker")


def waiting(to: Staff) -> list[SubjectRequest]:
    """Return what waits for an answer, the first due first (one query)."""
    return list(visible(to).filter(ended_at=None).order_by("due_at", "id")[: 4 * PAGE])


def answered(to: Staff, after: UUID | None = None) -> tuple[list[SubjectRequest], UUID | None]:
    """Return a page of what was answered or taken back, the latest asked first, and where the next begins."""
    found = visible(to).filter(ended_at__isnull=False).order_by("-id")
    rows = list((found.filter(pk__lt=after) if after else found)[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def is_open_to(whose: Whose, sort: str) -> bool:
    """Return whether ``whose`` data may be seen, or copied, by them: it was granted (one query)."""
    return _asked(whose).filter(sort=sort, state=State.GRANTED).exists()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is held: its heading and its rows, as they are copied and as they are shown."""

    code: str
    label: Any
    rows: list[dict[str, Any]]

    @property
    def lines(self) -> list[list[tuple[Any, Any]]]:
        """Return the rows as they are shown: with labels, and without what is empty."""
        return [
            [
                (LABELS.get(name, name), _plain(value))
                for name, value in row.items()
                if value not in ("", None, {})
            ]
            for row in self.rows
        ]


def held(whose: Whose) -> list[Part]:
    """Return everything that is held of the person of a matter or of a party: a fixed number of queries.

    Notes between colleagues are part of it; hashes and secrets, of which nothing can be read, are not.
    """
    return _of_party(whose) if isinstance(whose, Party) else _of_matter(whose)


def _of_matter(matter: Matter) -> list[Part]:
    return [
        Part("contact", gettext_lazy("Your contact"), [_contact(matter)]),
        Part("matter", gettext_lazy("What you raised"), [_matter(matter)]),
        Part("messages", gettext_lazy("What you and we said, notes included"), _messages(matter)),
        Part("answers", pgettext_lazy("matter", "Answers"), _answers(matter)),
        Part("files", gettext_lazy("Files"), _files(matter)),
        Part("follow_ups", gettext_lazy("What you said when asked"), _follow_ups(matter)),
        Part("letters", gettext_lazy("Messages sent to you"), _letters(matter)),
        Part("shared", gettext_lazy("Handed to another system for you"), _shared(matter)),
        Part("demands", gettext_lazy("Handed over on the order of an authority"), _demands(matter)),
        Part("looks", gettext_lazy("Who looked at your data"), _looks(matter)),
        Part("requests", gettext_lazy("What you asked about your data"), _requests(matter)),
        Part("history", gettext_lazy("Everything that was done"), _history(matter)),
    ]


def _of_party(party: Party) -> list[Part]:
    """Return what is held of a party: of them, and what their business says of their file."""
    seen = [
        {"at": _iso(one.at), "by": one.by_label, "purpose": purpose(one)} for one in seen_by(party)
    ]
    signed = Signature.objects.filter(signer=party).order_by("at", "id")
    return [
        Part("contact", gettext_lazy("Your contact"), [party.reach.facts()]),
        *(Part(*one) for one in files_of(party).held(party)),
        Part("signatures", gettext_lazy("Your signatures"), _rows(signed, "document", "name")),
        Part("looks", gettext_lazy("Who looked at your data"), seen),
        Part("requests", gettext_lazy("What you asked about your data"), _requests(party)),
        Part("history", gettext_lazy("Everything that was done"), _history(party)),
    ]  # fmt: skip


def copy(whose: Whose) -> dict[str, Any]:
    """Return the same for a machine: JSON values alone."""
    return {part.code: part.rows for part in held(whose)}


def _plain(value: Any) -> Any:
    """Return a value as people read it: yes and no, and times to the minute in the zone of the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and MOMENT.match(value):
        return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return value


def _contact(matter: Matter) -> dict[str, Any]:
    requester = getattr(matter, "requester", None)
    known = unseal(bytes(requester.sealed), matter.pk.hex) if requester and requester.sealed else {}
    more = (
        {"no_messages": requester.no_contact, "language": requester.language} if requester else {}
    )
    return {name: known.get(name, "") for name in contact_labels()} | more


def _matter(matter: Matter) -> dict[str, Any]:
    names = ("number", "title", "text", "address", "lat", "lon", "channel", "state")
    times = ("occurred_at", "received_at", "answer_by", "ended_at")
    plain = {name: getattr(matter, name) for name in names}
    plain |= {"kind": matter.kind.name, "place": matter.place.name}
    return plain | {name: _iso(getattr(matter, name)) for name in times}


def _iso(at: Any) -> str:
    return at.isoformat() if at else ""


def _rows(found: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    return [{"at": _iso(one.at)} | {name: getattr(one, name) for name in names} for one in found]


def _messages(matter: Matter) -> list[dict[str, Any]]:
    said = matter.messages.order_by("at", "id")
    return [
        {"at": _iso(one.at), "sort": one.sort, "by": _who(one), "text": one.text} for one in said
    ]


def _who(message: Message) -> str:
    return "" if message.sort == Message.Sort.SAID else who(message.by_label)


def _answers(matter: Matter) -> list[dict[str, Any]]:
    found = matter.answers.select_related("office").order_by("at")
    return [
        {
            "at": _iso(one.at),
            "office": one.office.name if one.office else "",
            "text": one.text,
            "ground": one.ground,
        }
        for one in found
    ]


def _files(matter: Matter) -> list[dict[str, Any]]:
    return _rows(matter.attachments.order_by("at", "id"), "stage", "sort", "name", "sha256")


def _follow_ups(matter: Matter) -> list[dict[str, Any]]:
    found = matter.follow_ups.order_by("at", "id")
    return _rows(found, "result", "way", "satisfied", "in_time", "why_not", "comment")


def _letters(matter: Matter) -> list[dict[str, Any]]:
    made = []
    for one in Letter.objects.filter(matter=matter).order_by("created_at", "id"):
        if one.way != Letter.Way.ROBOT:  # which goes to an office
            said = unseal(bytes(one.sealed), one.pk.hex)
            to = {"to": said["to"], "text": said["text"]}
            made.append({"at": _iso(one.created_at), "way": one.way, "state": one.state} | to)
    return made


def _shared(matter: Matter) -> list[dict[str, Any]]:
    found = Transfer.objects.filter(matter=matter).select_related("use__item", "use__system")
    return [
        {
            "at": _iso(one.moved_at),
            "item": one.use.item.name,
            "to": one.use.system.name,
            "purpose": one.use.purpose,
            "ground": f"{one.use.ground} {one.use.article}".strip(),
        }
        for one in found.order_by("moved_at", "id")
    ]


def _demands(matter: Matter) -> list[dict[str, Any]]:
    return [
        {
            "at": _iso(one.handed_at),
            "to": f"{one.authority} {one.number}",
            "ground": f"{one.law} {one.article}",
            "item": one.parts,
        }
        for one in told(matter)
    ]


def _looks(matter: Matter) -> list[dict[str, Any]]:
    return [
        {"at": _iso(one.at), "by": one.by_label, "purpose": str(purpose(one))}
        for one in looks(matter.pk)
    ]


def _requests(whose: Whose) -> list[dict[str, Any]]:
    made = []
    for one in of(whose):
        said = one.said
        told = {"sort": one.sort, "state": one.state, "words": said.get("words", "")}
        answer = {"answer": said.get("answer", ""), "remedy": said.get("remedy", "")}
        made.append({"at": _iso(one.asked_at)} | told | answer)
    return made


def _history(whose: Whose) -> list[dict[str, Any]]:
    return [
        {"at": _iso(one.at), "verb": one.verb, "facts": one.facts, "told": one.told}
        for one in history(whose.pk)
    ]
