from __future__ import annotations

from django.urls import path

from gongzhi.demands import pages

app_name = "demands"
urlpatterns = [
    path("", pages.counts, name="counts"),
    path("desk/", pages.index, name="index"),
    path("desk/new/", pages.enter, name="enter"),
    path("desk/<uuid:key>/", pages.show, name="show"),
    path("desk/<uuid:key>/file/", pages.fetch, name="fetch"),
    path("desk/<uuid:key>/papers/<uuid:paper>/", pages.paper, name="paper"),
    *(
        path(f"desk/<uuid:key>/{name}/", pages.press, {"name": name}, name=name)
        for name in pages.MOVES
    ),
]
