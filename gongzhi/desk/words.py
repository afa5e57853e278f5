"""What is said on the telephone, in the language of who is called.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, to_locale


@dataclass(frozen=True, slots=True)
class Script:
    """The sentences of a call back, in their order; ``lang`` is their language for a browser."""

    lang: str
    greeting: str
    asked: str
    answered: str
    in_time: str
    solved: str
    satisfied: str
    still: str
    thanks: str
    sorry: str


def script(language: str, *, place: str, caller: str, office: str, raised_at: datetime) -> Script:
    """Return what to say; nothing of the matter stands in the greeting: somebody else may answer."""
    with override(language):
        said = {
            "place": place,
            "caller": caller,
            "office": office,
            "day": date_format(localtime(raised_at), "MONTH_DAY_FORMAT"),
        }
        return Script(
            lang=to_locale(language).replace("_", "-"),
            greeting=_(
                "Hello, this is %(caller)s of the governance centre of %(place)s. Do I speak to the "
                "person who turned to us on %(day)s? May I ask you three short questions?"
            )
            % said,
            asked=_("You told us:"),
            answered=_("%(office)s answered you:") % said,
            in_time=_("Did they get back to you in time?"),
            solved=_("Is it solved?"),
            satisfied=_("How satisfied are you, from 1 (not at all) to 5 (very)?"),
            still=_("What is still not right?"),
            thanks=_("Thank you. Only the centre reads what you said, never the office. Goodbye."),
            sorry=_(
                "I am sorry. We have it done again and tell you the new date; the first one stays on "
                "record. Goodbye."
            ),
        )
