from __future__ import annotations

from django.urls import path

from gongzhi.offline import pages

app_name = "offline"
urlpatterns = [
    path("worker.js", pages.worker, name="worker"),
    path("offline/app.webmanifest", pages.manifest, name="manifest"),
    path("offline/pack/", pages.pack, name="pack"),
    path("offline/", pages.waiting, name="waiting"),
    path("offline/devices/<uuid:key>/wipe/", pages.wipe, name="wipe"),
]
