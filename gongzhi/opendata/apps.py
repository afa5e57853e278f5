from __future__ import annotations

from django.apps import AppConfig


class OpendataConfig(AppConfig):
    name = "gongzhi.opendata"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.opendata.business import OPENDATA

        register(OPENDATA)
