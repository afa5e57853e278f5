"""Fields that the forms of several businesses share: how somebody is reached, and a drawn signature."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from PIL import Image, UnidentifiedImageError

from gongzhi.matters.receipts import phone
from gongzhi.parties.reach import Reach, Way

HEAD = "data:image/png;base64,"
LONGEST_DRAWING = 400_000
SIZE = (600, 200)
DARK = 160
FEWEST_DARK = 40  # pixels: less is a dot


class ReachFields(forms.Form):
    """How a person is reached, and the only safe way and hours; `reach` is the value of it."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    address = forms.CharField(label=gettext_lazy("Postal address"), max_length=200, required=False)
    way = forms.ChoiceField(
        label=gettext_lazy("How may we write to you?"),
        choices=[("", gettext_lazy("by telephone or e-mail, whichever is given")), *Way.choices],
        required=False,
        help_text=gettext_lazy(
            "If only one way is safe for you, choose it: nothing is ever sent elsewhere."
        ),
    )
    hour_from = forms.IntegerField(
        label=gettext_lazy("Safe from (hour)"), min_value=0, max_value=23, required=False
    )
    hour_to = forms.IntegerField(
        label=gettext_lazy("Safe until (hour)"), min_value=0, max_value=23, required=False
    )
    minds = forms.CharField(
        label=gettext_lazy("What to mind when calling you"), max_length=200, required=False
    )

    def clean_phone(self) -> str:
        """Return the number in digits."""
        typed: str = self.cleaned_data["phone"]
        return phone(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """Refuse a way without its address: nothing could be sent by it."""
        said = super().clean() or self.cleaned_data
        way = said.get("way")
        if way in (Way.PHONE, Way.EMAIL) and not said.get(way) and way not in self.errors:
            self.add_error(way, _("You want to be written to by this way: fill it in."))
        return said

    def reach(self) -> Reach:
        """Return what was filled in."""
        said = self.cleaned_data
        return Reach(**{
            name: said.get(name) or getattr(Reach(), name) for name in Reach.__dataclass_fields__
        })  # fmt: skip


class DrawnField(forms.CharField):
    """A drawn signature; its clean value is a black-and-white PNG in base64, 600 × 200 at most."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("Signature"))
        more.setdefault("widget", forms.HiddenInput(attrs={"data-sign": ""}))
        wanted = gettext_lazy("Draw your signature in the box.")
        super().__init__(max_length=LONGEST_DRAWING, error_messages={"required": wanted}, **more)

    def clean(self, value: Any) -> str:
        """Return the drawing, written anew.

        :raises ValidationError: no picture, or nothing was drawn
        """
        typed = super().clean(value)
        return drawn(typed) if typed else ""


def drawn(typed: str) -> str:
    """Return a drawing, a PNG as data address or base64, written anew as such base64.

    :raises ValidationError: no picture, or nothing was drawn
    """
    try:
        content = base64.b64decode(typed.removeprefix(HEAD), validate=True)
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            if image.width > 4 * SIZE[0] or image.height > 4 * SIZE[1]:
                raise ValidationError(_("The drawing is too large: draw it again."))
            ink = Image.new("RGB", image.size, "white")
            ink.paste(image.convert("RGB"), mask=image.convert("RGBA").getchannel("A"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise ValidationError(_("The drawing is too large: draw it again.")) from fault
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError) as fault:
        raise ValidationError(_("The drawing did not arrive: draw it again.")) from fault
    ink.thumbnail(SIZE)
    plain = ink.convert("L").point(lambda grey: 0 if grey < DARK else 255)
    if plain.histogram()[0] < FEWEST_DARK:
        raise ValidationError(_("Draw your signature in the box."))
    written = BytesIO()
    plain.convert("1").save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()
