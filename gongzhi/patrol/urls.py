from __future__ import annotations

from django.urls import path

from gongzhi.patrol import pages
from gongzhi.patrol.states import PLAN

app_name = "patrol"
urlpatterns = [
    path("", pages.today, name="today"),
    path("rounds/", pages.rounds, name="rounds"),
    path("rounds/<uuid:key>/", pages.show_round, name="round"),
    path("rounds/<uuid:key>/hand_over/", pages.hand_over, name="hand_over"),
    path("rounds/<uuid:key>/open_up/", pages.open_up, name="open_up"),
    path("rounds/<uuid:key>/shut/", pages.shut, name="shut"),
    path("rounds/<uuid:key>/withdraw/", pages.withdraw, name="withdraw"),
    path("stops/<uuid:key>/", pages.visit, name="visit"),
    path("stops/<uuid:key>/skip/", pages.skip, name="skip"),
    path("plans/", pages.plans, name="plans"),
    path("plans/add/", pages.add, name="add"),
    path("plans/<uuid:key>/", pages.show_plan, name="plan"),
    path("plans/<uuid:key>/change/", pages.change, name="change"),
    # pause, resume, end: each move of a plan at its own address
    *(
        path(f"plans/<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in PLAN.moves
    ),
    path("checklists/", pages.checklists, name="checklists"),
    path("checklists/seed/", pages.seed, name="seed"),
    path("checklists/add/", pages.add_checklist, name="add_checklist"),
    path("checklists/<slug:code>/", pages.show_checklist, name="checklist"),
    path("checklists/<slug:code>/renew/", pages.renew, name="renew"),
    path("coverage/", pages.coverage, name="coverage"),
    path("missed/", pages.missed, name="missed"),
    path("open/<slug:code>/", pages.opened, name="opened"),
    path("open/<slug:code>/<uuid:key>/", pages.volunteer, name="volunteer"),
]
