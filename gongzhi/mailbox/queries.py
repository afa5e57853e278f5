from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from gongzhi.base.seal import SealBroken, keyed_hash, unseal
from gongzhi.mailbox.backends import Mark, Where
from gongzhi.mailbox.models import Claim, Mail, Mailbox, Robot
from gongzhi.matters.actions import Receipt
from gongzhi.matters.models import Kind, Matter
from gongzhi.matters.queries import likely_kind
from gongzhi.matters.receipts import receipt_code
from gongzhi.notices.models import Letter
from gongzhi.places.gazetteer import named_in
from gongzhi.places.models import Place
from gongzhi.places.queries import pool

SHOWN = 50
MOST_MARKS = 50
KEEP = timedelta(days=400)
BACK = timedelta(days=30)  # so far a folder is read again that was made anew
SEEN, FLAGGED = "\\Seen", "\\Flagged"


# --- Mailboxes.


def mailboxes() -> QuerySet[Mailbox]:
    """Return the mailboxes, those that are on first, with how many mails wait for a look (one query)."""
    left = Count("mails", filter=Q(mails__outcome=Mail.Outcome.REFUSED, mails__seen_at=None))
    found = Mailbox.objects.select_related("office").annotate(n_left=left)
    return found.order_by("-is_on", "name")


def due(at: datetime) -> QuerySet[Mailbox]:
    """Return the mailboxes that may be read at ``at``."""
    return Mailbox.objects.filter(Q(again_at=None) | Q(again_at__lte=at), is_on=True)


def to_look_at(mailbox: Mailbox) -> QuerySet[Mail]:
    """Return the mails that were refused and nobody looked at, the latest first."""
    found = mailbox.mails.filter(outcome=Mail.Outcome.REFUSED, seen_at=None)
    return found.order_by("-at", "-uid")


def counts(mailbox: Mailbox) -> dict[str, int]:
    """Return how many mails became what (one query)."""
    rows = mailbox.mails.values("outcome").annotate(n=Count("pk")).order_by("outcome")
    return {row["outcome"]: row["n"] for row in rows}


def where(mailbox: Mailbox) -> Where:
    """Return where a mailbox is, opened."""
    known = mailbox.known
    return Where(
        host=mailbox.host,
        port=mailbox.port,
        tls=mailbox.line == Mailbox.Line.TLS,
        folder=mailbox.folder,
        user=known["user"],
        password=known["password"],
    )


def marks(mailbox: Mailbox) -> list[Mark]:
    """Return what is still to be marked in a mailbox (one query)."""
    rows = mailbox.mails.filter(is_flagged=False, validity=mailbox.validity).order_by("uid")
    return [
        Mark(one.uid, FLAGGED if one.outcome == Mail.Outcome.REFUSED else SEEN)
        for one in rows[:MOST_MARKS]
    ]


def since(mailbox: Mailbox, at: datetime) -> date:
    """Return from when on a folder is read that was made anew."""
    return localdate(max(mailbox.added_at, at - BACK))


def digest(told: str) -> str:
    """Return what is kept of a mail."""
    return keyed_hash("mail", told)


def answered(keys: tuple[str, ...]) -> Matter | None:
    """Return the matter whose requester was sent one of the letters with these keys (two queries).

    A letter's key is not to be guessed.  One to somebody who works here leads nowhere.
    """
    found = Letter.objects.filter(pk__in=[UUID(one) for one in keys], way=Letter.Way.EMAIL)
    for letter in found.exclude(matter=None).select_related("matter__requester"):
        if letter.matter and _is_for_requester(letter):
            return Matter.objects.select_related("kind", "place").get(pk=letter.matter.pk)
    return None


def _is_for_requester(letter: Letter) -> bool:
    matter = letter.matter
    requester = getattr(matter, "requester", None)
    if matter is None or requester is None or not requester.sealed:
        return False
    try:
        to = unseal(bytes(letter.sealed), letter.pk.hex)["to"]
        email = unseal(bytes(requester.sealed), matter.pk.hex).get("email", "")
    except SealBroken:
        return False
    return bool(email) and str(to).strip().lower() == str(email).strip().lower()


# --- What is written.


def kind_of(text: str, on: date) -> Kind | None:
    """Return the kind that words are likeliest of."""
    return likely_kind(text, on)


def place_of(text: str, usual: Place | None, on: date) -> Place | None:
    """Return the place that words name, else the usual one, else the largest."""
    return named_in(text, on) or usual or pool(on)


# --- Robots.


def robots() -> QuerySet[Robot]:
    """Return the robots, those that are on first."""
    return Robot.objects.select_related("office").order_by("-is_on", "name")


def whose(robot: Robot, name: str) -> str:
    """Return what is kept of who wrote in a group."""
    return keyed_hash("claim", f"{robot.pk.hex}\0{name}")


def claims(robot: Robot, name: str, at: datetime) -> list[Claim]:
    """Return what somebody wrote in a group and has not been given the code of."""
    found = Claim.objects.filter(robot=robot, whose=whose(robot, name), until__gt=at)
    return list(found.select_related("matter").order_by("pk"))


def receipt_of(matter: Matter) -> Receipt:
    """Return the receipt of a matter that was made from a message: its code follows from its key."""
    return Receipt(matter, receipt_code(matter.form_key))
