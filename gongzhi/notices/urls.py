from __future__ import annotations

from django.urls import path

from gongzhi.notices import pages

app_name = "notices"
urlpatterns = [
    path("", pages.index, name="index"),
    path("read/", pages.read_all, name="read_all"),
    path("<uuid:pk>/read/", pages.read, name="read"),
    path("letters/", pages.letters, name="letters"),
    path("letters/<uuid:pk>/resend/", pages.resend, name="resend"),
]
