from __future__ import annotations

from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "gongzhi.petitions"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn
        from gongzhi.parties import businesses
        from gongzhi.petitions import words
        from gongzhi.petitions.business import FILES, PETITIONS

        register(PETITIONS)
        businesses.register(FILES)
        learn(words.NOTICED, words.WORK)
