from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import day
from gongzhi.matters.models import Phrase
from gongzhi.matters.phrasing import FIELDS
from gongzhi.matters.queries import kind_names
from gongzhi.matters.states import MATTER

MOVES = {name: MATTER[name].label for name in FIELDS}
WITH_REMEDY = [name for name, fields in FIELDS.items() if "remedy" in fields]


def words(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """Return a field for the text of a phrase."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class PhraseForm(forms.Form):
    """One edition of a phrase; of the next one code and move stay."""

    code = forms.SlugField(
        max_length=60,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small letters, digits and underscores, such as lamp_repaired."),
    )
    move = forms.ChoiceField(label=gettext_lazy("For which move"), choices=[*MOVES.items()])
    kind_code = forms.ChoiceField(
        label=gettext_lazy("For which kind"),
        required=False,
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    listed_on = day(gettext_lazy("Offered from"), initial=localdate)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    words_zh = words(gettext_lazy("Words in Chinese"))
    words_en = words(gettext_lazy("Words in English"))
    remedy_zh = words(gettext_lazy("What they can do instead, in Chinese"), rows=2, required=False)
    remedy_en = words(gettext_lazy("What they can do instead, in English"), rows=2, required=False)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=160, required=False)

    def __init__(self, *args: Any, last: Phrase | None = None, **kwargs: Any) -> None:
        if last:
            names = self.base_fields.keys() - {"listed_on"}
            kwargs["initial"] = {name: getattr(last, name) for name in names}
        super().__init__(*args, **kwargs)
        named = kind_names(localdate())
        kinds = [(group, list(some.items())) for group, some in named.items()]
        self.fields["kind_code"].choices = [("", _("All kinds")), *kinds]  # type: ignore[attr-defined]
        moves = " · ".join(str(MOVES[name]) for name in WITH_REMEDY)
        self.fields["remedy_zh"].help_text = _("Only for: %(moves)s") % {"moves": moves}
        if last:
            del self.fields["code"], self.fields["move"]
        if last and last.move not in WITH_REMEDY:
            del self.fields["remedy_zh"], self.fields["remedy_en"]


class FilterPhrasesForm(forms.Form):
    """Which phrases of the list are shown."""

    move = forms.ChoiceField(label=gettext_lazy("Move"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, kinds: dict[str, dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[tuple[str, Any]] = [(name, list(some.items())) for name, some in kinds.items()]
        self.fields["move"].choices = [("", _("All moves")), *MOVES.items()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All kinds")), *groups]  # type: ignore[attr-defined]
