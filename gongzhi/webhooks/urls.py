from __future__ import annotations

from django.urls import path

from gongzhi.webhooks import api, pages
from gongzhi.webhooks.states import LINE

app_name = "webhooks"
urlpatterns = [
    path("", pages.index, name="index"),
    path("hooks/new/", pages.add_hook, name="add_hook"),
    path("hooks/<uuid:key>/", pages.hook, name="hook"),
    path("hooks/<uuid:key>/gone/", pages.gone, name="gone"),
    path("hooks/<uuid:key>/test/", pages.test, name="test"),
    path("hooks/<uuid:key>/replay/", pages.replay, name="replay"),
    path("hooks/<uuid:key>/replay-all/", pages.replay_all, name="replay_all"),
    path("hooks/<uuid:key>/replay-span/", pages.replay_span, name="replay_span"),
    path("dead/", pages.dead, name="dead"),
    path("inlets/new/", pages.add_inlet, name="add_inlet"),
    path("inlets/<uuid:key>/", pages.inlet, name="inlet"),
    path("in/<slug:slug>/", api.take, name="take"),
    # change, rotate, stop, start: of a hook or of an inlet
    *(
        path(
            f"lines/<uuid:key>/{move.name}/",
            pages.change if move.name == "change" else pages.press,
            {} if move.name == "change" else {"name": move.name},
            name=move.name,
        )
        for move in LINE.moves
    ),
]
