from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import moment, offer
from gongzhi.exchange import pointers
from gongzhi.exchange.readers import NEEDED
from gongzhi.matters.queries import catalogue
from gongzhi.matters.states import State as MatterState
from gongzhi.places.queries import coarse
from gongzhi.webhooks.models import Hook, Inlet

LONGEST_ADDRESS = 500


class HookForm(forms.Form):
    """What another system is told of, and where."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("Of the other system.")
    )
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("For which office"),
        help_text=gettext_lazy("Which asked for it, and is told when it ends."),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    address = forms.URLField(
        label=gettext_lazy("Address"), max_length=LONGEST_ADDRESS, assume_scheme="https"
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Only of these kinds"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("Nothing chosen: of all."),
    )
    places = forms.MultipleChoiceField(
        label=gettext_lazy("Only from these places"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("Each with all that lies in it. Nothing chosen: from all."),
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("Only when it becomes"),
        required=False,
        choices=MatterState.choices,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("Nothing chosen: whatever the state."),
    )
    batched = forms.BooleanField(
        label=gettext_lazy("Many events in one message"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without this each event is sent by itself, which is slower."),
    )
    keep_days = forms.IntegerField(
        label=gettext_lazy("Days for which what was taken can be sent again"),
        min_value=1,
        max_value=90,
        initial=30,
    )

    def __init__(self, *args: Any, hook: Hook | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        today = localdate()
        kinds = catalogue(today).values()
        offer(self, "kinds", [(one.code, one.name) for one in kinds if one.public])
        offer(self, "places", [(one.code, _indented(one.name, one.path)) for one in coarse(today)])
        if hook:
            self.fields["address"].required = False
            self.fields["address"].help_text = gettext_lazy(
                "Leave it empty to keep the one there is."
            )

    @classmethod
    def of(cls, hook: Hook, typed: Any = None) -> HookForm:
        """Return the form of a hook as it is, or as somebody wants it."""
        names = ("name", "kinds", "places", "states", "batched", "keep_days")
        given = {name: getattr(hook, name) for name in names}
        return cls(typed, initial=given | {"office": hook.office_id}, hook=hook)


def _indented(name: str, path: str) -> str:
    return "\u3000" * (path.count("/") - 1) + name


POINTERS = {
    "text": (gettext_lazy("Its text"), "/text"),
    "id": (gettext_lazy("Their id"), "/id"),
    "kind": (gettext_lazy("Their kind"), "/kind"),
    "place": (gettext_lazy("Code of the place"), "/place"),
    "lat": (gettext_lazy("Latitude"), "/lat"),
    "lon": (gettext_lazy("Longitude"), "/lon"),
    "address": (gettext_lazy("Address in words"), "/address"),
    "occurred_at": (gettext_lazy("When it happened"), "/occurred_at"),
    "name": (gettext_lazy("Name of who raised it"), ""),
    "phone": (gettext_lazy("Telephone"), ""),
    "email": (gettext_lazy("E-mail"), ""),
}
WHERE = gettext_lazy(
    "Where it stands in a message, as a JSON pointer: /data/text. Empty below: it is never there."
)
MOST_KINDS = 500


class InletForm(forms.Form):
    """Where another system sends matters, and where in its messages each field stands."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("Of the other system.")
    )
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("For which office"),
        help_text=gettext_lazy("Which asked for it, and is told when it ends."),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How it shows who it is"),
        choices=Inlet.Way.choices,
        widget=forms.RadioSelect,
    )
    fallback = forms.ChoiceField(
        label=gettext_lazy("Our kind for all others"),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    kinds = forms.CharField(
        label=gettext_lazy("Our kind for each of theirs"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line: theirs = the code of ours."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.listed = {code: one.name for code, one in catalogue(localdate()).items()}
        offer(self, "fallback", sorted(self.listed.items(), key=lambda one: one[1]))
        pointers.ask(self, POINTERS, needed=NEEDED, help_text=WHERE)

    def clean_kinds(self) -> dict[str, str]:
        """Read the table."""
        table: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["kinds"].splitlines()):
            theirs, sign, ours = (part.strip() for part in line.rpartition("="))
            if not (theirs and sign and ours in self.listed):
                said = _("“%(line)s” names no kind of the catalogue: write theirs = street_light.")
                raise ValidationError(said % {"line": line[:80]})
            table[theirs] = ours
        if len(table) > MOST_KINDS:
            raise ValidationError(_("These are more than 500 kinds."))
        return table

    def clean(self) -> dict[str, Any]:
        """Gather the pointers."""
        return pointers.gathered(self, POINTERS)

    @classmethod
    def of(cls, inlet: Inlet, typed: Any = None) -> InletForm:
        """Return the form of an inlet as it is, or as somebody wants it."""
        given = {name: getattr(inlet, name) for name in ("name", "way", "fallback")}
        given["kinds"] = "\n".join(f"{theirs} = {ours}" for theirs, ours in inlet.kinds.items())
        given |= {f"at_{name}": inlet.mapping.get(name, "") for name in POINTERS}
        return cls(typed, initial=given | {"office": inlet.office_id})


class SampleForm(forms.Form):
    """A message of the other system, to see what would become of it."""

    sample = forms.CharField(
        label=gettext_lazy("A message of theirs"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )


class SpanForm(forms.Form):
    """A span of time of which everything is sent again."""

    since = moment(gettext_lazy("From"))
    until = moment(gettext_lazy("Up to"))
