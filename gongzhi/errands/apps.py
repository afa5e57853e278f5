from __future__ import annotations

from django.apps import AppConfig


class ErrandsConfig(AppConfig):
    name = "gongzhi.errands"

    def ready(self) -> None:
        from gongzhi.errands import words
        from gongzhi.errands.business import ERRANDS
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn

        register(ERRANDS)
        learn(words.NOTICED, words.WORK)
