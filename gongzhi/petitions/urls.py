from __future__ import annotations

from django.urls import path

from gongzhi.petitions import pages
from gongzhi.petitions.states import PETITION, VISIT

app_name = "petitions"
urlpatterns = [
    path("", pages.index, name="index"),
    path("about/", pages.about, name="about"),
    path("raise/", pages.raise_petition, name="raise"),
    path("register/", pages.register, name="register"),
    path("receive/", pages.receive, name="receive"),
    path("file/", pages.file_for, name="file_for"),
    path("analysis/", pages.analysis, name="analysis"),
    path("answer-all/", pages.answer_all, name="answer_all"),
    path("receptions/", pages.receptions, name="receptions"),
    path("receptions/announce/", pages.announce, name="announce"),
    path("receptions/<uuid:key>/", pages.reception, name="reception"),
    path("receptions/<uuid:key>/book/", pages.book, name="book"),
    path("receptions/<uuid:key>/call-off/", pages.call_off, name="call_off"),
    path("visits/<uuid:key>/raise/", pages.raise_from, name="raise_from"),
    path("mine/<uuid:pk>/", pages.mine, name="mine"),
    path("sign/<uuid:key>/<slug:token>/", pages.sign, name="sign"),
    path("<uuid:key>/", pages.show, name="show"),
    path("<uuid:key>/reach/<uuid:who>/", pages.reach, name="reach"),
    path("<uuid:key>/why/<uuid:clock>/", pages.why, name="why"),
    path("<uuid:key>/paper/<uuid:paper>/", pages.document, name="document"),
    path("<uuid:key>/file/<uuid:paper>/", pages.file, name="file"),
    # forward, accept, decide … : each move at its own address; `lapse` happens by itself
    *(
        path(f"<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in PETITION.moves
    ),
    *(
        path(f"visits/<uuid:key>/{move.name}/", pages.visit, {"name": move.name}, name=move.name)
        for move in VISIT.moves
    ),
]
