from __future__ import annotations

from django.urls import path

from gongzhi.counter import pages
from gongzhi.counter.states import TICKET

app_name = "counter"
urlpatterns = [
    path("", pages.index, name="index"),
    path("at/<slug:code>/draw/", pages.draw, name="draw"),
    path("at/<slug:code>/display/", pages.display, name="display"),
    path("entrance/<str:sealed>/", pages.entrance, name="entrance"),
    path("seats/", pages.seats, name="seats"),
    path("seats/<uuid:key>/", pages.seat, name="seat"),
    path("seats/<uuid:key>/call/", pages.call, name="call"),
    path("seats/<uuid:key>/close/", pages.close_seat, name="close_seat"),
    path("tickets/<uuid:key>/", pages.ticket, name="ticket"),
    # recall, serve … : each move of a number at its own address; `call` is of a seat
    *(
        path(f"tickets/<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in TICKET.moves
        if move.name != "call"
    ),
]
