from __future__ import annotations

from django.urls import path

from gongzhi.parties import pages

app_name = "parties"
urlpatterns = [
    path("<uuid:pk>/reach/", pages.mend, name="mend"),
    path("<uuid:pk>/code/", pages.new_code, name="new_code"),
]
