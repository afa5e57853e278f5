from __future__ import annotations

from django.urls import path

from gongzhi.insight import pages

app_name = "insight"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<uuid:key>/", pages.show, name="show"),
    path("<uuid:key>/joint/", pages.open_joint, name="open_joint"),
]
