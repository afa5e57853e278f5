"""The minutes to be printed, and the meeting as a file for calendars."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base import ics
from gongzhi.meetings.pages.finding import find
from gongzhi.meetings.pages.showing import NOTHING_OPEN, about
from gongzhi.meetings.states import State


@require_safe
@staff_only
def minutes(request: SignedIn, key: UUID) -> HttpResponse:
    """Show who was there, what came of it and what was resolved, made for paper."""
    summons = find(key, request.staff)
    context = about(summons, request.staff, now(), NOTHING_OPEN)
    return render(request, "meetings/minutes.html", context)


@require_safe
@staff_only
def calendar(request: SignedIn, key: UUID) -> HttpResponse:
    """Hand out the meeting as a file for calendars: number, kind, place and the caller's words."""
    summons = find(key, request.staff)
    matter = summons.matter
    name = str(summons.get_sort_display())
    event = ics.Event(
        key=summons.pk,
        sequence=summons.version - 1,
        begins_at=summons.begins_at,
        summary=f"{name} {matter.number} {matter.kind.name}" if matter else name,
        location=summons.where,
        description="\n".join(filter(None, [summons.words, summons.link])),
        url=settings.ORIGIN + reverse("meetings:show", args=[summons.pk]),
        cancelled=summons.state == State.CANCELLED,
    )
    response = HttpResponse(ics.file(event, at=now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response
