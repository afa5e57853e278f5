from __future__ import annotations

from django.urls import path

from gongzhi.field import pages

app_name = "field"
urlpatterns = [
    path("", pages.home, name="home"),
    path("report/", pages.report, name="report"),
    path("report/kinds/", pages.suggest, name="suggest"),
    path("report/<uuid:key>/", pages.reported, name="reported"),
    path("map/", pages.chart, name="map"),
    path("matters/<uuid:key>/", pages.matter, name="matter"),
]
