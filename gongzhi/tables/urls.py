from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gongzhi.tables import api, pages
from gongzhi.tables.states import DROP, RUN


class Ending(StringConverter):
    regex = "csv|xlsx|json"


class TemplateEnding(StringConverter):
    regex = "csv|xlsx"


register_converter(Ending, "table_ending")
register_converter(TemplateEnding, "table_template")

app_name = "tables"
urlpatterns = [
    path("", pages.index, name="index"),
    path("runs/<uuid:key>/", pages.run, name="run"),
    path("runs/<uuid:key>/refused.csv", pages.refused, name="refused"),
    *(
        path(f"runs/<uuid:key>/{move.name}/", pages.press, {"name": move.name}, name=move.name)
        for move in RUN.moves
    ),
    path("folders/new/", pages.add_drop, name="add_drop"),
    path("folders/<uuid:key>/", pages.drop, name="drop"),
    path("folders/<uuid:key>/change/", pages.change, name="change"),
    *(
        path(
            f"folders/<uuid:key>/{move.name}/",
            pages.press_drop,
            {"name": move.name},
            name=move.name,
        )
        for move in DROP.moves
        if move.name != "change"
    ),
    path("api/runs/<uuid:key>/", api.shown, name="api_run"),
    path("api/runs/<uuid:key>/take/", api.take_in, name="api_take"),
    path("api/<slug:name>/", api.send, name="api_send"),
    path("<slug:name>/", pages.table, name="table"),
    path("<slug:name>/datapackage.json", pages.package, name="package"),
    path("<slug:name>/template.<table_template:ending>", pages.template, name="template"),
    path("<slug:name>/file.<table_ending:ending>", pages.get, name="get"),
]
