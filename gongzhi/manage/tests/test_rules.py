from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.module_loading import autodiscover_modules
from django.utils.timezone import localdate, now

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines import actions
from gongzhi.deadlines.models import Rule
from gongzhi.jobs.actions import claim, run
from gongzhi.jobs.models import Job
from gongzhi.matters.tests import make
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client(town):
    actions.seed_rules(by=SYSTEM, at=make.NOON)
    client = Client(headers={"accept-language": "en"})
    client.force_login(town.administrator)
    return client


def told(answer):
    return answer.content.decode()


def rule(**says):
    usual = {
        "code": "hotline.own",
        "law": "云溪区热线规定",
        "trigger_zh": "受理",
        "trigger_en": "accepted",
        "value": "5",
        "unit": "work_day",
        "sense": "at_most",
        "rolls": "on",
        "verified": "own",
        "valid_from": localdate().isoformat(),
    }
    return usual | says


def test_rules_stand_by_law_with_their_limits_in_words(client):
    laws = client.get("/manage/rules/").context["laws"]

    assert sum(map(len, laws.values())) == Rule.objects.count()
    limits = {one.rule.code: (one.limit, one.more) for rows in laws.values() for one in rows}
    assert limits["petition.handle"] == ("60 calendar days", "30 calendar days")
    assert limits["villagers_affairs.publish"] == ("at least 15 calendar days", "")
    assert limits["residents_meeting.notice"] == ("10 calendar days before", "")
    assert limits["petition.representatives"] == ("5 persons", "")
    assert limits["hotline.answer"] == ("15 seconds", "")
    assert limits["pipl.request"] == ("promptly", "")
    assert {one.rule.law for one in laws["信访工作条例(2022)"]} == {"信访工作条例(2022)"}


def test_a_rule_not_checked_against_the_text_is_marked(client):
    laws = client.get("/manage/rules/").context["laws"]
    marked = {one.rule.verified for rows in laws.values() for one in rows if not one.is_checked}
    assert marked == {"news", "page", "none"}


def test_a_rule_shows_its_versions_with_law_note_and_validity(client):
    page = told(client.get("/manage/rules/@petition.handle/"))
    for words in ("信访工作条例(2022) 34", "60 calendar days", "2022-05-01", "told why more time"):
        assert words in page


def test_rules_that_are_not_there_are_not_found(client):
    assert client.get("/manage/rules/@none.such/").status_code == 404


def test_a_rule_of_ones_own_is_added(client):
    assert client.post("/manage/rules/new/", rule()).url == "/manage/rules/@hotline.own/"
    added = Rule.objects.get(code="hotline.own")
    assert (added.version, added.value, added.unit, added.rolls) == (1, 5, "work_day", True)
    assert "云溪区热线规定" in told(client.get("/manage/rules/"))


def test_a_new_version_stands_beside_the_old_one_which_stays(client):
    client.post("/manage/rules/new/", rule())
    tomorrow = localdate() + timedelta(days=1)

    client.post("/manage/rules/@hotline.own/", rule(value="3", valid_from=tomorrow.isoformat()))

    values = (
        Rule.objects.filter(code="hotline.own").order_by("version").values_list("value", flat=True)
    )
    assert list(values) == [5, 3]
    rows = client.get("/manage/rules/").context["laws"]["云溪区热线规定"]
    assert [(row.rule.version, row.limit) for row in rows] == [
        (1, "5 work days"),
        (2, "3 work days"),
    ]
    assert "to come" in told(client.get("/manage/rules/@hotline.own/"))


def test_the_form_is_filled_with_the_last_version_but_for_its_check_and_dates(client):
    form = client.get("/manage/rules/@petition.handle/").context["form"]
    assert (form["value"].value(), form["more_unit"].value()) == (60, "calendar_day")
    assert [form[name].value() for name in ("verified", "valid_from", "valid_until")] == [None] * 3


