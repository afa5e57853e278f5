"""The link that asks whether it is solved: used once, for a time, by whoever was sent it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.deadlines.actions import add_rule
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.proving import prove_link
from gongzhi.matters.models import FollowUp, FollowUpLink, Matter
from gongzhi.matters.receipts import Contact, token_hash
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.portal.tests.make import follow

pytestmark = pytest.mark.django_db
CHECKED = ("accept", "dispatch", "acknowledge", "answer", "inspect")
WANG = Contact("王女士", "13800138000")
YES = {"solved": "yes", "in_time": "yes", "satisfied": "5", "comment": "很快。"}
NO = {"solved": "no", "satisfied": "1", "why_not": "partly", "comment": "还有一盏不亮。"}
END = make.at(days=15)  # the link holds until the end of the fourteenth day


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """Let the pages open a day after the check, or when a test says."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr("gongzhi.portal.pages.asked.now", lambda: moment)

    at(make.at(days=1))
    return at


def checked(town, **says: Any) -> Matter:
    return make.walk(town, make.matter(town, contact=WANG, **says), *CHECKED)


def invited(town, **says: Any) -> tuple[Matter, str]:
    matter = checked(town, **says)
    return matter, actions.invite(matter, by=SYSTEM, at=make.NOON)


def address(token: str) -> str:
    return reverse("portal:solved", args=[token])


def text(response) -> str:
    body: str = response.content.decode()
    return body


def verbs(matter: Matter) -> list[str]:
    return [entry.verb.removeprefix("matter.") for entry in history(matter.pk)]


def test_solved_by_the_link_closes_it_and_counts_as_said_by_the_link(client, town):
    matter, token = invited(town)
    response = client.post(address(token), YES)
    assert (response.status_code, response["Location"]) == (302, address(token))
    matter.refresh_from_db()
    call = FollowUp.objects.get()
    assert (matter.state, call.result, call.in_time, call.satisfied, call.way, call.comment) == (
        State.CLOSED, "solved", True, 5, "link", "很快。"
    )  # fmt: skip
    assert verbs(matter)[-2:] == ["invite", "rate"]


def test_a_feedback_link_works_once_expires_and_says_so(client, town, noon):
    matter, token = invited(town)
    assert client.get(address(token)).context["form"]
    client.post(address(token), YES)
    again = client.post(address(token), NO)
    assert "这个链接在 2026-03-03 12:00 已经用过，只能用一次" in text(again)
    assert "form" not in again.context
    matter.refresh_from_db()
    assert (matter.state, FollowUp.objects.count()) == (State.CLOSED, 1)

    other, late = invited(town)
    noon(END)
    old = client.post(address(late), YES)
    assert "这个链接的有效期到 2026-03-16" in text(old)
    other.refresh_from_db()
    assert (other.state, FollowUp.objects.count()) == (State.RESOLVED, 1)


@pytest.mark.parametrize("closed", [False, True])
def test_unhappy_feedback_in_free_words_asks_for_reopening_only_from_closed(
    client, town, noon, closed
):
    """Or from checked, where it waits to be closed."""
    matter, token = invited(town)
    if closed:
        noon(make.at(days=9))
        actions.close(matter, by=SYSTEM, at=make.at(days=8))
        assert "solved" not in client.get(address(token)).context["form"].fields
    silent = client.post(address(token), NO | {"comment": " "})
    assert silent.status_code == 422
    assert "请写明还有什么没有解决" in text(silent)
    assert client.post(address(token), NO).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.rounds, matter.solved) == (State.HANDLING, 1, False)
    assert matter.messages.get(sort="said").text == "还有一盏不亮。"
    assert FollowUp.objects.get(result="unsolved").why_not == "partly"


@pytest.mark.parametrize("move", ["reopen", "withdraw"])
def test_what_is_neither_checked_nor_closed_is_not_reopened_by_a_link(client, town, move):
    matter, token = invited(town)
    make.walk(town, matter, "reopen")
    if move == "withdraw":
        make.walk(town, matter, move)
    before = FollowUp.objects.count()
    response = client.post(address(token), NO)
    assert "正在重新办理" in text(response)
    assert FollowUp.objects.count() == before


def test_whoever_was_joined_is_asked_by_a_link_of_their_own(client, town):
    into = make.walk(town, make.matter(town), "accept")
    double = make.matter(town, contact=WANG)
    actions.merge(double, into=into, by=town.staff("acceptor"), at=make.NOON)
    make.walk(town, into, *CHECKED[1:], "rate")
    double.refresh_from_db()
    token = actions.invite(double, by=SYSTEM, at=make.NOON)
    client.post(address(token), NO)
    double.refresh_from_db()
    into.refresh_from_db()
    assert (double.solved, into.state) == (False, State.HANDLING)
    assert FollowUp.objects.get(matter=double).way == "link"


