from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.timezone import localdate, now

from gongzhi.accounts import actions, tasks
from gongzhi.accounts.models import SignIn
from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import PASSWORD
from gongzhi.accounts.tests.test_pages import FAR, latest, sign_in
from gongzhi.audit.actors import signed
from gongzhi.audit.queries import history
from gongzhi.jobs.models import Job

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
WHERE = "/me/sessions/"


@pytest.fixture
def town():
    return make.town()


def come(who="worker", agent=DESK):
    client = Client(headers={"accept-language": "en", "user-agent": agent})
    sign_in(client, who)
    return client


def is_in(client):
    return client.get("/me/").status_code == 200


def test_i_see_with_which_browsers_i_am_signed_in_and_which_this_one_is(town):
    come(agent=PHONE)
    here = come(agent=DESK)
    come("handler", PHONE)

    page = here.get(WHERE).content.decode()

    assert re.findall(r"<b>(.+?)</b>(?: (?:<span class=\"state tone-(done)))?", page) == [
        ("Linux Firefox", "done"),
        ("Android Chrome", ""),
    ]
    assert page.count("End it<span") == 1  # this one is left by signing out
    assert f"last used on {localdate():%Y-%m-%d}" in page


def test_i_end_one_and_only_that_one(town):
    phone, here, other = come(agent=PHONE), come(), come("handler")
    key = SignIn.objects.get(label="Android Chrome").pk

    assert here.post(f"{WHERE}{key}/end/").url == WHERE

    assert (is_in(phone), is_in(here), is_in(other)) == (False, True, True)
    assert not Session.objects.filter(session_key=phone.session.session_key).exists()
    last = latest(town.worker)
    assert (last.verb, last.facts) == ("account.end_session", {"n": 1})


def test_i_end_all_but_this_one(town):
    phone, tablet, here = come(agent=PHONE), come(agent=PHONE), come()

    here.post(f"{WHERE}end-others/")

    assert (is_in(phone), is_in(tablet), is_in(here)) == (False, False, True)
    assert latest(town.worker).facts == {"n": 2}
    assert "End all others" not in here.get(WHERE).content.decode()


def test_where_there_is_no_other_nothing_is_written(town):
    here = come()
    before = len(list(history(town.worker.pk)))
    here.post(f"{WHERE}end-others/")
    assert len(list(history(town.worker.pk))) == before


def test_nobody_ends_the_session_of_somebody_else(town):
    come()
    stranger = come("handler")
    key = SignIn.objects.get(user=town.worker).pk

    assert stranger.post(f"{WHERE}{key}/end/").status_code == 404
    with pytest.raises(PermissionDenied) as refused:
        actions.end_sign_ins(town.worker, by=staff(town.handler, now()), at=now())
    assert str(refused.value) == "Only they themselves or an administrator may end a session."
    assert SignIn.objects.filter(user=town.worker).count() == 1


def test_an_administrator_ends_all_sessions_of_an_account(town):
    phone, desk = come(agent=PHONE), come()
    by = staff(town.administrator, now())

    assert actions.end_sign_ins(town.worker, by=by, at=now()) == 2

    assert (is_in(phone), is_in(desk)) == (False, False)
    assert latest(town.worker).by_id == signed(town.worker.pk, town.administrator.pk)


def test_a_closed_account_is_signed_in_nowhere(town):
    client = come("mate")
    actions.end_post(make.post(town.mate), by=make.SYSTEM, at=now())
    actions.close_account(town.mate, by=make.SYSTEM, at=now())

    assert not is_in(client)
    assert not SignIn.objects.filter(user=town.mate).exists()


def test_who_signs_in_after_somebody_else_in_one_browser_is_kept_alone(town):
    client = Client()
    client.force_login(town.worker)
    client.force_login(town.handler)
    assert [one.user for one in SignIn.objects.all()] == [town.handler]
    assert is_in(client)


def test_signing_out_forgets_it(town):
    client = come()
    client.post("/sign-out/")
    assert not SignIn.objects.exists()


