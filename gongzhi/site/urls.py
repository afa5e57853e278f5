"""Which app answers which address."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("gongzhi.accounts.urls")),
    path("", include("gongzhi.offline.urls")),
    path("", include("gongzhi.portal.urls")),
    path("", include("gongzhi.assets.urls")),
    path("", include("gongzhi.upkeep.urls")),
    path("api/", include("gongzhi.exchange.urls")),
    path("counter/", include("gongzhi.counter.urls")),
    path("data/", include("gongzhi.opendata.urls")),
    path("demands/", include("gongzhi.demands.urls")),
    path("desk/", include("gongzhi.desk.urls")),
    path("errands/", include("gongzhi.errands.urls")),
    path("federation/", include("gongzhi.federation.urls")),
    path("field/", include("gongzhi.field.urls")),
    path("hazards/", include("gongzhi.hazards.urls")),
    path("hot/", include("gongzhi.insight.urls")),
    path("hotline/", include("gongzhi.hotline.urls")),
    path("mailbox/", include("gongzhi.mailbox.urls")),
    path("manage/", include("gongzhi.manage.urls")),
    path("matters/", include("gongzhi.matters.urls")),
    path("mediation/", include("gongzhi.mediation.urls")),
    path("meetings/", include("gongzhi.meetings.urls")),
    path("notices/", include("gongzhi.notices.urls")),
    path("open311/", include("gongzhi.open311.urls")),
    path("papers/", include("gongzhi.papers.urls")),
    path("parties/", include("gongzhi.parties.urls")),
    path("patrol/", include("gongzhi.patrol.urls")),
    path("petitions/", include("gongzhi.petitions.urls")),
    path("places/", include("gongzhi.places.urls")),
    path("rights/", include("gongzhi.rights.urls")),
    path("sharing/", include("gongzhi.sharing.urls")),
    path("tables/", include("gongzhi.tables.urls")),
    path("webhooks/", include("gongzhi.webhooks.urls")),
    path("language/", set_language, name="set_language"),
]

handler403 = "gongzhi.base.http.forbidden"
handler404 = "gongzhi.base.http.not_found"
handler500 = "gongzhi.base.http.broken"
