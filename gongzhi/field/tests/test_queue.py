"""Whatever a network does to what a device sends, each act is done once.

The device here is the one of `offline/static/offline/sender.js` told in a few lines: it keeps what it has
not heard of, and sends it again under the same key.  The network loses what goes and what comes back,
sends twice, and brings old copies late and in any order.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils.timezone import now
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, data, integers, sampled_from

from gongzhi.audit.queries import broken, history
from gongzhi.matters.models import Answer, Channel, Matter
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.offline.models import Act

pytestmark = pytest.mark.django_db


def device(town, who="worker"):
    client = Client(headers={"accept-language": "en", "accept": "application/json"})
    client.force_login(getattr(town, who))
    return client


def report(town, key, text):
    return "/field/report/", {
        "place": town.grid.code,
        "kind": "lamp",
        "settled": "no",
        "text": text,
        "form_key": str(key),
    }


def send(client, key, act, **headers):
    address, said = act
    return client.post(address, said, headers={"Gongzhi-Act": str(key), **headers})


class Network(RuleBasedStateMachine):
    """Two devices of one worker, and what lies between them and the server."""

    town: make.Town

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        raised = [make.matter(self.town, now() - timedelta(hours=n + 1)) for n in range(3)]
        self.raised = [one.pk for one in raised]
        self.devices = [device(self.town), device(self.town)]
        self.waits: list[dict[UUID, Any]] = [{}, {}]  # by device: what it has not heard of
        self.copies = []  # what the network may still bring
        self.made = {}
        self.heard = {}

    @rule(which=integers(0, 1))
    def reports(self, which):
        key = uuid4()
        self.made[key] = f"act {len(self.made)}"
        self.waits[which][key] = report(self.town, key, self.made[key])

    @rule(which=integers(0, 1), matter=integers(0, 2))
    def settles(self, which, matter):
        key = uuid4()
        words = {"words": f"settled by {which} as act {len(self.made)}"}
        self.made[key] = words["words"]
        self.waits[which][key] = (f"/field/matters/{self.raised[matter]}/", words)

    @precondition(lambda self: any(self.waits))
    @rule(
        some=data(),
        goes=booleans(),
        comes_back=booleans(),
        again=booleans(),
    )
    def sends(self, some, goes, comes_back, again):
        which = some.draw(sampled_from([n for n in (0, 1) if self.waits[n]]))
        key = some.draw(sampled_from(list(self.waits[which])))
        act = self.waits[which][key]
        if again:
            self.copies.append((which, key, act))
        if not goes:
            return
        answer = send(self.devices[which], key, act)
        self.judge(key, answer)
        if comes_back:
            del self.waits[which][key]

    @precondition(lambda self: self.copies)
    @rule(some=data())
    def brings_late(self, some):
        copy = some.draw(sampled_from(self.copies))
        self.copies.remove(copy)
        which, key, act = copy
        self.judge(key, send(self.devices[which], key, act))

    def judge(self, key, answer):
        """An act that was done is answered alike for ever; one that was refused stays refused."""
        assert answer.status_code in (200, 409, 422), answer.content
        done = answer.json().get("done", "")
        assert done or all(answer.json().get("said") or [answer.json()["detail"]])
        assert self.heard.setdefault(key, done) == done

    def teardown(self):
        for which, waits in enumerate(self.waits):
            for key, act in waits.items():
                self.judge(key, send(self.devices[which], key, act))
        for which, key, act in self.copies:
            self.judge(key, send(self.devices[which], key, act))
        done = sorted(text for key, text in self.made.items() if self.heard[key])
        found = list(Matter.objects.filter(channel=Channel.FIELD).values_list("text", flat=True))
        found += list(Answer.objects.values_list("text", flat=True))
        assert sorted(found) == done
        assert Act.objects.count() == len(done)
        answered = Counter(Answer.objects.values_list("matter", flat=True))
        assert all(n == 1 for n in answered.values())
        assert not [key for key in self.raised if broken(key)]
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


@pytest.mark.once
def test_each_act_is_done_once_whatever_the_network_does():
    Network.town = make.town()
    run_state_machine_as_test(
        Network, settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )


def test_of_two_devices_one_settles_and_the_other_reads_why_not():
    town = make.town()
    matter = make.matter(town, now() - timedelta(hours=1))
    act = (f"/field/matters/{matter.pk}/", {"words": "Screwed in a new lamp."})
    assert send(device(town), uuid4(), act).status_code == 200
    second = send(device(town), uuid4(), act)
    assert second.status_code == 409
    assert second.json()["detail"]
    matter.refresh_from_db()
    assert matter.state == State.ANSWERED
    assert [entry.verb for entry in history(matter.pk)].count("matter.settle") == 1


def test_what_is_wrong_with_a_report_comes_as_sentences():
    town, key = make.town(), uuid4()
    address, said = report(town, key, " ")
    answer = send(device(town), key, (address, said))
    assert answer.status_code == 422
    assert answer.json() == {"said": ["What do you see?: Please write a few words."]}
    assert not Matter.objects.filter(channel=Channel.FIELD).exists()
    said["text"] = "Dark since Monday"
    assert send(device(town), key, (address, said)).status_code == 200


def test_a_report_keeps_that_it_was_seen_before_it_came():
    town, key = make.town(), uuid4()
    then = now() - timedelta(hours=5)
    clock = {"Gongzhi-Acted": then.isoformat(), "Gongzhi-Clock": now().isoformat()}
    send(device(town), key, report(town, key, "Dark"), **clock)
    act, matter = Act.objects.get(), Matter.objects.get(channel=Channel.FIELD)
    assert act.acted_at
    assert abs(act.acted_at - then) < timedelta(seconds=5)
    assert abs(matter.received_at - now()) < timedelta(minutes=1)  # its clocks run from the receipt


def test_only_who_sees_a_matter_has_its_page():
    town = make.town()
    matter = make.matter(town, now() - timedelta(hours=1))
    page = device(town).get(f"/field/matters/{matter.pk}/", headers={"accept": "text/html"})
    assert matter.number in page.content.decode()
    assert "data-act" in page.content.decode()
    assert device(town, "handler").get(f"/field/matters/{matter.pk}/").status_code == 403
    elsewhere = make.matter(town, now() - timedelta(hours=1), place=town.next_grid)
    assert device(town).get(f"/field/matters/{elsewhere.pk}/").status_code == 403


def test_what_i_reported_in_my_grid_i_may_settle_later():
    town, key = make.town(), uuid4()
    client = device(town)
    send(client, key, report(town, key, "Dark"))
    matter = Matter.objects.get(channel=Channel.FIELD)
    page = client.get(f"/field/matters/{matter.pk}/", headers={"accept": "text/html"})
    assert '<form class="card"' in page.content.decode()
