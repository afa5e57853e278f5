"""Which app answers which address."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

ADDRESSES = {
    "": "portal",
    "desk/": "desk",
    "field/": "field",
    "manage/": "manage",
    "matters/": "matters",
    "notices/": "notices",
    "places/": "places",
}

urlpatterns = [
    path("language/", set_language, name="set_language"),
    *(
        path(at, include(f"gongzhi.{app}.urls"))
        for at, app in {"": "accounts"}.items() | ADDRESSES.items()
        if app in settings.OURS and find_spec(f"gongzhi.{app}.urls")
    ),
]
