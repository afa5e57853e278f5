"""What a client raised for somebody it follows, and says what they say, as on the portal."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import now

from gongzhi.exchange.tests import make
from gongzhi.exchange.tests.test_api import System, picture
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.make import walk

KEY = "A-1"


@pytest.fixture
def hotline(town):
    return System(make.secret(town.hotline, at=now()))


def raised(hotline: System, **says: Any) -> Matter:
    number = hotline.raise_(KEY, **says).json()["matter"]["number"]
    return Matter.objects.get(number=number)


def say(hotline: System, matter: Matter, move: str, key: str = KEY, **says: Any) -> Any:
    fresh = Matter.objects.get(pk=matter.pk)
    headers = {"Idempotency-Key": key, "If-Match": f'"{fresh.version}"'}
    return hotline.post(f"/raised/{matter.number}/{move}", says, **headers)


def shown(hotline: System, matter: Matter, key: str = KEY) -> Any:
    from django.test import Client

    headers = {"Authorization": f"Bearer {hotline.secret}", "Idempotency-Key": key}
    return Client().get(f"/api/v1/raised/{matter.number}", headers=headers)


def test_it_reads_how_it_stands_with_answers_and_what_is_asked(town, hotline):
    matter = raised(hotline)
    walk(town, matter, "accept", "dispatch", "acknowledge", "handle", "ask")
    said = shown(hotline, matter).json()
    assert said["state"] == "handling"
    assert [one["text"] for one in said["told"]] == ["已到现场查看。"]
    assert said["question"] == "是哪一根灯杆？"
    assert said["moves"] == ["add", "withdraw"]


def test_the_words_of_whoever_raised_it_answer_what_was_asked(town, hotline):
    matter = raised(hotline)
    walk(town, matter, "accept", "dispatch", "acknowledge", "ask")
    answer = say(hotline, matter, "add", words="第三根。", files=[{"content": picture()}])
    assert answer.status_code == 200
    assert matter.waitings.get().answered_at
    assert (matter.messages.get().text, matter.attachments.get().stage) == ("第三根。", "added")
    assert shown(hotline, matter).json()["question"] is None


def test_solved_and_not_solved_are_said_as_on_the_portal(town, hotline):
    matter = raised(hotline)
    walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect", at=now())
    again = say(hotline, matter, "reopen", reason="又不亮了。", satisfied=1, why_not="back")
    assert again.json()["state"] == "handling"
    walk(town, Matter.objects.get(pk=matter.pk), "answer", "inspect", at=now())
    assert say(hotline, matter, "rate", satisfied=5).json()["state"] == "closed"
    assert matter.follow_ups.get(result="unsolved").why_not == "back"


def test_it_is_withdrawn_and_restored(hotline):
    matter = raised(hotline)
    assert say(hotline, matter, "withdraw", reason="自己解决了").json()["state"] == "withdrawn"
    assert say(hotline, matter, "restore").json()["state"] == "received"


def test_without_its_own_key_nothing_is_known_of_it(town, hotline):
    matter = raised(hotline)
    assert shown(hotline, matter, "A-2").status_code == 404
    assert say(hotline, matter, "withdraw", key="A-2").status_code == 404
    lighting = System(make.secret(town.lighting, at=now()))
    assert shown(lighting, matter).status_code == 404
    assert say(lighting, matter, "withdraw").status_code == 404
    assert Matter.objects.get(pk=matter.pk).state == "received"


def test_of_a_sealed_matter_number_and_state_alone_are_told(town, hotline):
    matter = raised(hotline)
    Matter.objects.filter(pk=matter.pk).update(sealed=True, public=False)
    said = shown(hotline, matter).json()
    assert {name for name, value in said.items() if value} == {
        "number",
        "state",
        "version",
        "moved_at",
        "sealed",
    }


def test_what_is_not_open_is_refused_with_a_sentence_and_changes_nothing(hotline):
    matter = raised(hotline)
    refused = say(hotline, matter, "rate", satisfied=5)
    assert refused.status_code == 409
    assert "possible while the state is" in refused.json()["detail"]
    assert say(hotline, matter, "reopen").status_code == 422
    assert say(hotline, matter, "add", words="").status_code == 422


def test_the_same_said_twice_is_said_once(hotline):
    matter = raised(hotline)
    headers = {"Idempotency-Key": KEY, "If-Match": f'"{matter.version}"'}
    said = {"words": "旁边还有一盏。"}
    first = hotline.post(f"/raised/{matter.number}/add", said, **headers)
    second = hotline.post(f"/raised/{matter.number}/add", said, **headers)
    assert (first.status_code, second.status_code) == (200, 412)
    assert matter.messages.count() == 1


def test_on_trial_nothing_that_is_said_stays(town, hotline):
    matter = raised(hotline)
    client = town.hotline
    client.on_trial = True
    client.save()
    assert say(hotline, matter, "withdraw").json()["state"] == "withdrawn"
    assert Matter.objects.get(pk=matter.pk).state == "received"


def test_a_misspelt_question_is_refused_by_name(hotline):
    refused = hotline.get("/matters", stat="handling")
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"at": "query/stat", "detail": "unknown"}]
