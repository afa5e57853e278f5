from __future__ import annotations

from django.urls import path, register_converter

from gongzhi.sharing import api, pages
from gongzhi.sharing.states import USE

app_name = "sharing"


class Ending:
    """How the catalogue for machines ends."""

    regex = "ttl|rdf|jsonld"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(Ending, "catalogue_form")
urlpatterns = [
    path("", pages.index, name="index"),
    path("catalogue", pages.catalogue, name="catalogue"),
    path("catalogue.<catalogue_form:ending>", pages.catalogue, name="catalogue_as"),
    path("items/<slug:code>/", pages.public_item, name="public_item"),
    path("v1/items", api.items, name="api_items"),
    path("v1/uses", api.uses, name="api_uses"),
    path("v1/uses/<uuid:key>/transfers", api.transfers, name="api_transfers"),
    path("manage/", pages.items, name="items"),
    path("manage/items/new/", pages.add_item, name="add_item"),
    path("manage/items/<uuid:key>/", pages.item, name="item"),
    path("manage/items/<uuid:key>/change/", pages.change, name="change"),
    path("manage/items/<uuid:key>/withdraw/", pages.withdraw, name="withdraw"),
    path("manage/items/<uuid:key>/renew/", pages.renew, name="renew"),
    path("manage/items/<uuid:key>/check/", pages.check, name="check"),
    path("manage/items/<uuid:key>/ask/", pages.ask, name="ask"),
    path("manage/uses/", pages.uses, name="uses"),
    path("manage/uses/<uuid:key>/", pages.use, name="use"),
    path("manage/uses/<uuid:key>/transfer/", pages.transfer, name="transfer"),
    path("manage/systems/", pages.systems, name="systems"),
    path("manage/systems/new/", pages.add_system, name="add_system"),
    path("manage/systems/<uuid:key>/", pages.change_system, name="change_system"),
    path("manage/concepts/", pages.concepts, name="concepts"),
    path("manage/concepts/new/", pages.add_concept, name="add_concept"),
    path("manage/concepts/usual/", pages.seed, name="seed"),
    path("manage/concepts/<uuid:key>/", pages.change_concept, name="change_concept"),
    path("manage/doubles/", pages.doubles, name="doubles"),
    path("manage/take-in/", pages.take_in, name="take_in"),
    path("manage/<slug:sort>.csv", pages.export, name="export"),
    *(
        path(
            f"manage/uses/<uuid:key>/{move.name}/",
            pages.press,
            {"name": move.name},
            name=move.name,
        )
        for move in USE.moves
    ),
]
