from __future__ import annotations

from django.apps import AppConfig


class PatrolConfig(AppConfig):
    name = "gongzhi.patrol"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.patrol import tasks  # noqa: F401  they register themselves
        from gongzhi.patrol.business import PATROL

        register(PATROL)
