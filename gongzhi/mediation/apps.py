from __future__ import annotations

from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "gongzhi.mediation"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.mediation import words
        from gongzhi.mediation.business import MEDIATION
        from gongzhi.notices.words import learn

        register(MEDIATION)
        learn(words.NOTICED, words.WORK)
