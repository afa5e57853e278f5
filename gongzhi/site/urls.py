"""Which app answers which address."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

ADDRESSES = [
    ("", "accounts"),
    ("", "portal"),
    ("desk/", "desk"),
    ("field/", "field"),
    ("manage/", "manage"),
    ("matters/", "matters"),
    ("notices/", "notices"),
    ("places/", "places"),
]

urlpatterns = [
    path("language/", set_language, name="set_language"),
    *(
        path(address, include(f"gongzhi.{app}.urls"))
        for address, app in ADDRESSES
        if app in settings.OURS and find_spec(f"gongzhi.{app}.urls")
    ),
]

handler403 = "gongzhi.base.http.forbidden"
handler404 = "gongzhi.base.http.not_found"
handler500 = "gongzhi.base.http.broken"
