from __future__ import annotations

from django.urls import path

from gongzhi.hotline import api, pages

app_name = "hotline"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.add, name="add"),
    path("<uuid:key>/", pages.platform, name="platform"),
    path("<uuid:key>/change/", pages.change, name="change"),
    path("<uuid:key>/resend-all/", pages.resend_all, name="resend_all"),
    path("lines/<uuid:key>/resend/", pages.resend, name="resend"),
    path("more/<uuid:key>/", pages.ask_more, name="ask_more"),
    path("in/<slug:slug>/", api.take, name="take"),
]
