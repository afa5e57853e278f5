from __future__ import annotations

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "gongzhi.field"

    def ready(self) -> None:
        from gongzhi.field.queries import packed
        from gongzhi.offline.packs import register

        register("field", packed, "base/danger.js", "field/report.js")
