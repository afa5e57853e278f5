from __future__ import annotations

from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "gongzhi.federation"

    def ready(self) -> None:
        from gongzhi.federation.business import FEDERATION
        from gongzhi.matters.businesses import register

        register(FEDERATION)
