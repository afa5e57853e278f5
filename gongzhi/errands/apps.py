from __future__ import annotations

from django.apps import AppConfig


class ErrandsConfig(AppConfig):
    name = "gongzhi.errands"

    def ready(self) -> None:
        from gongzhi.errands import queries, words
        from gongzhi.errands.business import ERRANDS
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn
        from gongzhi.offline import packs

        register(ERRANDS)
        learn(words.NOTICED, words.WORK)
        packs.register("errands", queries.packed)
