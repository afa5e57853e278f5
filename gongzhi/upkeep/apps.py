from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings


class UpkeepConfig(AppConfig):
    name = "gongzhi.upkeep"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        if settings.SLOW_QUERY_MS:
            connection_created.connect(_watch)


def _watch(connection: Any, **_said: Any) -> None:
    from gongzhi.upkeep.logs import timed

    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)
