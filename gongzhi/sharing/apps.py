from __future__ import annotations

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "gongzhi.sharing"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.sharing.business import SHARING

        register(SHARING)
