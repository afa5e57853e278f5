from __future__ import annotations

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "gongzhi.assets"

    def ready(self) -> None:
        from gongzhi.assets.business import ASSETS
        from gongzhi.matters.businesses import register

        register(ASSETS)
