from __future__ import annotations

from django.urls import path

from gongzhi.papers import pages

app_name = "papers"
urlpatterns = [
    # dossier, order, reply: each sheet of a matter at its own address
    *(
        path(f"<uuid:key>/{name}.pdf", pages.sheet, {"name": name}, name=name)
        for name in pages.SHEETS
    ),
    path("petitions/<uuid:key>/<uuid:paper>.pdf", pages.petition, name="petition"),
]
