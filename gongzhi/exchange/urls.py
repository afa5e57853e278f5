from __future__ import annotations

from django.urls import path

from gongzhi.exchange import pages
from gongzhi.exchange.api import api

app_name = "exchange"
urlpatterns = [
    path("", pages.handbook, name="handbook"),
    path("v1/openapi.json", pages.specification, name="specification"),
    path("v1/", api.urls),
]
