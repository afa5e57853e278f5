from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.fields import moment, offer
from gongzhi.matters.queries import catalogue
from gongzhi.matters.states import State as MatterState
from gongzhi.places.queries import coarse
from gongzhi.webhooks.models import Hook

LONGEST_ADDRESS = 500


class HookForm(forms.Form):
    """What another system is told of, and where."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Of the other system."))
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("code"),
        label=_("For which office"),
        help_text=_("Which asked for it, and is told when it ends."),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    address = forms.URLField(label=_("Address"), max_length=LONGEST_ADDRESS, assume_scheme="https")
    kinds = forms.MultipleChoiceField(
        label=_("Only of these kinds"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Nothing chosen: of all."),
    )
    places = forms.MultipleChoiceField(
        label=_("Only from these places"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Each with all that lies in it. Nothing chosen: from all."),
    )
    states = forms.MultipleChoiceField(
        label=_("Only when it becomes"),
        required=False,
        choices=MatterState.choices,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Nothing chosen: whatever the state."),
    )
    batched = forms.BooleanField(
        label=_("Many events in one message"),
        required=False,
        initial=True,
        help_text=_("Without this each event is sent by itself, which is slower."),
    )
    keep_days = forms.IntegerField(
        label=_("Days for which what was taken can be sent again"),
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
            self.fields["address"].help_text = _("Leave it empty to keep the one there is.")

    @classmethod
    def of(cls, hook: Hook, typed: Any = None) -> HookForm:
        """Return the form of a hook as it is, or as somebody wants it."""
        names = ("name", "kinds", "places", "states", "batched", "keep_days")
        given = {name: getattr(hook, name) for name in names}
        return cls(typed, initial=given | {"office": hook.office_id}, hook=hook)


def _indented(name: str, path: str) -> str:
    return "\u3000" * (path.count("/") - 1) + name


class SpanForm(forms.Form):
    """A span of time of which everything is sent again."""

    since = moment(_("From"))
    until = moment(_("Up to"))
