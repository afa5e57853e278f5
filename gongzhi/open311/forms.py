"""What others ask and send, and what administrators and dispatchers type."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.http import Http404, QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.advice.masking import mask
from gongzhi.base.fields import offer, sentences
from gongzhi.matters.models import Kind, Matter
from gongzhi.matters.receipts import Contact, phone
from gongzhi.matters.uploads import UploadsField
from gongzhi.open311 import queries
from gongzhi.open311.actions import LONGEST_FORWARDED, Place311, Request311
from gongzhi.open311.models import Server
from gongzhi.open311.queries import MOST, MOST_IDS, SPAN, Asked, whole_day

DAY = timedelta(days=1)
LONGEST_FIELD = 500
LONGEST_NUMBER = 9  # digits of a page
_ZONE = re.compile(r" (\d{2}:?\d{2})$")  # a plus that stood bare in an address


def one(params: Mapping[str, Any], name: str) -> str:
    """Return what is said under a name; what is empty is not said."""
    return str(params.get(name) or "").strip()


def listed(params: QueryDict, name: str) -> tuple[str, ...]:
    """Return what is said under a name, several times or with commas between."""
    said = (part.strip() for value in params.getlist(name) for part in value.split(","))
    return tuple(dict.fromkeys(part for part in said if part))


def moment(said: str, name: str) -> datetime | None:
    """Return a time of the W3C form; a day alone is when it begins here.

    :raises ValidationError: no such time, or without a zone
    """
    if not said:
        return None
    try:
        if on := parse_date(said):
            return datetime(on.year, on.month, on.day, tzinfo=get_current_timezone())
        at = parse_datetime(_ZONE.sub(r"+\1", said))
    except ValueError:
        at = None
    if at is None:
        told = _("“%(name)s” is no time: write it such as 2026-03-05T08:00:00+08:00.")
        raise ValidationError(told % {"name": name})
    if at.tzinfo is None:
        told = _("“%(name)s” has no zone: end it with Z, or with one such as +08:00.")
        raise ValidationError(told % {"name": name})
    return at


def span(params: QueryDict, begins: str, ends: str, at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when somebody asks: what is not said makes it 90 days.

    :raises ValidationError: longer, crossed, or no times
    """
    since, until = (moment(one(params, name), name) for name in (begins, ends))
    try:
        if until is None:
            until = min(at, since + SPAN) if since else at
        since = since or until - SPAN
    except OverflowError:
        raise ValidationError(_("These dates are too far away.")) from None
    if since > until:
        raise ValidationError(
            _("“%(first)s” is later than “%(last)s”.") % {"first": begins, "last": ends}
        )
    if until - since > SPAN:
        raise ValidationError(_("The dates may span at most 90 days: ask in several steps."))
    return since, until


def asked(params: QueryDict, at: datetime) -> Asked:
    """Return which service requests are asked for; of days, as more than the day nobody may know.

    :raises ValidationError: dates, state or page that are none
    """
    moved = any(one(params, name) for name in ("updated_after", "updated_before"))
    raised = any(one(params, name) for name in ("start_date", "end_date"))
    if moved and raised:
        raise ValidationError(_("Ask by when it was raised or by when it was updated, not both."))
    names = ("updated_after", "updated_before") if moved else ("start_date", "end_date")
    since, until = span(params, *names, at)
    states = tuple(said.lower() for said in listed(params, "status"))
    if not set(states) <= set(queries.STATES):
        raise ValidationError(_("“status” is open or closed."))
    return Asked(
        since=whole_day(since),
        until=whole_day(until) + DAY,
        by="moved_at" if moved else "received_at",
        codes=listed(params, "service_code"),
        states=states,
        page=_count(params, "page", 1),
        size=min(_count(params, "page_size", MOST), MOST),
        is_open_ended=not one(params, names[1]),
    )


def _count(params: QueryDict, name: str, usual: int) -> int:
    said = one(params, name)
    if not said:
        return usual
    if not (said.isascii() and said.isdigit()) or len(said) > LONGEST_NUMBER or int(said) < 1:
        raise ValidationError(_("“%(name)s” is a number from 1 on.") % {"name": name})
    return int(said)


def names(said: Iterable[str]) -> list[str]:
    """Return the names of service requests that are asked for.

    :raises ValidationError: more than a hundred
    """
    found = list(said)
    if len(found) > MOST_IDS:
        raise ValidationError(_("Ask for at most 100 service requests at once."))
    return found


