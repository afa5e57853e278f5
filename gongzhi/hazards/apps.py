from __future__ import annotations

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "gongzhi.hazards"

    def ready(self) -> None:
        from gongzhi.hazards import words
        from gongzhi.hazards.business import HAZARDS
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn

        register(HAZARDS)
        learn(words.NOTICED, words.WORK)
