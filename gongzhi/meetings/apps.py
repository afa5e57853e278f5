from __future__ import annotations

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "gongzhi.meetings"

    def ready(self) -> None:
        from gongzhi.matters.businesses import register
        from gongzhi.meetings import words
        from gongzhi.meetings.business import MEETINGS
        from gongzhi.notices.words import learn

        register(MEETINGS)
        learn(words.NOTICED, words.WORK)
