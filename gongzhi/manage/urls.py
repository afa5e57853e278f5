from __future__ import annotations

from django.urls import path

from gongzhi.manage.pages import calendars, catalogue, home, machine, people, places, rules

app_name = "manage"
urlpatterns = [
    path("", home.home, name="home"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/new/", catalogue.add_kind, name="add_kind"),
    path("catalogue/<slug:code>/", catalogue.kind, name="kind"),
    path("catalogue/<slug:code>/delist/", catalogue.delist, name="delist"),
    path("places/", places.places, name="places"),
    path("places/import/", places.import_file, name="import"),
    path("places/<slug:code>/", places.place, name="place"),
    path("places/<slug:code>/qr/", places.qr, name="qr"),
    path("offices/", people.offices, name="offices"),
    path("offices/<slug:code>/", people.office, name="office"),
    path("offices/<slug:code>/close/", people.close_office, name="close_office"),
    path("staff/", people.people, name="people"),
    path("staff/new/", people.add_person, name="add_person"),
    path("staff/@<str:username>/", people.person, name="person"),
    path("staff/@<str:username>/appoint/", people.appoint, name="appoint"),
    path("staff/@<str:username>/end/", people.end_post, name="end_post"),
    path("staff/@<str:username>/leave/", people.leave, name="leave"),
    path("staff/@<str:username>/password/", people.new_password, name="new_password"),
    path("staff/@<str:username>/second-step/", people.second_step_off, name="second_step_off"),
    path("staff/@<str:username>/close/", people.close, name="close"),
    path("absences/", people.absences, name="absences"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/<slug:code>/", calendars.calendar, name="calendar"),
    path("calendars/<slug:code>/day/", calendars.change_day, name="change_day"),
    path("calendars/<slug:code>/list/", calendars.import_days, name="import_days"),
    path("calendars/<slug:code>/confirm/", calendars.confirm, name="confirm_year"),
    path("calendars/<slug:code>/hours/", calendars.hours, name="hours"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.add_rule, name="add_rule"),
    path("rules/@<str:code>/", rules.rule, name="rule"),
    path("rules/@<str:code>/move/", rules.move_clocks, name="move_clocks"),
    path("jobs/", machine.jobs, name="jobs"),
    path("jobs/retry/", machine.retry_job, name="retry_job"),
    path("history/", machine.histories, name="histories"),
    path("history/<uuid:key>/", machine.chain, name="history"),
]
