from __future__ import annotations

from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "gongzhi.rights"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import learn
        from gongzhi.rights import words
        from gongzhi.rights.business import RIGHTS

        register(RIGHTS)
        learn(words.NOTICED, words.WORK, letters=words.LETTERS)