def test_a_new_password_keeps_this_session_in_the_list(town):
    other, here = come(agent=PHONE), come()
    here.post("/me/password/", {"old": PASSWORD, "password": FAR, "again": FAR})

    assert (is_in(here), is_in(other)) == (True, False)
    assert "tone-done" in here.get(WHERE).content.decode()


def test_the_day_of_use_is_kept_once_a_day_and_nothing_finer(town, django_assert_num_queries):
    client = come()
    yesterday = localdate() - timedelta(days=1)
    SignIn.objects.update(seen_on=yesterday)
    client.get("/me/")
    assert SignIn.objects.get().seen_on == yesterday  # the session knows that today is kept
    session = client.session
    session["seen_on"] = yesterday.isoformat()
    session.save()

    client.get("/me/")

    assert SignIn.objects.get().seen_on == localdate()
    assert client.session["seen_on"] == localdate().isoformat()


def test_sessions_whose_time_is_over_are_forgotten_with_what_was_kept_of_them(town):
    gone, here = come(), come()
    Session.objects.filter(session_key=gone.session.session_key).update(
        expire_date=now() - timedelta(minutes=1)
    )
    tasks.forget(now())
    assert [one.session_id for one in SignIn.objects.all()] == [here.session.session_key]


def test_of_an_ended_session_a_job_is_left_for_its_device(town):
    come()
    kept = SignIn.objects.get()
    actions.end_sign_in(kept, by=staff(town.worker, now()), at=now())
    assert [(job.topic, job.key) for job in Job.objects.all()] == [("sign_in_ended", kept.pk)]


def test_no_address_is_kept_anywhere(town):
    Client(REMOTE_ADDR="203.0.113.77").post("/sign-in/", {"login": "worker", "password": PASSWORD})
    names = {field.name for field in SignIn._meta.concrete_fields}
    assert names == {"id", "user", "session", "label", "since", "seen_on"}
    session = Session.objects.get()
    assert "203.0.113.77" not in str(session.get_decoded())
    assert "203.0.113.77" not in str([entry.facts for entry in history(town.worker.pk)])


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_however_long(town, queries, n):
    for _n in range(n):
        here = come()
    here.get(WHERE)
    with queries("sessions"):
        here.get(WHERE)


def test_a_session_ends_a_day_after_the_sign_in_however_often_it_is_used(town, monkeypatch):
    client = come()
    session = client.session
    begun = now()
    for hours in (6, 12, 18):
        session["used"] = hours
        with freeze(monkeypatch, begun + timedelta(hours=hours)):
            session.save()
        ends = Session.objects.get(pk=session.session_key).expire_date
        assert abs(ends - begun - timedelta(hours=min(24, hours + 12))) < timedelta(minutes=1)


def test_a_session_of_somebody_who_did_not_sign_in_goes_on_with_its_use(client, monkeypatch):
    session = client.session
    session["follows"] = []
    session.save()
    later = now() + timedelta(hours=20)
    with freeze(monkeypatch, later):
        session.save()
    assert Session.objects.get(pk=session.session_key).expire_date > later + timedelta(hours=11)


@contextmanager
def freeze(monkeypatch, at):
    """Let Django's sessions believe it is ``at``."""
    with monkeypatch.context() as patched:
        patched.setattr("django.contrib.sessions.backends.base.timezone.now", lambda: at)
        yield


def test_a_new_factor_offers_to_end_the_other_sessions(town):
    come(agent=PHONE)
    here = come()
    assert "End all others" in here.get("/two-factor/").content.decode()
    assert here.post("/me/sessions/end-others/").status_code == 302
    assert "End all others" not in here.get("/two-factor/").content.decode()


def test_no_browser_keeps_what_was_drawn_for_whoever_works_here(town):
    here = come()
    for page in ("/me/", "/desk/", "/field/"):
        assert here.get(page)["Cache-Control"] == "no-store", page
    assert "no-store" not in Client().get("/").headers.get("Cache-Control", "")
