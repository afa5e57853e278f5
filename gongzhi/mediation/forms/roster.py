from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office, Role, User
from gongzhi.accounts.queries import posts_in
from gongzhi.base.fields import offer
from gongzhi.matters.receipts import phone
from gongzhi.mediation.models import Mediator
from gongzhi.mediation.words import LANGUAGES, kinds


class RowForm(forms.Form):
    """What a mediator speaks, knows and takes."""

    languages = forms.MultipleChoiceField(
        label=_("Speaks"), choices=[*LANGUAGES.items()], widget=forms.CheckboxSelectMultiple
    )
    knows = forms.MultipleChoiceField(
        label=_("Knows disputes about"), widget=forms.CheckboxSelectMultiple, required=False
    )
    most = forms.IntegerField(label=_("Open cases at most"), min_value=1, max_value=100, initial=10)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        help_text=_("Only to see whether a party has the same; it is sealed and never shown."),
    )

    def __init__(self, *args: Any, mediator: Mediator | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "knows", [*kinds().items()])
        if mediator:
            self.initial = {
                "languages": mediator.languages.split(),
                "knows": mediator.kinds.split(),
                "most": mediator.most,
            }

    def clean_phone(self) -> str:
        """Return the number in digits."""
        typed: str = self.cleaned_data["phone"]
        return phone(typed) if typed else ""


class ListForm(RowForm):
    """Somebody new on the roster: who serves as mediator and does not stand there yet."""

    user = forms.ChoiceField(label=_("Mediator"))
    field_order = ["user"]

    def __init__(self, *args: Any, committee: Office, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        serving = posts_in(committee.pk, at).filter(role=Role.MEDIATOR).values("user")
        there = Mediator.objects.filter(committee=committee, delisted_at=None).values("user")
        some = User.objects.filter(pk__in=serving).exclude(pk__in=there)
        self.known = {str(one.pk): one for one in some.order_by("name_zh")}
        offer(self, "user", [(key, one.name) for key, one in self.known.items()])

    def clean_user(self) -> User:
        """Return the account."""
        return self.known[self.cleaned_data["user"]]