def test_the_secret_is_stored_only_as_a_keyed_hash(town):
    _matter, token = invited(town)
    link = FollowUpLink.objects.get()
    assert link.token_hash == token_hash(token)
    assert len(token) >= 22
    columns = FollowUpLink.objects.values_list().get()
    assert token not in "".join(map(str, columns))


def test_guessed_links_open_nothing_and_are_slowed(client, town):
    matter, token = invited(town)
    statuses = {client.get(address(f"guess{n:017d}")).status_code for n in range(120)}
    assert statuses == {404}
    assert client.get(address("guess")).status_code == 429
    assert client.post(address(token), YES).status_code == 429
    matter.refresh_from_db()
    assert matter.state == State.RESOLVED


def test_a_link_that_nobody_made_says_what_to_do(client):
    response = client.get(address("x" * 22))
    assert response.status_code == 404
    assert "没有这个链接" in text(response)


def test_the_page_of_a_link_tells_nothing_of_what_was_written_and_opens_no_matter(client, town):
    matter, token = invited(town, text="王家门口的路灯不亮了")
    page = text(client.get(address(token)))
    assert matter.number in page
    assert [words for words in ("王家门口", "灯已修好", "13800138000") if words in page] == []
    assert client.get(reverse("portal:show", args=[matter.pk])).status_code == 302
    sealed, other = invited(town, about_office=town.roads)
    page = text(client.get(address(other)))
    assert sealed.number in page
    assert sealed.kind.name not in page


def test_one_link_is_made_for_each_check_and_only_by_the_system(town):
    matter, token = invited(town)
    assert token
    assert actions.invite(matter, by=SYSTEM, at=make.NOON) == ""
    make.walk(town, matter, "reopen", "answer", "inspect")
    assert actions.invite(matter, by=SYSTEM, at=make.NOON)
    with pytest.raises(PermissionDenied):
        actions.invite(matter, by=town.staff("acceptor"), at=make.NOON)
    rated = make.walk(town, checked(town), "rate")
    assert actions.invite(rated, by=SYSTEM, at=make.NOON) == ""


def test_a_link_is_answered_only_by_whoever_was_sent_it(town):
    _matter, token = invited(town)
    other = checked(town)
    link = prove_link(token, address="", by=make.ANYBODY, at=make.NOON)
    assert link
    for by in (rules.holder(other), town.staff("acceptor"), make.ANYBODY):
        with pytest.raises(PermissionDenied):
            actions.respond(link, solved=True, by=by, at=make.NOON)


def test_of_two_who_answer_at_once_one_is_heard(town):
    matter, token = invited(town)
    first = prove_link(token, address="", by=make.ANYBODY, at=make.NOON)
    second = prove_link(token, address="", by=make.ANYBODY, at=make.NOON)
    assert first
    assert second
    by = rules.holder(matter)
    actions.respond(first, solved=True, by=by, at=make.NOON)
    with pytest.raises(ValidationError, match="只能用一次"):
        actions.respond(second, solved=False, comment="没有。", by=by, at=make.NOON)
    assert FollowUp.objects.count() == 1


def test_looking_at_a_link_does_not_use_it(client, town):
    _matter, token = invited(town)
    for _n in range(3):
        client.get(address(token))
        client.head(address(token))
    assert FollowUpLink.objects.get().used_at is None


def test_a_link_asks_in_a_fixed_number_of_queries(town, queries):
    _matter, token = invited(town)
    browser = Client()
    browser.get(address(token))
    with queries("solved"):
        browser.get(address(token))


def test_how_long_a_link_holds_is_a_rule_of_its_own(town):
    add_rule("loop.link", value=3, valid_from=make.TODAY, by=SYSTEM, at=make.NOON)
    invited(town)
    assert FollowUpLink.objects.get().until < make.NOON + timedelta(days=4)


@pytest.mark.parametrize("form", ["rate", "reopen"])
def test_the_portal_asks_too_whether_they_were_answered_in_time(client, town, form):
    matter = follow(client, town)
    make.walk(town, matter, *CHECKED)
    typed = {"in_time": "no", "satisfied": "3", "reason": "又坏了。", "version": matter.version}
    client.post(reverse(f"portal:{form}", args=[matter.pk]), typed)
    assert FollowUp.objects.get(matter=matter).in_time is False