def request311(params: QueryDict, files: Iterable[UploadedFile[bytes]], on: date) -> Request311:
    """Return what a client wants to raise.

    :raises ValidationError: each thing that is missing or wrong, in a sentence
    :raises Http404: no such service
    """
    code = one(params, "service_code")
    if not code:
        raise ValidationError(_("“service_code” is missing: “services” lists them."))
    kind = next((kind for kind in queries.services(on) if kind.code == code), None)
    if kind is None:
        raise Http404(_("There is no service with the code “%(code)s”.") % {"code": code[:60]})
    return Request311(
        kind=kind,
        text=_described(params),
        place=_place(params),
        contact=_contact(params),
        photos=UploadsField().clean(list(files)),
    )


def _described(params: QueryDict) -> str:
    said = one(params, "description")
    if not said:
        raise ValidationError(_("“description” is missing: say in a few words what it is."))
    media = _short(params, "media_url")
    return f"{said}\n{media}" if media.startswith(("https://", "http://")) else said


def _short(params: QueryDict, name: str) -> str:
    said = one(params, name)
    if len(said) > LONGEST_FIELD:
        told = _("“%(name)s” is longer than %(most)d characters.")
        raise ValidationError(told % {"name": name, "most": LONGEST_FIELD})
    return said


def _contact(params: QueryDict) -> Contact:
    given, family = _short(params, "first_name"), _short(params, "last_name")
    email, number = _short(params, "email"), _short(params, "phone")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise ValidationError(_("“email” is no e-mail address.")) from None
    name = " ".join(filter(None, (given, family)))
    return Contact(name, phone(number) if number else "", email)


def _place(params: QueryDict) -> Place311:
    lat, lon = one(params, "lat"), one(params, "long")
    address, code = _short(params, "address_string"), _short(params, "address_id")
    if bool(lat) != bool(lon):
        raise ValidationError(_("“lat” and “long” belong together: send both."))
    if not (lat or address or code):
        raise ValidationError(_("Say where: send lat and long, address_string or address_id."))
    point = (_degrees(lat, "lat", 90), _degrees(lon, "long", 180)) if lat else None
    return Place311(point, address, code)


def _degrees(said: str, name: str, most: int) -> float:
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValidationError(_("“%(name)s” is no number of degrees.") % {"name": name})
    if abs(value) > most:
        told = _("“%(name)s” lies beyond ±%(most)d degrees. Are lat and long swapped?")
        raise ValidationError(told % {"name": name, "most": most})
    return value


class ServerForm(forms.Form):
    """A foreign server; of one that is known, the key only where it changes."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    address = forms.URLField(
        label=gettext_lazy("Address"),
        max_length=300,
        assume_scheme="https",
        help_text=gettext_lazy("Up to the version, such as https://example.org/open311/v2"),
    )
    jurisdiction = forms.CharField(
        label=gettext_lazy("Jurisdiction"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Its jurisdiction_id, where it serves several."),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The api_key that they gave you; it is kept sealed."),
    )

    def __init__(self, *args: Any, known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if known:
            self.fields["key"].required = False
            self.fields["key"].help_text = gettext_lazy("Leave it empty to keep the key there is.")


class MappingForm(forms.Form):
    """Under which service code a server takes matters of a kind."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), widget=forms.Select(attrs={"data-searchable": ""})
    )
    service_code = forms.CharField(label=gettext_lazy("Their service code"), max_length=100)

    def __init__(self, *args: Any, kinds: Iterable[Kind], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "kind", [(kind.code, kind.name) for kind in kinds])


class ForwardForm(forms.Form):
    """To whom a matter is passed on, and what of it they read."""

    server = forms.ChoiceField(label=gettext_lazy("To whom"))
    words = sentences(
        gettext_lazy("What they read"),
        rows=6,
        longest=LONGEST_FORWARDED,
        help_text=gettext_lazy(
            "About the thing and the place. Names, telephones and house numbers were taken out: look "
            "whether anything is left that tells who raised it. Photos do not go along."
        ),
    )

    def __init__(
        self, *args: Any, matter: Matter, servers: Mapping[Server, str], **more: Any
    ) -> None:
        self.servers = {str(server.pk): server for server in servers}
        super().__init__(*args, **more)
        self.initial["words"] = mask(matter.text)[:LONGEST_FORWARDED]
        offer(self, "server", [(key, server.name) for key, server in self.servers.items()])

    def given(self) -> dict[str, Any]:
        """Return what the action takes."""
        said = self.cleaned_data
        return {"server": self.servers[said["server"]], "words": said["words"]}
