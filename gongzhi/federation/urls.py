from __future__ import annotations

from django.urls import path

from gongzhi.federation import api, pages
from gongzhi.federation.states import PEER

app_name = "federation"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.add, name="add"),
    path("levels/<uuid:key>/", pages.peer, name="peer"),
    path("levels/<uuid:key>/compare/", pages.compare, name="compare"),
    path("again/<uuid:key>/", pages.again, name="again"),
    path("contact/<uuid:key>/", pages.contact, name="contact"),
    # what installations say to each other
    path("parcels/", api.parcels, name="parcels"),
    path("ledger/", api.ledger, name="ledger"),
    path("ask/", api.contact, name="ask"),
    path("files/<uuid:ref>/<uuid:key>/", api.file, name="file"),
    *(
        path(f"levels/<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in PEER.moves
        if move.name != "change"
    ),
]
