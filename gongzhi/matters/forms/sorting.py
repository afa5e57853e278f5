"""The forms of the centre: refuse, sort, hand on, join, split."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gongzhi.accounts.models import Office, Role, Staff, User
from gongzhi.audit.queries import history
from gongzhi.base import ids
from gongzhi.base.fields import sentences
from gongzhi.matters import queries, rules
from gongzhi.matters.forms.fields import MoveForm, PhrasedForm
from gongzhi.matters.models import Kind, Matter
from gongzhi.places.models import Place
from gongzhi.places.queries import below, chain, on_day

BEST_KINDS = 4


class RefuseForm(PhrasedForm):
    reason = sentences(gettext_lazy("Reason"), longest=500)
    remedy = sentences(
        gettext_lazy("What they can do instead, and who is responsible"), longest=500
    )


@dataclass(frozen=True, slots=True)
class SuggestedKind:
    """A kind that the words of a matter speak for."""

    code: str
    name: str
    percent: int
    words: str
    sure: bool


class SortForm(MoveForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)

    def prepare(self) -> None:
        matter, today = self.about.matter, localdate(self.about.at)
        named = queries.kind_names(today)
        self.initial = {"kind": matter.kind_code, "urgent": matter.urgent, **self.initial}
        self.offer("kind", [(group, list(kinds.items())) for group, kinds in named.items()])
        names = {code: name for kinds in named.values() for code, name in kinds.items()}
        found = queries.suggest_kind(matter.text, today, matter.title)[:BEST_KINDS]
        self.suggested = [
            SuggestedKind(
                s.label, names[s.label], round(s.share * 100), "、".join(s.words[:6]), s.sure
            )
            for s in found
            if s.label in names
        ]

    def clean_kind(self) -> Kind:
        """Return the edition in force today."""
        return in_force(self.cleaned_data["kind"], self.about.at)


def in_force(code: str, at: datetime) -> Kind:
    """Return the edition of a kind in force at ``at``.

    :raises ValidationError: it is not listed any more
    """
    found = queries.kind(code, localdate(at))
    if not found:
        raise ValidationError(_("This kind is not listed any more: choose another."))
    return found


class AboutForm(MoveForm):
    office = forms.ChoiceField(
        label=gettext_lazy("Which office it complains about"),
        widget=forms.Select(attrs={"data-searchable": ""}),
        help_text=gettext_lazy(
            "From then on nobody of that office, above or below it sees the matter. If it is about "
            "one colleague alone, keep it from that colleague as well."
        ),
    )

    def prepare(self) -> None:
        self.offer("office", [*queries.complained_about()[1:-1]])

    def clean_office(self) -> Office:
        """Return the office."""
        found = queries.office_named(self.cleaned_data["office"])
        if found is None:
            raise ValidationError(_("This office is closed: choose another."))
        return found


class KeepFromForm(MoveForm):
    colleague = forms.CharField(
        label=gettext_lazy("Sign-in name of the colleague"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = sentences(gettext_lazy("Reason"), longest=500)

    def clean_colleague(self) -> User:
        """Return the colleague."""
        found = User.objects.filter(username__iexact=self.cleaned_data["colleague"].strip()).first()
        if found is None:
            raise ValidationError(_("Nobody here signs in with this name. Check it."))
        return found


class RelocateForm(MoveForm):
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        required=False,
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    code = forms.CharField(
        label=gettext_lazy("Or its code, such as that of a grid"), max_length=24, required=False
    )

    def prepare(self) -> None:
        self.places = on_day(localdate(self.about.at)).filter(below("path", self._mine()))
        known = queries.to_relocate(self.places, self.about.matter)
        depth = min((place.path.count("/") for place in known), default=0)
        listed = [(p.code, "　" * (p.path.count("/") - depth) + p.name) for p in known]
        self.offer("place", [("", _("Choose")), *listed])

    def _mine(self) -> tuple[str, ...]:
        by = self.about.by
        return by.paths(Role.ACCEPTOR, Role.DISPATCHER) if isinstance(by, Staff) else ()

    def clean(self) -> dict[str, Any]:
        """Find the place that is meant, among those the person sorts matters for."""
        said = self.cleaned_data
        typed, chosen = said.pop("code", "").strip(), said.pop("place", "")
        place = self.places.filter(code=typed or chosen).first()
        if place is None:
            name = "code" if typed else "place"
            self.add_error(name, _("Choose a place that you sort matters for."))
        return said | {"place": place}


class MergeForm(MoveForm):
    near = forms.ChoiceField(
        label=gettext_lazy("Open ones nearby, the likeliest first"),
        required=False,
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=gettext_lazy("Or its number"), max_length=40, required=False)

    def prepare(self) -> None:
        matter, by = self.about.matter, self.about.by
        found = queries.repeated(matter, by, self.about.at)
        near = {one.number: f"{one.number} {one.title} ({_how_near(one)})" for one in found}
        if said := queries.said_same(matter, history(matter.pk), by):
            known = near.pop(said.number, f"{said.number} {said.title}")
            near = {said.number: _("%(matter)s · its requester says so") % {"matter": known}} | near
        self.offer("near", list(near.items()))
        if not near:
            del self.fields["near"]
            self.fields["number"].label = _("Its number")

    def clean(self) -> dict[str, Any]:
        """Find the matter that is meant, among those the person may see."""
        said = self.cleaned_data
        typed, near = said.pop("number", ""), said.pop("near", "")
        number = ids.tidy_number(typed) if typed else near
        seen = rules.visible(Matter.objects.filter(number=number), self.about.by)
        into = seen.first() if number else None
        if into is None:
            self.add_error(
                "number", _("There is no such matter that you may see. Check the number.")
            )
        return said | {"into": into}


def _how_near(one: queries.Near) -> str:
    """Return how far a matter is from another in place and time, and the words of both."""
    near = one.nearness
    said = [] if near.metres is None else [_("%(n)d m away") % {"n": round(near.metres, -1)}]
    apart = ngettext("%(n)d day apart", "%(n)d days apart", near.days) % {"n": near.days}
    said.append(apart if near.days else _("the same day"))
    if one.words:
        said.append(_("both say: %(words)s") % {"words": "、".join(one.words)})
    return " · ".join(said)


class AssignForm(MoveForm):
    place = forms.ChoiceField(label=gettext_lazy("To whom"))
    reason = sentences(gettext_lazy("Reason"))

    def prepare(self) -> None:
        matter = self.about.matter
        self.places = {
            place.code: place
            for place in chain(matter.chain)
            if place.path != matter.desk and place.path.startswith(matter.desk)
        }
        self.offer("place", [(code, place.name) for code, place in self.places.items()])

    def clean_place(self) -> Place:
        """Return the place."""
        return self.places[self.cleaned_data["place"]]
