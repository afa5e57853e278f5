from __future__ import annotations

from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "gongzhi.petitions"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn
        from gongzhi.petitions import words
        from gongzhi.petitions.business import PETITIONS

        register(PETITIONS)
        learn(words.NOTICED, words.WORK)