def test_a_rule_ends_by_a_version_with_its_last_day(client):
    client.post("/manage/rules/new/", rule(valid_from="2026-01-01"))
    said = rule(valid_from="2026-01-01", valid_until="2026-01-31")
    client.post("/manage/rules/@hotline.own/", said)

    assert Rule.objects.get(code="hotline.own", version=2).valid_until == date(2026, 1, 31)
    assert "ended" in told(client.get("/manage/rules/@hotline.own/"))


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"unit": ""}, "A rule needs a unit: without one nothing can be counted."),
        ({"unit": "moon"}, "Select a valid choice."),
        ({"value": "-5"}, "A limit in this unit lies between 1 and 3660; -5 does not."),
        ({"value": "0"}, "A limit in this unit lies between 1 and 3660; 0 does not."),
        ({"value": "1" + "0" * 30}, "A limit in this unit lies between 1 and 3660; 1000"),
        ({"value": "-1", "unit": "person"}, "Ensure this value is greater than or equal to 0."),
        ({"value": ""}, "This field is required."),
        ({"value": "five"}, "Enter a whole number."),
        ({"more_value": "10"}, "A rule needs a unit: without one nothing can be counted."),
        ({"more_value": "-10", "more_unit": "work_day"}, "lies between 1 and 3660; -10 does not."),
        ({"law": " "}, "This field is required."),
        ({"valid_from": ""}, "This field is required."),
        ({"valid_until": "2020-01-01"}, "A rule cannot end before it begins."),
        ({"verified": ""}, "This field is required."),
        ({"code": "Own Rule"}, "Use small letters, digits, dots and underscores only."),
        ({"code": "foi.reply"}, "There is a rule of this code: open it and add a version."),
    ],
)
def test_a_bad_rule_is_refused_with_a_sentence_and_nothing_is_added(client, says, sentence):
    n = Rule.objects.count()

    answer = client.post("/manage/rules/new/", rule(**says))

    assert (answer.status_code, sentence in told(answer)) == (422, True)
    assert Rule.objects.count() == n


def test_a_bad_version_is_refused_and_keeps_what_was_typed(client):
    answer = client.post("/manage/rules/@foi.reply/", rule(value="99999", law="某法"))

    assert (answer.status_code, Rule.objects.filter(code="foi.reply").count()) == (422, 1)
    assert 'value="某法"' in told(answer)


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_whatever_their_length(client, queries, n):
    for k in range(n):
        known = {"law": "某法", "trigger_zh": "受理", "trigger_en": "accepted"}
        for code in (f"more{k}", "more"):
            actions.add_rule(
                code, **known, value=5, unit="work_day", valid_from=date(2026, 1, 1),
                by=SYSTEM, at=now(),
            )  # fmt: skip
    for page in ("", "@more/", "new/"):
        client.get(f"/manage/rules/{page}")
        with queries(f"rules/{page}"):
            client.get(f"/manage/rules/{page}")


def test_running_clocks_are_counted_by_version_and_moved_openly(town, client):
    autodiscover_modules("tasks")  # as a worker does
    page = "/manage/rules/@loop.accept/"
    assert "No clock runs by this rule now." in told(client.get(page))
    waiting = [make.matter(town), make.matter(town)]
    actions.add_rule("loop.accept", value=2, valid_from=localdate(), by=SYSTEM, at=now())
    before = client.get(page).context["running"]
    assert (before.by_version, before.to, before.n_older) == ({1: 2}, 2, 2)
    assert "Move them to version 2" in told(client.get(page))

    assert client.post(f"{page}move/").url == page
    while found := claim(by=SYSTEM, at=now() + timedelta(minutes=2)):
        assert all(run(job, by=SYSTEM, at=now() + timedelta(minutes=2)) for job in found)

    after = client.get(page).context["running"]
    assert (after.by_version, after.n_older) == ({2: 2}, 0)
    assert {one.verb for one in Notice.objects.filter(user=town.acceptor)} >= {"adopt"}
    for matter in waiting:
        matter.refresh_from_db()
        assert str(matter.due_rule) == "loop.accept 2"


def test_only_administrators_move_clocks(town):
    client = Client()
    client.force_login(town.supervisor)
    assert client.post("/manage/rules/@loop.accept/move/").status_code == 403
    assert not Job.objects.filter(topic="rule").exists()
