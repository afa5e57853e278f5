from __future__ import annotations

from django.apps import AppConfig


class Open311Config(AppConfig):
    name = "gongzhi.open311"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.open311.business import OPEN311

        register(OPEN311)
