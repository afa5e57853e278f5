from __future__ import annotations

from django.apps import AppConfig


class OfflineConfig(AppConfig):
    name = "gongzhi.offline"
