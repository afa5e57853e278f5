from __future__ import annotations

from django.urls import path

from gongzhi.rights import api
from gongzhi.rights.pages import asking, officer, registers

app_name = "rights"
urlpatterns = [
    path("", registers.index, name="index"),
    path("purposes/", registers.purposes, name="purposes"),
    path("assessments/", registers.assessments, name="assessments"),
    path("mine/<uuid:key>/", asking.mine, name="mine"),
    path("mine/<uuid:key>/ask/", asking.ask, name="ask"),
    path("mine/<uuid:key>/held/", asking.held, name="held"),
    path("mine/<uuid:key>/copy.json", asking.copy, name="copy"),
    path("asked/<uuid:key>/withdraw/", asking.withdraw, name="withdraw"),
    path("asked/<uuid:key>/why/", asking.why, name="why"),
    path("tracker/v3/heartbeat", api.heartbeat, name="heartbeat"),
    path("tracker/v3/findUsage", api.find_usage, name="find_usage"),
    path("tracker/v3/usagePeriod", api.usage_period, name="usage_period"),
    path("desk/", officer.requests, name="requests"),
    path("desk/requests/<uuid:key>/", officer.request_page, name="request"),
    *(
        path(f"desk/requests/<uuid:key>/{name}/", officer.press, {"name": name}, name=name)
        for name in officer.FORMS
    ),
    path("desk/holds/", officer.holds, name="holds"),
    path("desk/holds/<uuid:key>/lift/", officer.lift, name="lift"),
    path("desk/retention/", officer.retention, name="retention"),
    path("desk/looks/", officer.looks, name="looks"),
    path("desk/looks/<uuid:key>/settle/", officer.settle, name="settle"),
    path("desk/assessments/", officer.assessments_desk, name="assessments_desk"),
    path("desk/assessments/new/", officer.assess, name="assess"),
    path("desk/assessments/<uuid:key>/", officer.assessment, name="assessment"),
    path("desk/assessments/<uuid:key>/approve/", officer.approve, name="approve"),
]
