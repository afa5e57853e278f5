"""The optional assistant writes for a colleague; what it writes is shown to them and kept nowhere."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import spend
from gongzhi.advice.assistant import Assistant, NothingWritten, is_chinese
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.matters import queries, rules
from gongzhi.matters.models import Matter

log = logging.getLogger(__name__)
MOST, WINDOW = 30, timedelta(hours=1)  # calls of one person
# However slow the service is, in one process no more than these wait for it: the others serve people.
WAITING = BoundedSemaphore(2)


def assist(matter: Matter, *, what: str, by: Actor, at: datetime) -> str:
    """Return what the assistant writes of ``matter``: untrusted text that nobody has checked.

    ``what`` is draft, summarise or translate.  Who asked for what is recorded before anything
    leaves, never the text.  Call it outside a transaction: the service may take long.

    :raises PermissionDenied: not theirs to ask, or a file that is never sent anywhere
    :raises ValidationError: there is no assistant, or nothing usable came from it
    :raises TooMany: too often
    """
    if not settings.ASSISTANT:
        raise ValidationError(_("There is no assistant here."))
    if not rules.may_assist(by, matter, what):
        raise PermissionDenied(_("The assistant is never asked about this, or not by you."))
    if not WAITING.acquire(blocking=False):
        raise ValidationError(_("The assistant is busy. Go on without it, or try again later."))
    try:
        spend("assistant", str(by.id), limit=MOST, window=WINDOW, by=by, at=at)
        record(matter, verb=f"matter.{what}", by=by, at=at)
        file, known = queries.file_for(what, matter), queries.contact(matter, shown=True)
        service = Assistant(settings.ASSISTANT, settings.ASSISTANT_KEY, settings.ASSISTANT_MODEL)
        return service.write(what, file, _language(what, matter), [one.value for one in known])
    except NothingWritten as fault:
        log.warning("the assistant wrote nothing: %s", fault)
        said = _("The assistant wrote nothing that can be used. Go on without it.")
        raise ValidationError(said) from fault
    finally:
        WAITING.release()


def _language(what: str, matter: Matter) -> str:
    """Return what to write in: a summary for who reads, a translation in the other language."""
    chinese = (get_language() or "").startswith("zh")
    if what == "translate":
        chinese = not is_chinese(matter.text)
    return "Chinese" if chinese else "English"
