from __future__ import annotations

from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "gongzhi.mediation"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.mediation import words
        from gongzhi.mediation.business import FILES, MEDIATION
        from gongzhi.notices.words import learn
        from gongzhi.parties import businesses

        register(MEDIATION)
        businesses.register(FILES)
        learn(words.NOTICED, words.WORK)
