from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actions import look
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveRefused
from gongzhi.notices.models import Notice
from gongzhi.rights import actions, queries
from gongzhi.rights.models import LookLimits, UnusualLook
from gongzhi.rights.tests import make
from gongzhi.rights.tests.make import NOON
from gongzhi.sharing.models import Transfer
from gongzhi.sharing.tests import make as sharing

NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


def looked(town, matter, name="acceptor", when=NOON, purpose="ask"):
    look(matter.pk, purpose=purpose, by=town.staff(name), at=when)


def reasons():
    return sorted(UnusualLook.objects.values_list("reasons", flat=True))


@pytest.mark.django_db
def test_a_look_by_day_at_a_matter_of_ones_own_place_is_usual(town):
    matter = make.raised(town)
    looked(town, matter)
    assert actions.note_unusual(by=SYSTEM, at=make.at(minutes=1)) == 0
    assert not Notice.objects.filter(verb="rights.unusual").exists()


@pytest.mark.django_db
def test_a_look_at_night_is_noted_and_the_data_officer_told(town):
    matter = make.raised(town)
    looked(town, matter, when=NIGHT)
    looked(town, matter, when=NIGHT, purpose="danger")  # nobody chooses the hour of that
    assert actions.note_unusual(by=SYSTEM, at=NIGHT) == 1
    assert reasons() == ["night"]
    assert Notice.objects.get(verb="rights.unusual").user == town.data_officer
    assert actions.note_unusual(by=SYSTEM, at=NIGHT + timedelta(minutes=5)) == 0  # noted once


@pytest.mark.django_db
def test_many_looks_of_one_colleague_in_an_hour_are_noted_and_not_of_several(town):
    matter = make.raised(town)
    LookLimits.objects.create(most_an_hour=3)
    for n, name in enumerate(("acceptor", "acceptor", "dispatcher", "acceptor")):
        looked(town, matter, name, when=make.at(minutes=n))
    looked(town, matter, when=make.at(minutes=90))  # the hour is over
    assert actions.note_unusual(by=SYSTEM, at=make.at(minutes=91)) == 1
    one = UnusualLook.objects.select_related("look").get()
    assert (one.reasons, one.look.at) == ("many", make.at(minutes=3))


@pytest.mark.django_db
def test_a_look_outside_the_own_places_and_offices_is_noted(town):
    matter = make.raised(town)
    looked(town, matter, "stranger")  # an office that has nothing to do with it
    looked(town, matter, "handler")
    make.walk(town, matter, "accept", "dispatch")  # now the lights have it
    assert actions.note_unusual(by=SYSTEM, at=NOON) == 1
    one = UnusualLook.objects.select_related("look").get()
    assert (one.reasons, one.look.by_id) == ("elsewhere", town.stranger.pk)


@given(st.times(), st.times(), st.times())
def test_a_night_may_run_over_midnight(at, begins, ends):
    limits = LookLimits(night_from=begins, night_to=ends)
    turned = LookLimits(night_from=ends, night_to=begins)
    if begins != ends:
        assert queries.is_night(at, limits) != queries.is_night(at, turned)
    assert queries.is_night(time(23), LookLimits())
    assert queries.is_night(time(3), LookLimits())
    assert not queries.is_night(time(12), LookLimits())


@pytest.mark.django_db
def test_somebody_says_once_what_it_was(town):
    looked(town, make.raised(town), when=NIGHT)
    actions.note_unusual(by=SYSTEM, at=NIGHT)
    one = UnusualLook.objects.get()
    officer = town.staff("data_officer")
    with pytest.raises(ValidationError):
        actions.settle(one, found=" ", by=officer, at=NIGHT)
    with pytest.raises(PermissionDenied):
        actions.settle(one, found="值班", by=town.staff("acceptor"), at=NIGHT)
    actions.settle(one, found="当晚值班，居民来电。", by=officer, at=NIGHT)
    with pytest.raises(MoveRefused, match="已有人说明过"):
        actions.settle(one, found="再说", by=officer, at=NIGHT)


@pytest.mark.django_db
def test_nobody_says_what_their_own_look_was(as_, town):
    officer = town.staff("data_officer")
    look(make.raised(town).pk, purpose="ask", by=officer, at=NIGHT)
    actions.note_unusual(by=SYSTEM, at=NIGHT)
    one = UnusualLook.objects.get()
    said = "这次查看是您本人所为，请由另一位数据官说明。"
    with pytest.raises(PermissionDenied, match=said):
        actions.settle(one, found="值班", by=officer, at=NIGHT)
    browser = as_("data_officer")
    assert said in browser.get(reverse("rights:looks")).content.decode()
    answer = browser.post(reverse("rights:settle", args=[one.pk]), {"found": "值班"})
    assert answer.status_code == 403
    one.refresh_from_db()
    assert (one.found, one.settled_at) == ("", None)


