"""What administrators say of a platform, and what a dispatcher asks it for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import moment, offer, sentences
from gongzhi.exchange import pointers
from gongzhi.hotline.models import Platform
from gongzhi.hotline.readers import NEEDED
from gongzhi.hotline.words import BACK_LABELS, SORTS
from gongzhi.matters.queries import catalogue
from gongzhi.places.queries import coarse, coarse_by_code

POINTERS = {
    "id": (gettext_lazy("Id of the message"), "/id"),
    "order": (gettext_lazy("Number of the order"), "/order"),
    "sort": (gettext_lazy("Sort of the message"), "/sort"),
    "at": (gettext_lazy("When it was said"), "/at"),
    "text": (gettext_lazy("Its text"), "/text"),
    "kind": (gettext_lazy("Their kind"), "/kind"),
    "place": (gettext_lazy("Code of the place"), "/place"),
    "lat": (gettext_lazy("Latitude"), "/lat"),
    "lon": (gettext_lazy("Longitude"), "/lon"),
    "address": (gettext_lazy("Address in words"), "/address"),
    "occurred_at": (gettext_lazy("When it happened"), "/occurred_at"),
    "name": (gettext_lazy("Name of who raised it"), "/name"),
    "phone": (gettext_lazy("Telephone"), "/phone"),
    "email": (gettext_lazy("E-mail"), "/email"),
    "urgent": (gettext_lazy("Whether it is urgent"), "/urgent"),
    "about": (gettext_lazy("Code of the office that it complains about"), "/about"),
    "sign_by": (gettext_lazy("To be taken by"), "/sign_by"),
    "answer_by": (gettext_lazy("To be answered by"), "/answer_by"),
    "granted": (gettext_lazy("Whether more time was granted"), "/granted"),
    "solved": (gettext_lazy("Whether it is solved"), "/solved"),
    "satisfied": (gettext_lazy("How satisfied, from 1 to 5"), "/satisfied"),
    "status": (gettext_lazy("How it stands there"), "/status"),
}
WHERE = gettext_lazy(
    "Where it stands in a message, as a JSON pointer: /data/text. Empty below: it is never there."
)
OURS = (
    *("id", "code", "order", "sort", "number", "from", "state", "at", "answer_by", "ground"),
    *("remedy", "text", "until", "reason", "solved", "satisfied", "office"),
)
MOST_LINES = 500


def table(label: Any, told: Any) -> forms.CharField:
    """Return a field for a table, one pair a line."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=told,
    )


class PlatformForm(forms.Form):
    """Where the platform of a hotline is, and how its messages are read and written."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("For which office"),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    address = forms.URLField(
        label=gettext_lazy("Address"),
        max_length=300,
        assume_scheme="https",
        help_text=gettext_lazy("Where it is written back to, and asked for messages."),
    )
    our_code = forms.CharField(
        label=gettext_lazy("Our code with them"), max_length=60, required=False
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=200,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("By which both sides sign; kept sealed and never shown."),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Place of what names none"),
        required=False,
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    fallback = forms.ChoiceField(
        label=gettext_lazy("Our kind for all others"),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    kinds = table(
        gettext_lazy("Our kind for each of theirs"),
        gettext_lazy("One a line: theirs = the code of ours."),
    )
    sorts = table(
        gettext_lazy("Our word for each of their sorts of message"),
        gettext_lazy("One a line: theirs = ours. Both ways; what is not here is called as we do."),
    )
    names = table(
        gettext_lazy("Their name for what is written back"),
        gettext_lazy("One a line: ours = theirs. What is not here is called as we do."),
    )
    polls = forms.BooleanField(
        label=gettext_lazy("Ask it for messages every minute"),
        required=False,
        help_text=gettext_lazy("For a platform that does not send by itself."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("On"), required=False, initial=True)

    def __init__(self, *args: Any, known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        today = localdate()
        self.listed = {code: one.name for code, one in catalogue(today).items()}
        offer(self, "fallback", sorted(self.listed.items(), key=lambda one: one[1]))
        places = [(one.code, _indented(one.name, one.path)) for one in coarse(today)]
        offer(self, "place", [("", "—"), *places])
        pointers.ask(self, POINTERS, needed=NEEDED, help_text=WHERE)
        self.order_fields([name for name in self.fields if not name.startswith("at_")])
        if known:
            self.fields["key"].required = False
            self.fields["key"].help_text = _("Leave it empty to keep the one there is.")

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that everybody fills in."""
        return [one for one in self.visible_fields() if not one.name.startswith("at_")]

    @property
    def pointer_fields(self) -> list[forms.BoundField]:
        """Where each thing stands in a message: right as it is for who speaks our words."""
        return [one for one in self.visible_fields() if one.name.startswith("at_")]

    @property
    def is_mapping_wrong(self) -> bool:
        """Whether one of the pointers was refused."""
        return any(one.errors for one in self.pointer_fields)

    def clean_place(self) -> Any:
        """Return the place, or none."""
        return coarse_by_code(localdate()).get(self.cleaned_data["place"])

    def clean_kinds(self) -> dict[str, str]:
        """Read the table of kinds."""
        said = _("“%(line)s” names no kind of the catalogue: write theirs = street_light.")
        return _pairs(self.cleaned_data["kinds"], said, right=self.listed)

    def clean_sorts(self) -> dict[str, str]:
        """Read the table of sorts."""
        said = _("“%(line)s” names no sort of message of ours: see the guide.")
        return _pairs(self.cleaned_data["sorts"], said, right={*SORTS, *BACK_LABELS})

    def clean_names(self) -> dict[str, str]:
        """Read the table of names."""
        said = _("“%(line)s” names no member of ours: see the guide.")
        return _pairs(self.cleaned_data["names"], said, left=OURS)

    def clean(self) -> dict[str, Any]:
        """Gather the pointers."""
        return pointers.gathered(self, POINTERS)

    @classmethod
    def of(cls, platform: Platform, typed: Any = None) -> PlatformForm:
        """Return the form of a platform as it is, or as somebody wants it."""
        plain = ("name", "address", "our_code", "fallback", "polls", "is_on")
        given: dict[str, Any] = {name: getattr(platform, name) for name in plain}
        for name in ("kinds", "sorts", "names"):
            rows = getattr(platform, name).items()
            given[name] = "\n".join(f"{left} = {right}" for left, right in rows)
        given |= {f"at_{name}": platform.mapping.get(name, "") for name in POINTERS}
        given |= {"office": platform.office_id, "place": platform.place and platform.place.code}
        return cls(typed, initial=given, known=True)


def _indented(name: str, path: str) -> str:
    return "\u3000" * (path.count("/") - 1) + name


def _pairs(
    typed: str, refusal: str, *, left: Collection[str] = (), right: Collection[str] = ()
) -> dict[str, str]:
    """Return the pairs of a table, one a line.

    :raises ValidationError: no pair, or one whose side is none of those
    """
    pairs: dict[str, str] = {}
    for line in filter(str.strip, typed.splitlines()):
        one, sign, other = (part.strip() for part in line.rpartition("="))
        known = (not left or one in left) and (not right or other in right)
        if not (one and sign and other and known):
            raise ValidationError(refusal % {"line": line[:80]})
        pairs[one] = other
    if len(pairs) > MOST_LINES:
        raise ValidationError(_("These are more than 500 lines."))
    return pairs


class MoreForm(forms.Form):
    """Until when a hotline is asked to wait, and why."""

    until = moment(gettext_lazy("Until"))
    reason = sentences(gettext_lazy("Why"), longest=500)
