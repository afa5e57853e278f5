from __future__ import annotations

from django.urls import path

from gongzhi.matters import pages
from gongzhi.matters.forms import FORMS, TASK_FORMS
from gongzhi.matters.states import EXCLUSION

app_name = "matters"
urlpatterns = [
    path("export.csv", pages.export, name="export"),
    path("export.xlsx", pages.ledger, name="ledger"),
    path("file/<uuid:key>/", pages.file, name="file"),
    path("file/<uuid:key>/small/", pages.small, name="small"),
    path("<uuid:key>/", pages.show, name="show"),
    path("<uuid:key>/here/", pages.here, name="here"),
    path("<uuid:key>/hints/", pages.hints, name="hints"),
    *(
        path(f"<uuid:key>/{what}/", pages.assist, {"what": what}, name=what)
        for what in ("draft", "summarise", "translate")
    ),
    path("<uuid:key>/mention/", pages.mention, name="mention"),
    path("<uuid:key>/why/", pages.why, name="why"),
    path("<uuid:key>/redact/<uuid:photo>/", pages.redact, name="redact"),
    path("<uuid:key>/uncover/<uuid:photo>/", pages.uncover, name="uncover"),
    path("<uuid:key>/contact/", pages.contact, name="contact"),
    path("follow-up/<uuid:key>/exclude/", pages.exclude, name="exclude"),
    *(
        path(
            f"exclusion/<uuid:key>/{move.name}/", pages.review, {"name": move.name}, name=move.name
        )
        for move in EXCLUSION.moves
    ),
    # accept, refuse, sort, dispatch … : each move of staff at its own address
    *(path(f"<uuid:key>/{name}/", pages.press, {"name": name}, name=name) for name in FORMS),
    # take, decline, finish … : those of the task of a co-office
    *(
        path(f"task/<uuid:key>/{name}/", pages.press_task, {"name": name}, name=name)
        for name in TASK_FORMS
    ),
]
