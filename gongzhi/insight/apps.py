from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "gongzhi.insight"

    def ready(self) -> None:
        from gongzhi.insight.business import INSIGHT
        from gongzhi.matters.businesses import register

        register(INSIGHT)
