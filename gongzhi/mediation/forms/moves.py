"""The forms of moves: of the committee, the mediators and the parties."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from gongzhi.base.fields import moment, offer, sentences
from gongzhi.mediation import queries
from gongzhi.mediation.forms.fields import MoveForm
from gongzhi.mediation.models import LONGEST_WORDS, How, Offer, Session
from gongzhi.mediation.states import ONLY_PARTY
from gongzhi.parties.fields import ReachFields
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member

USUAL = timedelta(days=7)  # for which an offer stands


class ReasonForm(MoveForm):
    reason = sentences(_("Reason"), rows=2)


class OwnForm(MoveForm):
    """A party says where its own side stands."""

    def given(self) -> dict[str, Any]:
        """Return whose word it is."""
        by = self.about.by
        if not isinstance(by, Member):
            raise PermissionDenied(ONLY_PARTY)
        return {"whose": Party.objects.get(pk=by.side)}


class RecordForm(MoveForm):
    """A clerk writes down what a party said."""

    whose = forms.ChoiceField(label=_("Which party"))
    how = forms.ChoiceField(
        label=_("How you heard it"),
        choices=[
            (How.TELEPHONE.value, How.TELEPHONE.label),
            (How.COUNTER.value, How.COUNTER.label),
        ],
    )
    statement = sentences(_("What they said, in their words"), rows=2)

    def prepare(self) -> None:
        self.sides = {str(one.pk): one for one in queries.sides(self.about.case)}
        offer(self, "whose", [(key, one.name) for key, one in self.sides.items()])

    def clean_whose(self) -> Party:
        """Return the party."""
        return self.sides[self.cleaned_data["whose"]]


class AdmitForm(MoveForm, ReachFields):
    """One more party, or who acts for one."""

    acts_for = forms.ChoiceField(label=_("Acts for"), required=False)
    field_order = ["acts_for"]

    def prepare(self) -> None:
        self.sides = {str(one.pk): one for one in queries.sides(self.about.case)}
        nobody = ("", _("nobody: a party of their own"))
        offer(self, "acts_for", [nobody, *((key, one.name) for key, one in self.sides.items())])

    def given(self) -> dict[str, Any]:
        """Return how they are reached, and for whom they act."""
        return {"reach": self.reach(), "acts_for": self.sides.get(self.cleaned_data["acts_for"])}


class AssignForm(MoveForm):
    """The roster, who suits best first, with the reasons."""

    mediators = forms.MultipleChoiceField(
        label=_("Mediators"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least one mediator.")},
        help_text=_("Who suits best stands first. Nothing is shown to them before they declare."),
    )
    looked_into = forms.BooleanField(
        label=_("I looked into it: the one of the same name is somebody else"), required=False
    )

    def prepare(self) -> None:
        found = [one for one in queries.candidates(self.about.case) if not one.bar]
        self.known = {str(one.mediator.pk): one.mediator for one in found}
        shown = [(str(c.mediator.pk), f"{c.mediator}: {'；'.join(c.reasons)}") for c in found]
        offer(self, "mediators", shown)
        if not any(one.same_name for one in found):
            del self.fields["looked_into"]

    def clean_mediators(self) -> list[Any]:
        """Return the rows of the roster."""
        return [self.known[key] for key in self.cleaned_data["mediators"]]


class DeclareForm(MoveForm):
    """What ties the mediator to a party; whoever has a tie does not mediate."""

    kinship = forms.TypedChoiceField(
        label=_("Are you related to a party or their representative?"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    interest = forms.TypedChoiceField(
        label=_(
            "Do you gain or lose by how it ends, or know a party so that others may doubt you?"
        ),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    words = sentences(_("More about it"), rows=2, required=False)


class ChooseForm(MoveForm):
    """The roster as a party sees it: names, languages and kinds."""

    mediator = forms.ChoiceField(label=_("Whom would you like?"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        self.known = {str(one.pk): one for one in queries.roster(self.about.case.committee_id)}
        offer(self, "mediator", [(key, one.introduced) for key, one in self.known.items()])

    def clean_mediator(self) -> Any:
        """Return the row of the roster."""
        return self.known[self.cleaned_data["mediator"]]


class ChallengeForm(MoveForm):
    """To which mediator a party objects."""

    assignment = forms.ChoiceField(label=_("Mediator"), widget=forms.RadioSelect)
    reason = sentences(_("Reason, if you like to give one"), rows=2, required=False)

    def prepare(self) -> None:
        self.known = {str(one.pk): one for one in self.about.case.mediators}
        offer(self, "assignment", [(key, str(one.mediator)) for key, one in self.known.items()])
        self.initial.setdefault("assignment", next(iter(self.known), None))

    def clean_assignment(self) -> Any:
        """Return as what they are named."""
        return self.known[self.cleaned_data["assignment"]]


class RelieveForm(ChallengeForm):
    """Which mediator the head relieves, and why."""

    reason = sentences(_("Reason"), rows=2)


# --- Offers and sessions.


class RenewForm(MoveForm):
    text = sentences(_("How it could be settled"), rows=5, longest=LONGEST_WORDS)
    expires_at = moment(_("Open until"))

    def prepare(self) -> None:
        self.initial.setdefault("expires_at", _evening(self.about.at + USUAL))
        if isinstance(self.about.row, Offer):
            self.initial.setdefault("text", self.about.row.text)


class OfferForm(RenewForm):
    to = forms.ChoiceField(label=_("To whom"), required=False)
    field_order = ["to"]

    def prepare(self) -> None:
        super().prepare()
        mine = getattr(self.about.by, "side", None)
        self.sides = {str(s.pk): s for s in queries.sides(self.about.case) if s.pk != mine}
        shown = [("", _("to all others")), *((key, one.name) for key, one in self.sides.items())]
        offer(self, "to", shown)

    def clean_to(self) -> Party | None:
        """Return the one party, or None for all."""
        return self.sides.get(self.cleaned_data["to"])


class RescheduleForm(MoveForm):
    begins_at = moment(_("When"))
    where = forms.CharField(label=_("Where to come"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Address of an online meeting"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )

    def prepare(self) -> None:
        if isinstance(self.about.row, Session):
            for name in ("begins_at", "where", "link"):
                self.initial.setdefault(name, getattr(self.about.row, name))


class PlanForm(RescheduleForm):
    only = forms.ChoiceField(label=_("With whom"), required=False)
    field_order = ["only"]

    def prepare(self) -> None:
        self.sides = {str(one.pk): one for one in queries.sides(self.about.case)}
        all_of_them = ("", _("with all parties"))
        alone = [
            (key, _("with %(name)s alone") % {"name": s.name}) for key, s in self.sides.items()
        ]
        offer(self, "only", [all_of_them, *alone])

    def clean_only(self) -> Party | None:
        """Return the one party, or None for all."""
        return self.sides.get(self.cleaned_data["only"])


class HoldForm(MoveForm):
    minutes = sentences(_("What was said and what came of it"), rows=8, longest=20_000)


def _evening(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
