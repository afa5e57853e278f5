from __future__ import annotations

from django.apps import AppConfig


class PatrolConfig(AppConfig):
    name = "gongzhi.patrol"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.offline import packs
        from gongzhi.patrol import (
            queries,
            tasks,  # noqa: F401  they register themselves
        )
        from gongzhi.patrol.business import PATROL

        register(PATROL)
        packs.register("patrol", queries.packed)
