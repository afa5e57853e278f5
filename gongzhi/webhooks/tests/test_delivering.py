"""Receivers that are down, slow, lying or gone; the order of events; workers that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.seal import seal
from gongzhi.notices.models import Notice
from gongzhi.webhooks import actions, backends, queries, tasks
from gongzhi.webhooks.actions import delivering
from gongzhi.webhooks.models import Delivery, Hook
from gongzhi.webhooks.states import Sent, State
from gongzhi.webhooks.tests import make

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
HTML = b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"


def errors():
    return set(Delivery.objects.filter(state=Sent.WAITING).values_list("error", flat=True))


def json_reply(said):
    return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((200, {"Content-Type": "text/html"}, b"fine"), "a web page instead of an answer"),
        ((200, {}, b"\n " + HTML), "a web page instead of an answer"),
        (json_reply({"errcode": 40001, "errmsg": "invalid credential"}), "errcode 40001"),
        (json_reply({"errno": "7"}), "errno 7"),
        (json_reply({"success": False}), "success false"),
        (json_reply({"ok": False}), "ok false"),
        (json_reply({"code": 500, "msg": "no"}), "code 500"),
        (json_reply({"status": 422}), "status 422"),
        (json_reply({"error": "no such channel"}), "error"),
        (json_reply({"errors": [{}]}), "errors"),
        ((301, {"Location": "http://10.0.0.1/"}, b""), "HTTP 301"),
        ((400, {}, b""), "HTTP 400"),
        ((404, {}, b""), "HTTP 404"),
        ((429, {}, b""), "HTTP 429"),
        ((500, {}, b""), "HTTP 500"),
    ],
)
def test_an_answer_that_says_no_is_not_taken_and_tried_again(town, receiver, reply, error):
    make.hook(town, receiver.address)
    receiver.answer = lambda _got, _line: reply
    make.matter(town)
    make.work()
    assert errors() == {error}
    receiver.answer = None
    make.work(make.at(seconds=10))
    assert len(receiver.got) == 1
    make.work(make.at(seconds=30))
    assert len(receiver.got) == 2
    assert receiver.events[0] == receiver.events[1]
    assert set(Delivery.objects.values_list("state", "tries", "error")) == {("taken", 2, "")}


@pytest.mark.parametrize(
    "reply",
    [
        (200, {}, b""),
        (202, {}, b"ok"),
        (204, {}, b""),
        json_reply({"errcode": 0, "errmsg": "ok"}),
        json_reply({"code": 0, "success": True}),
        json_reply({"code": 200, "error": None}),
        json_reply({"errors": []}),
        json_reply([1]),
    ],
)
def test_an_answer_that_says_yes_or_nothing_is_taken(town, receiver, reply):
    make.hook(town, receiver.address)
    receiver.answer = lambda _got, _line: reply
    make.matter(town)
    make.work()
    assert Delivery.objects.get().state == Sent.TAKEN


def test_a_redirect_into_the_house_is_not_followed(town, receiver):
    make.hook(town, receiver.address)
    with make.receiving() as inside:
        receiver.status, receiver.headers = 307, {"Location": inside.address}
        make.matter(town)
        make.work()
    assert (len(receiver.got), inside.got) == (1, [])
    assert errors() == {"HTTP 307"}


def test_an_address_that_came_to_lead_into_the_house_is_not_met(town, receiver, settings):
    make.hook(town, receiver.address)
    settings.PRIVATE_NETWORKS = []
    make.matter(town)
    make.work()
    assert receiver.got == []
    assert errors() == {"the address leads into a private network"}


def hang(done):
    def answer(_got, _line):
        done.wait(9)

    return answer


def drip(done):
    def answer(_got, line):
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not done.wait(0.05):
            line.sendall(b"x")

    return answer


def drip_head(done):
    def answer(_got, line):
        line.sendall(b"HTTP/1.1 200 OK\r\nX-Wait: ")
        while not done.wait(0.05):
            line.sendall(b"x")

    return answer


def hang_up(_done):
    return lambda _got, line: line.close()


@pytest.mark.parametrize("way", [hang, drip, drip_head, hang_up])
def test_who_hangs_or_drips_is_not_waited_for_and_holds_up_no_other(
    town, receiver, monkeypatch, way
):
    monkeypatch.setattr(backends, "TIMEOUT_S", 0.5)
    done = Event()
    receiver.answer = way(done)
    with make.receiving() as quick:
        slow = make.hook(town, receiver.address)
        make.hook(town, quick.address, batched=False)
        for _each in range(5):
            make.matter(town)
        begun = monotonic()
        make.work()
        assert monotonic() - begun < 5
        done.set()
        assert len(quick.events) == 5
    assert set(Delivery.objects.filter(hook=slow).values_list("state", "tries")) == {("waiting", 1)}
    slow.refresh_from_db()
    assert slow.fails == 1


def test_a_receiver_that_is_down_is_asked_once_a_while_and_costs_the_others_no_try(town, receiver):
    hook = make.hook(town, receiver.address)
    receiver.status = 503
    for _each in range(3):
        make.matter(town)
    make.work()
    make.matter(town)
    make.work(make.at(seconds=10))
    assert len(receiver.got) == 1
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [0, 1, 1, 1]
    hook.refresh_from_db()
    assert hook.again_at
    assert make.at(seconds=15) <= hook.again_at <= make.at(seconds=31)


def test_who_answers_410_is_stopped_and_its_office_is_told(town, receiver, as_):
    hook = make.hook(town, receiver.address)
    receiver.status = 410
    make.matter(town)
    make.work()
    hook.refresh_from_db()
    assert (hook.state, hook.gone) == (State.STOPPED, True)
    notice = Notice.objects.get(verb="hook_gone")
    assert (notice.user, notice.label) == (town.handler, "市平台")
    assert "已停用：接收方不再接收" in as_("handler").get(notice.link).content.decode()
    last = Entry.objects.get(subject=hook.pk, verb="hook.stop")
    assert (last.by_label, last.facts) == ("system", {"gone": True})
    make.matter(town)
    make.work(make.at(hours=1))
    assert len(receiver.got) == 1
    receiver.status = 204
    actions.start(hook, by=SYSTEM, at=make.at(hours=2))
    make.work(make.at(hours=2))
    assert len(receiver.got) == 2


def test_one_whose_seal_is_broken_holds_up_no_other(town, receiver):
    broken = make.hook(town, receiver.address)
    make.hook(town, receiver.address)
    Hook.objects.filter(pk=broken.pk).update(sealed=b"x" * 80)
    make.matter(town)
    make.work()
    assert len(receiver.got) == 1
    assert errors() == {"what is sealed of it cannot be opened"}


def test_a_fault_of_ours_with_one_hook_holds_up_no_other(town, receiver):
    odd = make.hook(town, receiver.address)
    make.hook(town, receiver.address)
    known = queries.facts(odd) | {"secret": None}
    Hook.objects.filter(pk=odd.pk).update(sealed=seal(known, odd.pk.hex))
    make.matter(town)
    make.work()
    assert len(receiver.got) == 1
    assert errors() == {"AttributeError"}


def test_waits_grow_and_end_and_differ_by_chance():
    for n, whole in ((1, 30), (2, 60), (5, 480), (12, 21_600), (60, 21_600)):
        waits = [delivering.backoff(n).total_seconds() for _try in range(50)]
        assert whole / 2 <= min(waits) < max(waits) <= whole


# --- Order.


def row(n, matter, tries):
    return SimpleNamespace(pk=n, matter=UUID(int=matter), tries=tries)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=40), st.integers(1, 20))
def test_no_event_overtakes_an_earlier_one_of_its_matter_in_a_batch(told, most):
    found = [row(n, matter, tries) for n, (matter, tries) in enumerate(told)]
    chosen = queries.batch(found, most=most)
    assert len(chosen) <= most
    assert bool(chosen) == bool(found)
    assert len({one.tries for one in chosen}) <= 1
    assert [one.pk for one in chosen] == sorted(one.pk for one in chosen)
    for one in chosen:
        assert [
            e for e in found if e.matter == one.matter and e.pk < one.pk and e not in chosen
        ] == []


def test_the_more_often_a_batch_was_tried_the_smaller_it_is():
    sizes = [len(queries.batch([row(n, n, tries) for n in range(200)])) for tries in range(5)]
    assert sizes == [100, 25, 6, 1, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_fails_at_random_each_matter_is_told_in_its_order_and_nothing_is_lost(
    town, receiver, seed, monkeypatch
):
    monkeypatch.setattr(delivering, "MOST", 8)
    chance = Random(seed)
    taken: list[tuple[str, int]] = []
    faults: list[tuple[str, int]] = []

    def answer(got, line):
        for event in got.events:  # what comes first must have been taken before, or stand before it
            number, seq = event["subject"], int(event["sequence"])
            known = {s for n, s in taken if n == number}
            known |= {int(e["sequence"]) for e in got.events if e["subject"] == number}
            if not set(range(1, seq)) <= known:
                faults.append((number, seq))
        what = chance.choice(["yes", "yes", "yes", "no", "broken", "liar", "lost"])
        if what in ("yes", "lost"):
            taken.extend((e["subject"], int(e["sequence"])) for e in got.events)
        if what == "lost":
            line.close()
            return None
        refused: dict[str, Any] = {"no": (400, {}, b""), "broken": (500, {}, b"")}
        return refused.get(what, json_reply({"errcode": 1} if what == "liar" else {}))

    receiver.answer = answer
    hook = make.hook(town, receiver.address)
    some = [make.matter(town) for _each in range(6)]
    for name in ("accept", "dispatch", "acknowledge", "handle"):
        for matter in chance.sample(some, len(some)):
            make.walk(town, matter, name)
    make.work()
    for n in range(1, 200):
        tasks.send(make.at(minutes=30 * n))
        if n % 20 == 0:  # as an administrator does with what failed too often
            actions.replay_all(hook, by=SYSTEM, at=make.at(minutes=30 * n))
    assert faults == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"taken"}
    assert set(taken) == {(m.number, seq) for m in some for seq in range(1, 6)}


def test_one_that_is_never_taken_becomes_a_dead_letter_and_holds_back_its_matter_alone(
    town, receiver, as_
):
    hook = make.hook(town, receiver.address)
    some = [make.walk(town, make.matter(town), "accept", "dispatch") for _each in range(4)]
    poison = some[1]

    def answer(got, _line):
        bad = any(
            event["subject"] == poison.number and event["type"].endswith("accept")
            for event in got.events
        )
        return (400 if bad else 204), {}, b""

    receiver.answer = answer
    make.work()
    for n in range(1, 40):
        tasks.send(make.at(hours=6 * n))
    left = Delivery.objects.exclude(state=Sent.TAKEN).order_by("pk")
    assert [(one.matter, one.verb, one.state) for one in left] == [
        (poison.pk, "accept", "dead"),
        (poison.pk, "dispatch", "waiting"),
    ]
    (letter,) = queries.dead(hook)
    assert (vars(letter)["n_held"], letter.tries, letter.error) == (1, 12, "HTTP 400")
    receiver.answer = None
    before = len(receiver.got)
    actions.replay(letter, by=town.staff("administrator"), at=make.at(days=30))
    tasks.send(make.at(days=30))
    assert [event["type"][-8:] for one in receiver.got[before:] for event in one.events] == [
        "r.accept",
        "dispatch",
    ]
    assert Entry.objects.get(subject=hook.pk, verb="hook.replay").facts == {
        "event": str(letter.event)
    }


def test_however_much_is_held_back_what_is_free_is_found_behind_it(town, receiver, monkeypatch):
    monkeypatch.setattr(queries.telling, "AHEAD", 3)
    hook = make.hook(town, receiver.address)
    held = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "handle")
    make.work()
    free = make.matter(town)
    make.work()
    first, *later = Delivery.objects.filter(matter=held.pk).order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(state=Sent.DEAD)
    Delivery.objects.exclude(pk=first.pk).update(state=Sent.WAITING)
    assert len(later) == 4
    assert [one.matter for one in queries.waiting(hook, make.NOON)] == [free.pk]
    Delivery.objects.filter(matter=free.pk).update(state=Sent.TAKEN)
    assert queries.waiting(hook, make.NOON) == []
    Delivery.objects.filter(pk=first.pk).update(state=Sent.DROPPED)
    assert [one.pk for one in queries.waiting(hook, make.NOON)] == [one.pk for one in later[:3]]


# --- Ended midway.

CHILD = """
import sys
from datetime import datetime
import django
django.setup()
from gongzhi.audit.actors import SYSTEM
from gongzhi.webhooks import actions
actions.deliver(by=SYSTEM, at=datetime.fromisoformat(sys.argv[1]), for_s=60)
"""


def database():
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    more = "&".join(f"{ours}={known[theirs]}" for ours, theirs in names.items() if known[theirs])
    return f"postgresql:///{known['NAME']}?{more}"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_loses_nothing_and_repeats_what_was_under_way(
    town, receiver, tmp_path
):
    make.hook(town, receiver.address)
    for _each in range(450):
        actions.note(make.matter(town).pk, 1, by=SYSTEM, at=make.NOON)
    while actions.spread(by=SYSTEM, at=make.NOON):
        pass
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
        "GONGZHI_SECRETS": "test",
        "GONGZHI_VAR": str(tmp_path),
        "GONGZHI_DATABASE": database(),
        "GONGZHI_PRIVATE_HOSTS": "127.0.0.0/8",
    }
    under_way: list[str] = []
    for n in range(3):
        reached, go_on, begun = Event(), Event(), len(receiver.got)

        def answer(got, _line, reached=reached, go_on=go_on, begun=begun):
            if len(receiver.got) == begun + 2:  # the second of this worker
                under_way.extend(event["id"] for event in got.events)
                reached.set()
                go_on.wait(20)
            return 204, {}, b""

        receiver.answer = answer
        when = make.at(minutes=5 * n).isoformat()
        worker = subprocess.Popen([sys.executable, "-c", CHILD, when], env=environment, cwd=ROOT)
        assert reached.wait(60)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        go_on.set()
    receiver.answer = None
    actions.deliver(by=SYSTEM, at=make.at(hours=1))
    times = Counter(event["id"] for event in receiver.events)
    every = {str(key) for key in Delivery.objects.values_list("event", flat=True)}
    assert (len(every), set(times)) == (450, every)
    assert {key for key, n in times.items() if n > 1} == set(under_way)
    assert (len(set(under_way)), max(times.values())) == (300, 2)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"taken"}


def test_who_lost_the_lease_writes_nothing(town, receiver):
    hook = make.hook(town, receiver.address)
    make.matter(town)
    make.work()
    parcel = delivering.Parcel(hook, list(Delivery.objects.all()), make.at(hours=9))
    refused = backends.Outcome("HTTP 500", down=True)
    assert delivering._settle(parcel, refused, SYSTEM, make.NOON) == 0  # noqa: SLF001
    hook.refresh_from_db()
    assert (hook.fails, Delivery.objects.get().state) == (0, "taken")
