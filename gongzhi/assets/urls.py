from __future__ import annotations

from django.urls import path

from gongzhi.assets import pages
from gongzhi.assets.states import ASSET

app_name = "assets"
urlpatterns = [
    path("a/<slug:code>/", pages.public, name="public"),
    path("assets/", pages.index, name="index"),
    path("assets/map/", pages.map_page, name="map"),
    path("assets/labels/", pages.labels, name="labels"),
    path("assets/add/", pages.add, name="add"),
    path("assets/classes/", pages.classes, name="classes"),
    path("assets/classes/seed/", pages.seed_classes, name="seed_classes"),
    path("assets/classes/<uuid:key>/", pages.change_class, name="change_class"),
    path("assets/<uuid:key>/", pages.show, name="show"),
    path("assets/<uuid:key>/change/", pages.change, name="change"),
    # look, damage, lose … : each move of an asset at its own address
    *(
        path(f"assets/<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in ASSET.moves
    ),
]
