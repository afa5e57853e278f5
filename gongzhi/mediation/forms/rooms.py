from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.base.fields import sentences
from gongzhi.matters.uploads import UploadsField
from gongzhi.mediation.models import LONGEST_WORDS


class SayForm(forms.Form):
    """Words and papers for a room."""

    words = sentences(_("What do you want to say?"), rows=3, longest=LONGEST_WORDS)
    uploads = UploadsField()
