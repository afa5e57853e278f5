from __future__ import annotations

from django.urls import path

from gongzhi.opendata import pages

app_name = "opendata"
urlpatterns = [
    path("", pages.index, name="index"),
    path("dictionary.csv", pages.dictionary, name="dictionary"),
    path("datapackage.json", pages.package, name="package"),
    path("<slug:name>.<slug:sort>", pages.volume, name="volume"),
]
