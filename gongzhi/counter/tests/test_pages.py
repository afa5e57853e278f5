from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.counter import actions, queries
from gongzhi.counter.models import Seat, Ticket
from gongzhi.counter.states import State
from gongzhi.counter.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return now()


def page(browser, name, *args, **headers):
    return browser.get(reverse(f"counter:{name}", args=args), headers=headers).content.decode()


def test_a_day_at_the_counter(as_, client, town, at):
    browser = as_("acceptor")
    typed = {"office": "-", "priority": "on"}
    drawn = browser.post(reverse("counter:draw", args=[town.district.code]), typed, follow=True)
    assert "001" in drawn.content.decode()
    ticket = Ticket.objects.get()
    assert ticket.priority
    seat = reverse("counter:seat", args=[town.first.pk])
    browser.post(reverse("counter:call", args=[town.first.pk]))
    assert "001" in page(client, "display", town.district.code)
    for name in ("recall", "serve"):
        assert (
            browser.post(reverse(f"counter:{name}", args=[ticket.pk])).headers["Location"] == seat
        )
    assert reverse("desk:intake") in browser.get(seat).content.decode()
    browser.post(reverse("counter:hand_on", args=[ticket.pk]), {"office": "lights"})
    ticket.refresh_from_db()
    assert (ticket.state, ticket.office, ticket.seat) == (State.WAITING, town.lights, None)


def test_a_visitor_draws_a_number_at_the_entrance_without_signing_in(client, town):
    link = reverse("counter:entrance", args=[queries.sealed(town.district)])
    assert 'name="priority"' in client.get(link).content.decode()
    answer = client.post(link, {"office": "lights"}, follow=True)
    assert "您前面还有 0 人。" in answer.content.decode()
    assert link in answer.content.decode()
    assert Ticket.objects.get().office == town.lights


def test_nobody_guesses_the_page_at_the_entrance(client, town):
    code = town.district.code
    for typed in (code, f"{code}:", queries.sealed(town.district)[:-1] + "!", "x" * 500):
        link = reverse("counter:entrance", args=[typed])
        assert client.post(link, {"office": "-"}).status_code == 404
    assert not Ticket.objects.exists()


def test_the_page_at_the_entrance_takes_only_so_many_a_minute(client, town, monkeypatch):
    from gongzhi.counter import pages

    monkeypatch.setattr(pages, "DRAWN_A_MINUTE", 2)
    link = reverse("counter:entrance", args=[queries.sealed(town.district)])
    statuses = [client.post(link, {"office": "-"}).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


@pytest.mark.parametrize("typed", [{}, {"office": "roads"}, {"office": "%_'\""}])
def test_what_no_seat_serves_is_refused_with_a_sentence(client, town, typed):
    link = reverse("counter:entrance", args=[queries.sealed(town.district)])
    answer = client.post(link, {**typed, "priority": ""})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_the_display_shows_numbers_and_seats_and_answers_only_what_changed(client, town, at):
    ticket = make.called(town, at)
    whole = page(client, "display", town.district.code)
    assert 'aria-live="polite"' in whole
    assert "请到 1 号窗口" in whole
    link = reverse("counter:display", args=[town.district.code])
    part = client.get(link, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    seen = {"seen": part.context["stamp"]}
    assert client.get(link, seen, headers={"HX-Request": "true"}).status_code == 204
    actions.recall(ticket, by=town.staff("acceptor", at), at=at + timedelta(seconds=9))
    assert client.get(link, seen, headers={"HX-Request": "true"}).status_code == 200


def test_a_place_without_seats_has_no_display(client, town):
    link = reverse("counter:display", args=[town.community.code])
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.WAITING, "您前面还有 0 人。"),
        (State.CALLED, "请到 1 号窗口。"),
        (State.GONE, "这个号已经叫过"),
    ],
)
def test_a_number_says_what_to_do(client, town, at, state, said):
    ticket = make.called(town, at)
    Ticket.objects.filter(pk=ticket.pk).update(state=state)
    assert said in page(client, "ticket", ticket.pk)
    part = page(client, "ticket", ticket.pk, **{"HX-Request": "true"})
    assert said in part
    assert "<html" not in part


@pytest.mark.parametrize("who", ["handler", "dispatcher", "administrator"])
def test_others_do_not_sit_at_a_seat(as_, town, at, who):
    ticket = make.called(town, at)
    browser = as_(who)
    for address in (
        reverse("counter:call", args=[town.first.pk]),
        reverse("counter:miss", args=[ticket.pk]),
    ):
        assert browser.post(address).status_code == 403
    assert browser.get(reverse("counter:seat", args=[town.first.pk])).status_code == 403


def test_a_refused_call_says_why_and_keeps_the_page(as_, town, at):
    make.called(town, at)
    make.ticket(town, at)
    answer = as_("acceptor").post(reverse("counter:call", args=[town.first.pk]))
    assert answer.status_code == 422
    assert "请先说明001号是否来了。" in answer.content.decode()


def test_a_move_that_is_not_open_any_more_says_so(as_, town, at):
    ticket = make.called(town, at)
    actions.miss(ticket, by=town.staff("acceptor", at), at=at)
    browser = as_("acceptor")
    assert browser.post(reverse("counter:serve", args=[ticket.pk])).status_code == 409
    waiting = make.ticket(town, at)
    assert browser.post(reverse("counter:serve", args=[waiting.pk])).status_code == 409


def test_nobody_waiting_is_said(as_, town):
    answer = as_("acceptor").post(reverse("counter:call", args=[town.first.pk]), follow=True)
    assert "没有人在等这个窗口。" in answer.content.decode()


def test_a_leader_reads_the_figures_and_draws_nothing(as_, town, at):
    make.ticket(town, at - timedelta(days=1))
    actions.close_days(by=SYSTEM, at=at)
    browser = as_("leader")
    whole = page(browser, "index")
    assert "从未叫到" in whole
    assert reverse("counter:draw", args=[town.district.code]) not in whole
    link = reverse("counter:draw", args=[town.district.code])
    assert browser.post(link, {"office": "-"}).status_code == 403


def test_who_sits_nowhere_reads_what_would_stand_there(as_, town):
    assert "您任职的地方没有开放的窗口" in page(as_("stranger"), "index")


def test_an_administrator_opens_and_closes_seats_without_code(as_, town):
    browser = as_("administrator")
    link = reverse("counter:seats")
    typed = {"place": town.district.code, "number": "7", "office": "roads"}
    assert "窗口已开放。" in browser.post(link, typed, follow=True).content.decode()
    again = browser.post(link, typed)
    assert again.status_code == 422
    assert "这个中心已经有这个号的窗口。" in again.content.decode()
    seat = Seat.objects.get(number=7)
    browser.post(reverse("counter:close_seat", args=[seat.pk]))
    seat.refresh_from_db()
    assert not seat.is_open


@pytest.mark.parametrize("who", ["acceptor", "leader", "handler"])
def test_seats_are_for_administrators(as_, town, who):
    browser = as_(who)
    assert browser.get(reverse("counter:seats")).status_code == 403
    assert browser.post(reverse("counter:close_seat", args=[town.first.pk])).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_however_many_wait(as_, town, at, queries, n):
    for _ in range(n):
        drawn = make.ticket(town, at)
    browser = as_("acceptor")
    for name, args in (
        ("index", []),
        ("seat", [town.first.pk]),
        ("display", [town.district.code]),
        ("ticket", [drawn.pk]),
    ):
        browser.get(reverse("counter:index"))  # names are kept from now on
        with queries(name):
            page(browser, name, *args)
