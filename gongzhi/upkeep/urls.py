from __future__ import annotations

from django.urls import path

from gongzhi.upkeep import pages

app_name = "upkeep"
urlpatterns = [
    path("health/", pages.health, name="health"),
    path("ready/", pages.ready, name="ready"),
    path("metrics/", pages.metrics, name="metrics"),
    path("digests/", pages.digests, name="digests"),
    path("digests.json", pages.digests_file, name="digests_file"),
]
