"""What stands on the papers of a case: the agreement, the application to the court, the pack for others."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO

from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from PIL import Image

from gongzhi.audit.queries import history
from gongzhi.base.typesetting import Picture, Section, Sheet, Table, pdf
from gongzhi.mediation.bagit import bag
from gongzhi.mediation.models import Agreement, Case, Confirmation, Ending, Release, Session
from gongzhi.mediation.queries.agreements import agreement as agreement_of
from gongzhi.mediation.queries.agreements import signatures, terms
from gongzhi.mediation.queries.cases import consents, people, sides
from gongzhi.mediation.queries.rooms import messages, papers
from gongzhi.mediation.states import Planned
from gongzhi.mediation.words import ROLES
from gongzhi.parties import queries as parties
from gongzhi.parties.models import Paper, Signature


def sha256(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _sheet(title: str, case: Case, *sections: Section, **parts: object) -> Sheet:
    return Sheet(
        title=title,
        number=case.number,
        sections=tuple(part for part in sections if part.text or part.table or part.pictures),
        pages=_("page {} of {}"),
        language="zh" if (get_language() or "zh").startswith("zh") else "en",
        **parts,  # type: ignore[arg-type]
    )


def _day(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d}" if at else "–"


def agreement_paper(one: Agreement, at: datetime) -> bytes:
    """Return the agreement as a PDF with its digest and whoever signed it (five queries).

    A page takes some 10 ms; ninety pages a second.
    """
    said = one.said
    case = one.case
    return pdf(
        _sheet(
            _("Mediation agreement"),
            case,
            _parties(case),
            Section(_("Main facts"), said.get("facts", "")),
            Section(_("In dispute"), said.get("dispute", "")),
            Section(_("Responsibility of each party"), said.get("duties", "")),
            Section(_("What the parties agree on"), said.get("content", "")),
            _terms(one),
            Section(_("How it is performed"), said.get("how", "")),
            Section("", _in_force(one)),
            *_signed(signatures(one), case),
            Section(_("Digest (SHA-256)"), _grouped(one.digest)),
            facts=(
                (_("Kind of dispute"), case.kind_name),
                (_("Committee"), case.committee.name),
                (_("Edition"), str(one.edition)),
            ),
        ),
        at,
    )


def _parties(case: Case) -> Section:
    known = people(case)
    names = {party.pk: party.name for party in known}
    rows = [
        (
            party.name,
            str(ROLES.get(party.role, party.role)),
            _("for %(name)s") % {"name": names[party.acts_for_id]} if party.acts_for_id else "",
        )
        for party in known
    ]
    head = (pgettext("person", "Name"), _("Takes part as"), _("Represents"))
    return Section(_("Parties"), table=Table(head, rows, (3, 2, 3)))


def _terms(one: Agreement) -> Section:
    rows = [
        (str(t.rank), t.owed_by.name, t.owed_to.name, t.text, t.until.isoformat())
        for t in terms(one)
    ]
    head = (_("No."), _("Who performs"), _("For which party"), _("What is performed"), _("Until"))
    return Section(_("Terms"), table=Table(head, rows, (1, 2, 2, 6, 3)) if rows else None)


def _in_force(one: Agreement) -> str:
    if one.in_force_at:
        return _("In force since %(day)s. Each party has a copy, the committee keeps one.") % {
            "day": _day(one.in_force_at)
        }
    if one.oral:
        return _("An oral agreement: it is in force once every party has said yes to it.")
    return _(
        "Not in force before every party and, last, the mediator for the committee has signed."
    )


def _grouped(digest: str) -> str:
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))


def _signed(some: Iterable[Signature], case: Case) -> list[Section]:
    pictures, lines = [], []
    for one in some:
        who = one.name if one.signer_id else f"{case.committee.name} {one.name}"
        how = _("signed before the mediator") if one.witnessed else _("proven by a code")
        line = f"{who} · {localtime(one.at):%Y-%m-%d %H:%M}"
        line += f" · {how}" if one.signer_id else ""
        if one.drawing:
            pictures.append(Picture(_jpeg(one.drawing), line))
        else:
            lines.append(line)
    heading = _("Signatures")
    return [
        Section(heading if pictures else "", pictures=tuple(pictures)),
        Section(_("Said yes to it"), "\n".join(lines)),
    ]


def _jpeg(drawing: str) -> bytes:
    written = BytesIO()
    with Image.open(BytesIO(base64.b64decode(drawing)), formats=["PNG"]) as image:
        image.convert("L").save(written, "JPEG", quality=80)
    return written.getvalue()


def application_paper(one: Confirmation, at: datetime) -> bytes:
    """Return the joint application to the court, filled in, as a PDF (four queries)."""
    agreement = one.agreement
    case = agreement.case
    asked = _(
        "The parties ask the court together to confirm the agreement %(number)s of %(day)s, which they "
        "reached before %(committee)s (People's Mediation Law, art. 33; Civil Procedure Law, art. 205)."
    ) % {
        "number": case.number,
        "day": _day(agreement.in_force_at),
        "committee": case.committee.name,
    }
    promise = _(
        "They declare that they agreed of their own will and without harm to the state, the public or "
        "others, and that what they hand in is true."
    )
    enclosed = _(
        "Enclosed: the agreement, proof of identity, proof of property where it is about property, "
        "addresses and telephone numbers for the court, and the power of whoever acts for a party (art. 3 "
        "of the rules of the Supreme Court of 2011)."
    )
    return pdf(
        _sheet(
            _("Joint application for judicial confirmation"),
            case,
            Section(_("To"), one.court or _("The court at the seat of the committee (art. 2)")),
            _parties(case),
            Section(_("Request"), asked),
            Section(_("Terms"), table=_terms(agreement).table),
            Section(_("Declaration"), promise),
            Section("", enclosed),
            Section(_("What a court does not confirm"), not_confirmed()),
            Section(_("Digest (SHA-256)"), _grouped(agreement.digest)),
            signed=(*(f"{party.name}: " for party in sides(case)), _("Date: ")),
        ),
        at,
    )


def not_confirmed() -> str:
    """Return what a court does not take on (art. 4), in words."""
    return _(
        "A court does not confirm who somebody is to somebody else: family status, adoption or marriage; "
        "nor what courts do not judge, or another court judges (art. 4)."
    )


def pack(case: Case, at: datetime) -> bytes:
    """Return the pack for arbitration, reconsideration or a court, as a PDF (six queries).

    What is in dispute as the joint room has it, the dates, and the papers each party lets go; nothing
    that was said in a private room.
    """
    ending = Ending.objects.filter(case=case).first()
    said = ending.said if ending else {}
    rows = [(name, giver) for name, giver, _paper in released(case)]
    head = (_("Paper"), _("Let go by"))
    dates = (
        (_("Applied for"), _day(case.applied_at)),
        (_("Began"), _day(case.began_at)),
        (_("Ended"), _day(case.ended_at)),
        (_("How the case ended"), str(case.get_result_display())),
        (_("Kind of dispute"), case.kind_name),
        (_("Committee"), case.committee.name),
    )
    return pdf(
        _sheet(
            _("Pack for whoever decides next"),
            case,
            _parties(case),
            Section(_("In dispute"), said.get("dispute", "") or case.title),
            Section(_("What the parties do agree on"), said.get("reached", "")),
            Section(_("Papers handed over"), table=Table(head, rows, (5, 3)) if rows else None),
            Section(
                "",
                _(
                    "What was said in mediation is no admission; private talks are not in this pack."
                ),
            ),
            facts=dates,
        ),
        at,
    )


def released(case: Case) -> list[tuple[str, str, Paper]]:
    """Return the papers that parties let go: name, whose, the paper (two queries)."""
    chosen = {key for one in Release.objects.filter(case=case) for key in one.papers}
    return [
        (paper.name, paper.giver.name if paper.giver else "", paper)
        for paper in papers(case, None)
        if paper.pk.hex in chosen
    ]


# --- The archive.


def bag_of(case: Case, on: date, at: datetime) -> dict[str, bytes]:
    """Return the file of an ended case as a bag; nothing of a private room is in it."""
    payload = {
        "case.json": _json(
            {
                "number": case.number,
                "title": case.title,
                "kind": case.kind,
                "origin": case.origin,
                "committee": case.committee.code,
                "result": case.result,
                "applied_at": case.applied_at.isoformat(),
                "ended_at": case.ended_at.isoformat() if case.ended_at else "",
            }
        ),
        "consents.json": _json(
            [
                {
                    "name": c.giver.name,
                    "state": c.state,
                    "how": c.how,
                    "at": str(c.answered_at or ""),
                }
                for c in consents(case)
            ]
        ),
        "history.json": _json(
            [
                {
                    "seq": e.seq,
                    "verb": e.verb,
                    "at": e.at.isoformat(),
                    "facts": e.facts,
                    "hash": e.hash,
                }
                for e in history(case.pk)
            ]
        ),
        "joint/said.txt": "\n\n".join(
            f"{m.by} {localtime(m.at):%Y-%m-%d %H:%M}\n{m.text}" for m in messages(case, None)
        ).encode(),
    }
    held = Session.objects.filter(case=case, room=None, state=Planned.HELD).order_by("begins_at")
    for n, session in enumerate(held, start=1):
        payload[f"joint/minutes-{n}.txt"] = session.minutes.encode()
    for n, paper in enumerate(papers(case, None), start=1):
        payload[f"joint/paper-{n}-{paper.sha256[:12]}"] = parties.content(paper)
    found = agreement_of(case)
    if found:
        payload["agreement.pdf"] = agreement_paper(found, at)
    if Ending.objects.filter(case=case).exists():
        payload["pack.pdf"] = pack(case, at)
    info = {
        "Source-Organization": case.committee.name_zh,
        "External-Identifier": case.number,
        "Bag-Software-Agent": "Gongzhi",
    }
    return bag(payload, info, on=on)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
