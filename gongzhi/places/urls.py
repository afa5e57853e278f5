from __future__ import annotations

from django.urls import path

from gongzhi.places import pages

app_name = "places"
urlpatterns = [path("map.json", pages.map_json, name="map")]
