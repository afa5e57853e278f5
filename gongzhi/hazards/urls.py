from __future__ import annotations

from django.urls import path

from gongzhi.hazards import pages
from gongzhi.hazards.states import HAZARD

app_name = "hazards"
urlpatterns = [
    path("", pages.index, name="index"),
    path("map/", pages.map_page, name="map"),
    path("listed/", pages.listed, name="listed"),
    path("figures/", pages.figures, name="figures"),
    path("register/", pages.register, name="register"),
    path("kinds/", pages.kinds, name="kinds"),
    path("kinds/<uuid:key>/", pages.change_kind, name="change_kind"),
    path("matrix/", pages.matrix, name="matrix"),
    path("seed/", pages.seed, name="seed"),
    path("checklists/", pages.checklists, name="checklists"),
    path("checklists/<uuid:key>/", pages.checklist, name="checklist"),
    path("questions/<uuid:key>/drop/", pages.drop_question, name="drop_question"),
    path("checks/", pages.checks, name="checks"),
    path("checks/plan/", pages.plan, name="plan"),
    path("checks/<uuid:key>/", pages.check, name="check"),
    path("checks/<uuid:key>/end/", pages.end, name="end"),
    path("visits/<uuid:key>/", pages.visit, name="visit"),
    path("findings/<uuid:key>/register/", pages.register_finding, name="register_finding"),
    path("photos/<uuid:key>/", pages.file, name="file"),
    path("photos/<uuid:key>/small/", pages.small, name="small"),
    path("<uuid:key>/", pages.show, name="show"),
    # fix, order, rectify, accept …: each move of a hazard at its own address
    *(
        path(f"<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in HAZARD.moves
    ),
]
