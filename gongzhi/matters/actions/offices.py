"""An office ends: only once none of its matters waits there."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.accounts.actions import close_office
from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.queries import rows_of
from gongzhi.matters.states import TASK_OPEN


@transaction.atomic
def shut_office(office: Office, *, end_posts: bool = False, by: Actor, at: datetime) -> None:
    """Close an office that leads no matter which has not ended, and stands nowhere in the duty list.

    One that ended and is opened again later goes to the centre, see `dispatching.goes_back_to`.

    :raises ValidationError: it leads some, works on some beside the lead, stands in the list, or its posts are
        filled and not to end with it
    """
    close_office(office, end_posts=end_posts, by=by, at=at)
    if n := Matter.objects.live().filter(office=office).count():
        raise ValidationError(
            ngettext(
                "It leads %(n)d matter that has not ended: take it back or wait for its end.",
                "It leads %(n)d matters that have not ended: take them back or wait for their end.",
                n,
            )
            % {"n": n}
        )
    if OfficeTask.objects.filter(
        office=office, state__in=TASK_OPEN, matter__ended_at=None
    ).exists():
        raise ValidationError(
            _("It works on matters beside others: release it there, or wait until it is done.")
        )
    rows = rows_of([office.pk], at.astimezone(default_days().zone).date())
    if n := rows.count():
        raise ValidationError(
            ngettext(
                "It stands in %(n)d row of the duty list: list another office there first.",
                "It stands in %(n)d rows of the duty list: list another office there first.",
                n,
            )
            % {"n": n}
        )
