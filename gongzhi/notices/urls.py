from __future__ import annotations

from django.urls import path

from gongzhi.notices import pages

app_name = "notices"
urlpatterns = [
    path("", pages.index, name="index"),
    path("read/", pages.read_all, name="read_all"),
    path("<uuid:pk>/read/", pages.read, name="read"),
    path("choice/", pages.choose, name="choose"),
    path("robots/", pages.robots, name="robots"),
    path("robots/<uuid:pk>/try/", pages.try_robot, name="try_robot"),
    path("robots/<uuid:pk>/remove/", pages.remove_robot, name="remove_robot"),
    path("letters/", pages.letters, name="letters"),
    path("letters/<uuid:pk>/resend/", pages.resend, name="resend"),
]
