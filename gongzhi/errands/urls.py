from __future__ import annotations

from django.urls import path

from gongzhi.errands import pages

app_name = "errands"
urlpatterns = [
    path("", pages.index, name="index"),
    path("mine/", pages.mine, name="mine"),
    path("checklists/", pages.checklists, name="checklists"),
    path("checklists/<slug:sort>/", pages.checklist, name="checklist"),
    path("ask/<uuid:key>/<slug:sort>/", pages.ask, name="ask"),
    path("<uuid:key>/", pages.show, name="show"),
    path("<uuid:key>/why/", pages.why, name="why"),
    path("<uuid:key>/contact/", pages.contact, name="contact"),
    path("<uuid:key>/take/", pages.take, name="take"),
    path("<uuid:key>/finish/", pages.finish, name="finish"),
    path("<uuid:key>/fail/", pages.fail, name="fail"),
    path("<uuid:key>/hand_over/", pages.hand_over, name="hand_over"),
    path("<uuid:key>/withdraw/", pages.withdraw, name="withdraw"),
]
