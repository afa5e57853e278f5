from __future__ import annotations

from django.urls import path, register_converter

from gongzhi.open311 import api, pages

app_name = "open311"


class Form:
    """The form of an answer, as an address ends."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(Form, "answer_form")
urlpatterns = [
    path("discovery.<answer_form:ending>", api.discovery, name="discovery"),
    path("v2/discovery.<answer_form:ending>", api.discovery, name="discovery_v2"),
    path("v2/services.<answer_form:ending>", api.services, name="services"),
    path("v2/services/<slug:code>.<answer_form:ending>", api.service, name="service"),
    path("v2/requests.csv", api.bulk, name="bulk"),
    path("v2/requests.<answer_form:ending>", api.requests, name="requests"),
    path("v2/requests/<str:ids>.<answer_form:ending>", api.request, name="request"),
    path("v2/tokens/<str:ids>.<answer_form:ending>", api.token, name="token"),
    path("v2/servicerequestupdates.<answer_form:ending>", api.updates, name="updates"),
    path("v2/<path:ids>", api.nothing, name="nothing"),
    path("servers/", pages.servers, name="servers"),
    path("servers/<uuid:pk>/", pages.server, name="server"),
    path("servers/<uuid:pk>/change/", pages.change, name="change"),
    path("servers/<uuid:pk>/retire/", pages.retire, name="retire"),
    path("servers/<uuid:pk>/kinds/", pages.map_kind, name="map_kind"),
    path("servers/kinds/<uuid:pk>/remove/", pages.unmap_kind, name="unmap_kind"),
    path("forward/<uuid:pk>/", pages.forward, name="forward"),
    path("forwarded/<uuid:pk>/resend/", pages.resend, name="resend"),
]
