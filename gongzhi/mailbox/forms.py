"""What administrators say of a mailbox or a robot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import offer
from gongzhi.mailbox.models import Mailbox, Robot
from gongzhi.places.queries import coarse, coarse_by_code

HIDDEN = {"autocomplete": "off"}
MOST_PORT = 65_535
KEEP_IT = gettext_lazy("Leave it empty to keep the one there is.")


class Serving(forms.Form):
    """What a mailbox and a robot share: name, office, place, and whether it is on."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("For which office"),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Place of what names none"),
        required=False,
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    is_on = forms.BooleanField(label=gettext_lazy("On"), required=False, initial=True)

    hidden: tuple[str, ...] = ()

    def __init__(self, *args: Any, known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        places = [(one.code, _indented(one.name, one.path)) for one in coarse(localdate())]
        offer(self, "place", [("", "—"), *places])
        for name in self.hidden if known else ():
            self.fields[name].required = False
            self.fields[name].help_text = KEEP_IT

    def clean_place(self) -> Any:
        """Return the place, or none."""
        return coarse_by_code(localdate()).get(self.cleaned_data["place"])


def _indented(name: str, path: str) -> str:
    return "\u3000" * (path.count("/") - 1) + name


def _given(found: Mailbox | Robot, *names: str) -> dict[str, Any]:
    given = {name: getattr(found, name) for name in ("name", "is_on", *names)}
    return given | {"office": found.office_id, "place": found.place and found.place.code}


class MailboxForm(Serving):
    """Where a mailbox is and what it serves."""

    hidden = ("user", "password")
    field_order = ("name", "address", "host", "port", "line", "user", "password", "folder")

    address = forms.EmailField(
        label=gettext_lazy("Its address"),
        max_length=200,
        help_text=gettext_lazy("What people write to; receipts are answered to it."),
    )
    host = forms.CharField(label=gettext_lazy("Host of the IMAP server"), max_length=200)
    port = forms.IntegerField(
        label=gettext_lazy("Port"), min_value=1, max_value=MOST_PORT, initial=993
    )
    line = forms.ChoiceField(
        label=gettext_lazy("Connection"), choices=Mailbox.Line.choices, widget=forms.RadioSelect,
        initial=Mailbox.Line.TLS,
    )  # fmt: skip
    user = forms.CharField(
        label=gettext_lazy("User"), max_length=200, widget=forms.TextInput(attrs=HIDDEN)
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Kept sealed and never shown. Many services give one for programs alone."
        ),
    )
    folder = forms.CharField(label=gettext_lazy("Mail folder"), max_length=100, initial="INBOX")

    @classmethod
    def of(cls, mailbox: Mailbox, typed: Any = None) -> MailboxForm:
        """Return the form of a mailbox as it is, or as somebody wants it."""
        given = _given(mailbox, "address", "host", "port", "line", "folder")
        return cls(typed, initial=given, known=True)


class RobotForm(Serving):
    """What a robot is known by and what it serves."""

    hidden = ("token", "aes_key", "receiver", "secret")
    field_order = ("name", "sort", "token", "aes_key", "receiver", "secret")

    sort = forms.ChoiceField(
        label=gettext_lazy("Messenger"), choices=Robot.Sort.choices, widget=forms.RadioSelect
    )
    token = forms.CharField(
        label=gettext_lazy("Token (Enterprise WeChat)"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=HIDDEN),
    )
    aes_key = forms.CharField(
        label=gettext_lazy("EncodingAESKey (Enterprise WeChat)"),
        max_length=43,
        required=False,
        widget=forms.PasswordInput(attrs=HIDDEN),
    )
    receiver = forms.CharField(
        label=gettext_lazy("CorpID (Enterprise WeChat)"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=HIDDEN),
    )
    secret = forms.CharField(
        label=gettext_lazy("AppSecret (DingTalk)"),
        max_length=120,
        required=False,
        widget=forms.PasswordInput(attrs=HIDDEN),
        help_text=gettext_lazy("All of these are kept sealed and never shown."),
    )

    def __init__(self, *args: Any, known: bool = False, **more: Any) -> None:
        super().__init__(*args, known=known, **more)
        if known:
            self.fields["sort"].disabled = True
            self.fields["sort"].help_text = _("Another messenger is another robot.")

    @classmethod
    def of(cls, robot: Robot, typed: Any = None) -> RobotForm:
        """Return the form of a robot as it is, or as somebody wants it."""
        return cls(typed, initial=_given(robot, "sort"), known=True)
