from __future__ import annotations

from django.urls import path

from gongzhi.desk import pages

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("next/", pages.onward, name="next"),
    path("search/", pages.search, name="search"),
    path("follow-up/", pages.follow_ups, name="follow_ups"),
    path("follow-up/next/", pages.next_call, name="next_call"),
    path("follow-up/<uuid:key>/", pages.follow_up, name="follow_up"),
    path("follow-up/<uuid:key>/number/", pages.number, name="number"),
    path("rates/", pages.rates, name="rates"),
    path("rates/exclusions/", pages.exclusions, name="exclusions"),
    path("deferred/", pages.deferred, name="deferred"),
    path("map/", pages.atlas, name="map"),
    path("bulk/", pages.bulk, name="bulk"),
    path("bulk/<uuid:key>/", pages.bulk_progress, name="bulk_progress"),
    path("earlier/", pages.earlier, name="earlier"),
    path("filters/", pages.saved_filters, name="saved_filters"),
    path("filters/save/", pages.save_filter, name="save_filter"),
    path("filters/<uuid:key>/drop/", pages.drop_filter, name="drop_filter"),
    path("intake/", pages.intake, name="intake"),
    path("intake/places/", pages.suggest, name="suggest"),
    path("intake/receipt/", pages.receipt, name="receipt"),
    path("intake/receipt.pdf", pages.receipt_paper, name="receipt_paper"),
    path("duties/", pages.duties, name="duties"),
    path("handover/", pages.handover, name="handover"),
]