@pytest.mark.django_db
def test_the_page_lists_looks_with_their_reasons_and_nobody_else_sees_it(as_, town, queries):
    matter = make.raised(town)
    looked(town, matter, when=NIGHT)
    actions.note_unusual(by=SYSTEM, at=NIGHT)
    browser = as_("data_officer")
    with queries("looks"):
        page = browser.get(reverse("rights:looks")).content.decode()
    for words in ("夜间查看", "acceptor同志", matter.number, "询问"):
        assert words in page
    one = UnusualLook.objects.get()
    wrong = browser.post(reverse("rights:settle", args=[one.pk]), {"found": ""})
    assert wrong.status_code == 422
    browser.post(reverse("rights:settle", args=[one.pk]), {"found": "值班"})
    assert "值班" in browser.get(reverse("rights:looks")).content.decode()
    assert as_("supervisor").get(reverse("rights:looks")).status_code == 403


@pytest.mark.django_db
def test_the_limits_are_data(as_, town):
    browser = as_("data_officer")
    typed = {"most_an_hour": 5, "night_from": "20:00", "night_to": "07:30"}
    browser.post(reverse("rights:looks"), typed)
    limits = queries.look_limits()
    assert (limits.most_an_hour, limits.night_from, limits.elsewhere) == (5, time(20), False)
    wrong = browser.post(reverse("rights:looks"), typed | {"most_an_hour": 0})
    assert wrong.status_code == 422
    assert queries.look_limits().most_an_hour == 5


# --- The tracker.


def find(client, name="find_usage", **asked):
    return client.get(reverse(f"rights:{name}"), asked)


@pytest.mark.django_db
def test_the_tracker_tells_the_person_of_one_matter_who_looked(client, town):
    matter = make.raised(town)
    looked(town, matter)
    looked(town, matter, when=make.at(hours=1), purpose="danger")
    make.follow(client, matter)
    said = find(client, matter=matter.pk).json()
    assert (said["totalUsages"], said["returnedUsages"]) == (2, 2)
    first = said["internalProcessings"][0]  # the latest first
    assert first["logTime"] == make.at(hours=1).isoformat()
    assert first["purpose"] == "可能有人处于危险之中"
    assert first["initiatorPerson"] == {"name": "acceptor同志"}
    assert set(first) >= {"logTime", "purpose", "source"}
    assert said["dataResponses"] == []
    some = find(client, matter=matter.pk, limit=1, offset=1).json()
    assert (some["totalUsages"], some["returnedUsages"]) == (2, 1)
    assert some["internalProcessings"][0]["logTime"] == NOON.isoformat()
    late = find(client, matter=matter.pk, periodStart=make.at(minutes=30).isoformat()).json()
    assert late["totalUsages"] == 1
    none = find(client, matter=matter.pk, processingType="DATA_RESPONSE").json()
    assert none["totalUsages"] == 0
    span = find(client, "usage_period", matter=matter.pk).json()
    assert span == {"periodStart": NOON.isoformat(), "periodEnd": make.at(hours=1).isoformat()}
    assert find(client, "heartbeat").json()["status"] == "OK"


@pytest.mark.django_db
def test_what_was_handed_to_another_system_is_a_response(client, town):
    matter = make.raised(town, kind=town.certificate)
    use = sharing.approved(town, sharing.person_item(town.lamp_control))
    Transfer.objects.create(use=use, count=1, moved_at=NOON, recorded_at=NOON, matter=matter)
    make.follow(client, matter)
    said = find(client, matter=matter.pk).json()
    assert said["dataResponses"][0]["initiatorOrg"]["name"] == use.system.name


@pytest.mark.django_db
def test_nobody_is_found_by_who_they_are(client, town):
    matter = make.raised(town)
    looked(town, matter)
    for asked in (
        {},
        {"matter": matter.pk},
        {"matter": "EE12345678901"},
        {"userCode": "EE12345678901"},
    ):
        answer = find(client, **asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "403")
    other = make.raised(town)
    make.follow(client, other)
    assert find(client, matter=matter.pk).status_code == 403
    assert find(client, matter=other.pk).json()["totalUsages"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [{"periodStart": "yesterday"}, {"periodEnd": "2026-13-01T00:00:00Z"}, {"limit": 0},
     {"limit": 20000}, {"offset": -1}, {"processingType": "EVERYTHING"}],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_with_a_sentence(client, town, asked):
    matter = make.raised(town)
    make.follow(client, matter)
    answer = find(client, matter=matter.pk, **asked)
    assert answer.status_code == 400
    assert answer.json()["message"]
