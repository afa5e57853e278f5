from __future__ import annotations

from django.apps import AppConfig


class DemandsConfig(AppConfig):
    name = "gongzhi.demands"

    def ready(self) -> None:
        from gongzhi.demands import words
        from gongzhi.demands.business import DEMANDS
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn

        register(DEMANDS)
        learn(words.NOTICED, words.WORK, letters=words.LETTERS)
