from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import day
from gongzhi.deadlines.models import Calendar

MOST_LIST_BYTES = 1024 * 1024
FIRST_OFF = 5  # Saturday, where nothing else is said
PARTED = re.compile(r"[,，;；、\n]")
SPAN = re.compile(r"\s*(\d{1,2})[:：](\d\d)\s*[-–—~～至到]\s*(\d{1,2})[:：](\d\d)\s*")
Spans = list[list[str]]


class DayForm(forms.Form):
    """What one day is, unlike its week or like it."""

    on = day(gettext_lazy("Day"))
    says = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=(
            ("off", gettext_lazy("a day off")),
            ("works", gettext_lazy("a work day")),
            ("week", gettext_lazy("as the week says")),
        ),
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("What it is called"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "The holiday, as people know it; also for the day worked in exchange."
        ),
    )


class ListForm(forms.Form):
    """A file of days that differ from the week."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, at most 1 MB, in UTF-8 or as Excel writes it (GB 18030)."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> str:
        """Return the text of the file."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_LIST_BYTES:
            raise ValidationError(_("The file is larger than 1 MB: a year has 366 lines at most."))
        raw = file.read()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return str(raw.decode(encoding))
            except UnicodeDecodeError:
                continue
        raise ValidationError(_("The file is no text. Save it as CSV and send it again."))


class HoursForm(forms.Form):
    """The office hours of a usual working day, and of weekdays that have others or none."""

    hours = forms.CharField(
        label=gettext_lazy("Usual office hours"),
        max_length=200,
        help_text=gettext_lazy(
            "Such as 08:30-12:00, 13:30-17:30. A shift may end after midnight: 22:00-05:00."
        ),
    )

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        kwargs["initial"] = {"hours": _written(calendar.hours)}
        super().__init__(*args, **kwargs)
        for n, name in WEEKDAYS.items():
            usual = calendar.hours if n < FIRST_OFF else []
            spans = calendar.week[n] if calendar.week else usual
            own = _written(spans) if spans != calendar.hours else ""
            self.fields[f"works_{n}"] = forms.BooleanField(
                label=name, required=False, initial=bool(spans)
            )
            self.fields[f"own_{n}"] = forms.CharField(
                label=_("Hours on %(weekday)s") % {"weekday": name},
                max_length=200,
                required=False,
                initial=own,
                widget=forms.TextInput(attrs={"placeholder": _("as usual")}),
            )

    def weekdays(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Yield the fields of each weekday: whether it is worked, and its own hours."""
        for n in WEEKDAYS:
            yield self[f"works_{n}"], self[f"own_{n}"]

    def clean(self) -> dict[str, Any]:
        """Return the spans of the usual day, and of each weekday where the week is no usual one."""
        said: dict[str, Any] = super().clean() or {}
        hours = self._read("hours")
        for n in WEEKDAYS:
            if said.get(f"own_{n}") and not said[f"works_{n}"]:
                self.add_error(f"own_{n}", _("Tick the day as well, or take its hours away."))
        week = [self._read(f"own_{n}") or hours if said[f"works_{n}"] else [] for n in WEEKDAYS]
        is_usual = week == [hours] * FIRST_OFF + [[]] * 2
        return {"hours": hours, "week": [] if is_usual else week}

    def _read(self, name: str) -> Spans:
        text = str(self.cleaned_data.get(name, ""))
        try:
            return [_span(part) for part in PARTED.split(text) if part.strip()]
        except ValidationError as fault:
            self.add_error(name, fault)
            return []


def _span(text: str) -> list[str]:
    """Return the times of a span as somebody wrote it.

    :raises ValidationError: it is none
    """
    found = SPAN.fullmatch(text)
    if not found:
        raise ValidationError(
            _("“%(said)s” is no span of time: write it as 08:30-12:00.") % {"said": text.strip()}
        )
    hour, minute, to_hour, to_minute = found.groups()
    return [f"{hour:0>2}:{minute}", f"{to_hour:0>2}:{to_minute}"]


def _written(spans: Sequence[Sequence[str]]) -> str:
    return ", ".join("-".join(span) for span in spans)
