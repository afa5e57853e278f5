from __future__ import annotations

from django.urls import path

from gongzhi.mailbox import api, pages

app_name = "mailbox"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.add, name="add"),
    path("<uuid:key>/", pages.mailbox, name="mailbox"),
    path("<uuid:key>/change/", pages.change, name="change"),
    path("mails/<uuid:key>/seen/", pages.see_to, name="see_to"),
    path("robots/new/", pages.add_robot, name="add_robot"),
    path("robots/<uuid:key>/", pages.robot, name="robot"),
    path("robots/<uuid:key>/change/", pages.change_robot, name="change_robot"),
    path("in/<slug:slug>/", api.robot, name="callback"),
]
