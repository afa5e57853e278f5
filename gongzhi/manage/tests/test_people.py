"""Offices, people and their posts on their pages."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import IN_OFFICE, Absence, Identity, Office, Post, Role, User
from gongzhi.accounts.queries import colleagues
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.manage.tests.make import told
from gongzhi.matters.tests import make
from gongzhi.offline.actions import know
from gongzhi.offline.models import Device


def office(**says):
    usual = {"name_zh": "园林所", "name_en": "Parks", "code": "parks", "duty": "greening"}
    return usual | {"place": "990101 云溪区", "phone": "000-1234"} | says


def test_an_office_is_founded(town, client):
    said = office(calendar=town.roads.calendar_id)
    assert client.post("/manage/offices/", said).url == "/manage/offices/"
    founded = Office.objects.get(code="parks")
    assert (founded.duty, founded.place, founded.phone) == ("greening", town.district, "000-1234")


@pytest.mark.parametrize(
    "says", [{"code": "roads"}, {"place": "123"}, {"place": " "}, {"duty": "a b"}]
)
def test_a_bad_office_is_told_and_not_founded(town, client, says):
    answer = client.post("/manage/offices/", office(calendar=town.roads.calendar_id, **says))
    assert (answer.status_code, Office.objects.count()) == (422, 2)


def test_an_office_where_nobody_serves_is_shown_so(town, client):
    client.post("/manage/offices/", office(calendar=town.roads.calendar_id))
    assert "nobody" in told(client.get("/manage/offices/"))


def test_an_office_is_changed_on_its_page(town, client):
    said = {"name_zh": "路灯所", "name_en": "Lighting", "duty": "lights", "phone": "000-9"}
    said |= {"calendar": town.lights.calendar_id}
    assert client.post("/manage/offices/lights/", said).url == "/manage/offices/lights/"
    page = told(client.get("/manage/offices/lights/"))
    assert ("“Lighting” is changed." in page, 'value="000-9"' in page) == (True, True)
    again = client.post("/manage/offices/lights/", said)
    assert (again.status_code, "Nothing of it would change." in told(again)) == (422, True)


def test_an_office_that_is_at_work_or_filled_is_not_closed_and_says_why(town, client):
    close = "/manage/offices/lights/close/"
    filled = client.post(close)
    assert (filled.status_code, "Its posts are filled" in told(filled)) == (422, True)
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    busy = client.post(close, {"end_posts": "on"})
    assert (busy.status_code, "It leads 1 matter that has not ended" in told(busy)) == (422, True)
    make.walk(town, matter, "send_back")
    assert client.post(close, {"end_posts": "on"}).url == "/manage/offices/"
    assert not Office.objects.get(code="lights").is_active
    assert "Close the office" not in told(client.get("/manage/offices/lights/"))


# --- People and posts.


def account(**says):
    usual = {"username": "new.one", "name_zh": "新人", "password": "a long way to go"}
    return usual | says


def test_an_account_is_opened_and_its_owner_can_sign_in(town, client):
    assert client.post("/manage/staff/new/", account()).url == "/manage/staff/@new.one/"
    said = {"login": "new.one", "password": "a long way to go"}
    assert Client().post("/sign-in/", said)["Location"] == "/start/"


@pytest.mark.parametrize(
    "says",
    [{"username": "worker"}, {"username": "Big Name"}, {"password": "1234"}, {"name_zh": ""}],
)
def test_a_bad_account_is_told_and_not_opened(town, client, says):
    n = User.objects.count()
    answer = client.post("/manage/staff/new/", account(**says))
    assert (answer.status_code, User.objects.count()) == (422, n)


def test_people_are_found_by_name_and_by_the_code_of_their_place(town, client):
    for asked in ("worke", "worker同志", town.grid.code):
        found = client.get("/manage/staff/", {"q": asked}).context["people"]
        assert [user.username for user in found] == ["worker"]
    assert "Nobody found" in told(client.get("/manage/staff/?q=%F0%9F%92%A5"))


def test_people_have_names_of_people_in_chinese(town, client):
    page = told(client.get("/manage/staff/", headers={"accept-language": "zh-hans"}))
    assert '<th scope="col">姓名</th>' in page


@pytest.mark.parametrize(
    ("sort", "says"),
    [("totp", "set up"), ("webauthn", "set up"), ("recovery_codes", "not set up")],
)
def test_the_list_says_whom_a_second_step_protects(town, client, sort, says):
    client.post("/manage/staff/new/", account())
    user = User.objects.get(username="new.one")
    Authenticator.objects.create(user=user, type=sort, data={})
    page = told(client.get("/manage/staff/", {"q": "new.one"}))
    assert re.findall(r"(?:not )?set up", page) == [says]


def test_the_list_of_people_pages_by_name(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.manage.queries.PAGE", 4)
    seen, after = [], ""
    while True:
        page = client.get("/manage/staff/", {"after": after}).context
        seen += [user.username for user in page["people"]]
        after = page["after"]
        if not after:
            break
    assert seen == sorted(User.objects.values_list("username", flat=True))


def test_somebody_is_appointed_and_the_post_ends_once_another_fills_it(town, client):
    said = {"role": "grid_worker", "place": town.grid.code, "office": ""}
    client.post("/manage/staff/@stranger/appoint/", said)
    post = Post.objects.get(user=town.worker)

    assert client.post("/manage/staff/@worker/end/", {"post": post.pk}).status_code == 302
    assert Post.objects.get(pk=post.pk).valid_to


def test_the_last_one_in_a_post_cannot_leave_it(town, client):
    post = Post.objects.get(user=town.worker)

    answer = client.post("/manage/staff/@worker/end/", {"post": post.pk})

    assert answer.status_code == 422
    assert "appoint a successor first" in told(answer)
    assert Post.objects.get(pk=post.pk).valid_to is None


def test_a_post_of_somebody_else_is_not_ended_from_this_page(town, client):
    post = Post.objects.get(user=town.acceptor)
    assert client.post("/manage/staff/@worker/end/", {"post": post.pk}).status_code == 422
    assert client.post("/manage/staff/@worker/end/", {"post": "x"}).status_code == 422


@pytest.mark.parametrize(
    "says", [{"role": "handler"}, {"role": "king"}, {"place": "7"}, {"place": ""}]
)
def test_a_bad_appointment_is_told_and_fills_nothing(town, client, says):
    n = Post.objects.count()
    usual = {"role": "grid_worker", "place": town.grid.code, "office": ""}
    answer = client.post("/manage/staff/@stranger/appoint/", usual | says)
    assert (answer.status_code, Post.objects.count()) == (422, n)


def local(at):
    return f"{at + timedelta(hours=8):%Y-%m-%dT%H:%M}"


def test_an_absence_is_recorded_and_ended_for_somebody(town, client):
    at = now()
    appoint(
        town.stranger,
        role="handler",
        place=town.district,
        office=town.lights,
        by=SYSTEM,
        at=at,
    )
    said = {
        "starts_at": local(at),
        "ends_at": local(at + timedelta(days=3)),
        "deputy": town.stranger.pk,
    }

    client.post("/manage/staff/@handler/leave/", said)
    absence = Absence.objects.get()
    assert "handler" in told(client.get("/manage/absences/"))

    client.post("/manage/absences/", {"absence": absence.pk})
    assert not Absence.objects.filter(ends_at__gt=now()).exists()


@pytest.mark.parametrize("role", Role.values)
def test_in_every_post_somebody_can_be_named_to_stand_in_by_themselves_or_an_administrator(
    town, client, role
):
    at = now()
    office = town.lights if role in IN_OFFICE else None
    place = town.grid if role.startswith("grid") else town.district
    alone = open_account(
        username="alone", name_zh="独一人", name_en="Alone", password="", by=SYSTEM, at=at
    )
    appoint(alone, role=role, place=place, office=office, by=SYSTEM, at=at)
    own = Client()
    own.force_login(alone)
    for browser, link in (
        (client, "/manage/staff/@alone/leave/"),
        (own, reverse("accounts:leave")),
    ):
        said = {"starts_at": local(at), "ends_at": local(at + timedelta(days=1))}
        deputies = colleagues(alone, at)
        assert deputies
        answer = browser.post(link, said | {"deputy": deputies[0].pk})
        assert answer.status_code == 302, told(answer)
        absence = Absence.objects.get()
        assert [e.verb for e in history(absence.pk)] == ["absence.leave"]
        absence.delete()


def test_others_are_offered_to_stand_in_only_where_nobody_fills_the_same_post(town):
    assert town.dispatcher in colleagues(town.acceptor, now())
    assert town.handler not in colleagues(town.acceptor, now())

    at = now()
    twin = open_account(
        username="twin", name_zh="一同", name_en="Twin", password="", by=SYSTEM, at=at
    )
    appoint(twin, role=Role.ACCEPTOR, place=town.township, by=SYSTEM, at=at)
    assert list(colleagues(town.acceptor, at)) == [twin]


def test_a_new_password_is_given(town, client):
    client.post("/manage/staff/@worker/password/", {"password": "over the hills"})
    assert User.objects.get(username="worker").check_password("over the hills")
    assert client.post("/manage/staff/@worker/password/", {"password": "123"}).status_code == 422


def test_an_account_is_closed_only_without_posts(town, client):
    answer = client.post("/manage/staff/@worker/close/")
    assert (answer.status_code, "They still hold a post" in told(answer)) == (422, True)

    Post.objects.filter(user=town.worker).update(valid_to=now())
    client.post("/manage/staff/@worker/close/")
    assert not User.objects.get(username="worker").is_active


def test_what_somebody_keeps_on_a_lost_telephone_is_wiped(town, client):
    know(uuid4(), label="Android Chrome", by=town.staff("worker"), at=make.NOON)
    page = client.get(reverse("manage:person", args=["worker"])).content.decode()
    assert "Android Chrome" in page
    answer = client.post(f"/offline/devices/{Device.objects.get().pk}/wipe/")
    assert answer["Location"] == reverse("manage:person", args=["worker"])
    assert "Android Chrome" not in client.get(answer["Location"]).content.decode()


# --- Links with the identity provider.


@pytest.fixture
def provider(settings):
    settings.OIDC_ISSUER, settings.OIDC_NAME = "https://id.example", "District ID"


def test_an_administrator_links_an_account_and_takes_the_link_off(provider, town, client):
    at = "/manage/staff/@handler/"
    assert "Link with “District ID”" in told(client.get(at))

    assert client.post(f"{at}link/", {"subject": " 4711 "}).url == at

    page = told(client.get(at))
    assert "Linked with “District ID” since" in page
    assert "4711" in page
    kept = Identity.objects.get()
    assert (kept.user, kept.issuer, kept.subject) == (town.handler, "https://id.example", "4711")
    assert list(history(town.handler.pk))[-1].verb == "account.link"
    assert client.post(f"{at}unlink/").url == at
    assert not Identity.objects.exists()
    assert list(history(town.handler.pk))[-1].verb == "account.unlink"
    assert client.post(f"{at}unlink/").status_code == 404


def test_what_is_linked_already_is_told_beside_what_was_typed(provider, town, client):
    client.post("/manage/staff/@handler/link/", {"subject": "4711"})
    for who, said in (
        ("acceptor", "Another account is linked with that already."),
        ("handler", "This account is linked already: take that off first."),
    ):
        answer = client.post(f"/manage/staff/@{who}/link/", {"subject": "4711"})
        assert answer.status_code == 422
        assert who == "handler" or said in told(answer)
    assert Identity.objects.count() == 1


def test_without_an_identity_provider_there_is_nothing_to_link(town, client):
    assert "Link" not in told(client.get("/manage/staff/@handler/"))
    for what in ("link", "unlink"):
        answer = client.post(f"/manage/staff/@handler/{what}/", {"subject": "4711"})
        assert answer.status_code == 404
    assert not Identity.objects.exists()
