"""Eight workers press the same move on the same matters: one wins, seven read why not."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.models import Matter
from gongzhi.matters.states import State
from gongzhi.matters.tests import make

WORKERS, MATTERS = 8, 60
PATIENCE_S = 120

pytestmark = pytest.mark.django_db(transaction=True)


def press_together(press: Callable[[Matter], str], matters: list[Matter]) -> Counter[str]:
    """Let every worker press on every matter, all on one matter at a time; count the answers."""
    answers: list[str] = []
    start = threading.Barrier(WORKERS, timeout=PATIENCE_S)

    def work() -> None:
        try:
            for matter in matters:
                start.wait()
                answers.append(press(matter))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    return Counter(answers)


def entries(verb: str) -> Counter[str]:
    rows = Entry.objects.filter(verb=f"matter.{verb}").values_list("subject", flat=True)
    return Counter(str(subject) for subject in rows)


def test_of_eight_who_press_accept_one_wins_and_seven_get_409():
    town = make.town()
    matters = [make.matter(town) for _ in range(MATTERS)]
    here = threading.local()

    def press(matter: Matter) -> str:
        if not hasattr(here, "client"):
            here.client = Client(raise_request_exception=False)
            here.client.force_login(town.acceptor)
        url = reverse("matters:accept", args=[matter.pk])
        return str(here.client.post(url, {"version": matter.version}).status_code)

    answers = press_together(press, matters)

    assert answers == {"302": MATTERS, "409": MATTERS * (WORKERS - 1)}
    assert set(Matter.objects.values_list("state", "version")) == {(State.ACCEPTED, 2)}
    assert set(entries("accept").values()) == {1}
    assert [fault for matter in matters for fault in broken(matter.pk)] == []
    assert Job.objects.filter(args__verb="accept").count() == MATTERS


def test_of_eight_who_write_a_note_on_what_they_read_one_wins():
    town = make.town()
    matters = [make.matter(town) for _ in range(20)]
    acceptor = town.staff("acceptor")

    def press(matter: Matter) -> str:
        mine = Matter.objects.get(pk=matter.pk)
        mine.version = matter.version  # as all of them read it, whoever came first by now
        try:
            actions.note(mine, words="一起写的。", by=acceptor, at=make.NOON)
        except (MoveLost, MoveRefused) as lost:
            return type(lost).__name__
        return "won"

    answers = press_together(press, matters)

    assert answers == {"won": 20, "MoveLost": 20 * (WORKERS - 1)}
    assert set(entries("note").values()) == {1}
    assert [fault for matter in matters for fault in broken(matter.pk)] == []
