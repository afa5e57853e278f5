from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "gongzhi.hotline"

    def ready(self) -> None:
        from gongzhi.hotline.business import HOTLINE
        from gongzhi.matters.businesses import register
        from gongzhi.notices.words import HOLDER, learn

        register(HOTLINE)
        moved = {
            "hotline_urge": _("is urged by the hotline"),
            "hotline_recall": _("is asked back by the hotline"),
            "hotline_granted": _("has more time from the hotline"),
            "hotline_denied": _("gets no more time from the hotline"),
            "hotline_late": _("has a word from the hotline that came at another state"),
            "hotline_back": _("had ended at the hotline and is open there again"),
            "hotline_soon": _("is due at the hotline within a day"),
        }
        learn(moved, moved, whom=dict.fromkeys(moved, (HOLDER,)))
