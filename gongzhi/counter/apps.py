from __future__ import annotations

from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "gongzhi.counter"

    def ready(self) -> None:
        from gongzhi.counter.business import COUNTER
        from gongzhi.matters.businesses import register

        register(COUNTER)
