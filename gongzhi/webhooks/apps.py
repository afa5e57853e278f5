from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "gongzhi.webhooks"

    def ready(self) -> None:
        from gongzhi.notices.words import learn

        learn({"hook_gone": _("was stopped: its receiver wants no more")}, ["hook_gone"])
