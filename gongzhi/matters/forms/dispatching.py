"""The forms that name offices: dispatch, send on, involve, split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import house, offices_above
from gongzhi.base.fields import sentences
from gongzhi.matters import queries
from gongzhi.matters.forms.fields import Choices, MoveForm, ReasonForm
from gongzhi.matters.forms.sorting import in_force
from gongzhi.matters.models import LONGEST_TEXT, Kind


def one_office(label: Any, **kwargs: Any) -> forms.ChoiceField:
    """Return a field that names one office; a long list gets a field that narrows it."""
    return forms.ChoiceField(
        label=label, widget=forms.Select(attrs={"data-searchable": ""}), **kwargs
    )


class OfficeForm(MoveForm):
    """A form that names offices of the place, the one by the duty list first."""

    whose: queries.Whose | None = None
    offered: Sequence[Office] = ()

    def prepare(self) -> None:
        matter = self.about.matter
        theirs = house([matter.about_office_id])
        self.offices: dict[str, Office] = {
            office.code: office for office in offices_above(matter.chain) if office.pk not in theirs
        }

    def suggest(self, nobody: Any) -> None:
        """Offer ``office``: the one whose duty it is where it has not got it, else ``nobody``."""
        matter = self.about.matter
        self.offered = [o for o in self.offices.values() if o.pk != matter.office_id]
        self.whose = queries.whose(matter, self.offered, localdate(self.about.at))
        own = self.whose.lead
        listed: Choices = [("", nobody)]
        if own:
            self.initial.setdefault("office", own.code)
            group = (_("By the duty list"), [(own.code, own.name)])
            listed = [*listed, group] if not self.fields["office"].required else [group]
        rest = [(o.code, o.name) for o in self.offered if o != own]
        self.offer("office", [*listed, (_("Other offices"), rest)])

    @cached_property
    def precedent(self) -> queries.Precedent | None:
        """What similar matters ended with; asked for where it is drawn."""
        about = self.about
        return queries.precedent(about.matter, self.offered, about.at) if self.offered else None

    @cached_property
    def past(self) -> list[queries.Past]:
        """Those of them that the reader may open."""
        return queries.past(self.precedent, self.about.by) if self.precedent else []

    def clean_office(self) -> Office | None:
        """Return the office, where one is chosen."""
        return self.offices.get(self.cleaned_data["office"])


class DispatchForm(OfficeForm):
    office = one_office(gettext_lazy("Office that leads"))
    others = forms.MultipleChoiceField(
        label=gettext_lazy("Offices that work on it too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first = forms.BooleanField(
        label=gettext_lazy("No duty is clear: it leads as the first receiver"),
        help_text=gettext_lazy("It cannot object, and leads until another office takes over."),
        required=False,
    )
    words = sentences(gettext_lazy("A word to the office"), rows=2, longest=500, required=False)

    def prepare(self) -> None:
        super().prepare()
        self.suggest(_("No office has this duty here: choose one"))
        self.offer("others", [(o.code, o.name) for o in self.offices.values()])
        helps = self.whose.helpers if self.whose else ()
        self.initial.setdefault("others", [office.code for office in helps])

    def clean_others(self) -> list[Office]:
        """Return the offices.

        :raises ValidationError: the one that leads is among them
        """
        others = [self.offices[code] for code in self.cleaned_data["others"]]
        if self.cleaned_data.get("office") in others:
            raise ValidationError(_("This office leads already: leave it out here."))
        return others


class SendBackForm(OfficeForm, ReasonForm):
    office = one_office(gettext_lazy("Send it on to"), required=False)
    field_order = ("office", "reason")

    def prepare(self) -> None:
        super().prepare()
        self.suggest(_("Nobody yet: it waits for dispatch"))


class InvolveForm(OfficeForm):
    office = one_office(gettext_lazy("Office"))
    words = sentences(gettext_lazy("What it should do"), longest=500)

    def prepare(self) -> None:
        super().prepare()
        busy = {task.office_id for task in self.about.matter.tasks.all() if task.is_open}
        free = [(o.code, o.name) for o in self.offices.values() if o.pk not in busy]
        self.offer("office", [("", _("Choose")), *free])


class SplitForm(OfficeForm):
    words = sentences(
        gettext_lazy("What this part is about"),
        longest=LONGEST_TEXT,
        help_text=gettext_lazy("The office that gets it reads this instead of the whole."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    office = one_office(gettext_lazy("Send it at once to"), required=False)

    def prepare(self) -> None:
        super().prepare()
        named = queries.kind_names(localdate(self.about.at))
        self.initial.setdefault("kind", self.about.matter.kind_code)
        self.offer("kind", [(group, list(kinds.items())) for group, kinds in named.items()])
        listed = [(office.code, office.name) for office in self.offices.values()]
        self.offer("office", [("", _("Not yet: it waits for dispatch")), *listed])

    def clean_kind(self) -> Kind:
        """Return the edition in force today."""
        return in_force(self.cleaned_data["kind"], self.about.at)
