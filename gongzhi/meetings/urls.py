from __future__ import annotations

from django.urls import path

from gongzhi.meetings import pages
from gongzhi.meetings.states import ATTENDANCE, RESOLUTION, SUMMONS

app_name = "meetings"
urlpatterns = [
    path("", pages.index, name="index"),
    path("today/", pages.today, name="today"),
    path("call/<slug:sort>/", pages.call, name="call"),
    path("call-list/", pages.call_list, name="call_list"),
    path("situations/", pages.situations, name="situations"),
    path("situations/<slug:code>/", pages.situation, name="situation"),
    path("situations/<slug:code>/delist/", pages.delist, name="delist"),
    path("<uuid:key>/", pages.show, name="show"),
    path("<uuid:key>/minutes/", pages.minutes, name="minutes"),
    path("<uuid:key>/meeting.ics", pages.calendar, name="calendar"),
    # hold, come, report … : each move at its own address, of a summons, an office's place at it,
    # or a resolution
    *(
        path(f"{where}<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for where, lifecycle in (
            ("", SUMMONS),
            ("offices/", ATTENDANCE),
            ("resolutions/", RESOLUTION),
        )
        for move in lifecycle.moves
    ),
]
