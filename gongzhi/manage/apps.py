from __future__ import annotations

from django.apps import AppConfig


class ManageConfig(AppConfig):
    name = "gongzhi.manage"
