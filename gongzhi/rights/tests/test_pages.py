from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.queries import staff
from gongzhi.audit.actions import look
from gongzhi.audit.queries import looks
from gongzhi.matters.models import Matter
from gongzhi.notices.models import Notice
from gongzhi.rights.actions import note_unusual
from gongzhi.rights.models import Assessment, Hold, SubjectRequest
from gongzhi.rights.states import Sort, State
from gongzhi.rights.tests import make
from gongzhi.rights.words import REMEDY
from gongzhi.sharing.rules import may_keep

pytestmark = pytest.mark.django_db


def link(name, *args):
    return reverse(f"rights:{name}", args=args)


def text(answer):
    return answer.content.decode()


def ask(browser, matter, sort, **says):
    return browser.post(link("ask", matter.pk), {"sort": sort} | says)


def press(browser, made, name, **says):
    return browser.post(link(name, made.pk), says)


def test_a_person_asks_sees_and_copies_what_is_held(client, as_, town, queries):
    matter = make.ended(town)
    make.follow(client, matter)
    assert link("mine", matter.pk) in text(client.get(reverse("portal:show", args=[matter.pk])))
    with queries("mine"):
        page = text(client.get(link("mine", matter.pk)))
    assert "查阅我的信息" in page
    assert ask(client, matter, Sort.SEE).status_code == 302
    assert ask(client, matter, Sort.COPY).status_code == 302
    assert client.get(link("held", matter.pk)).status_code == 403
    assert client.get(link("copy", matter.pk)).status_code == 403
    for made in SubjectRequest.objects.all():
        browser = as_("data_officer")
        press(browser, made, "examine")
        assert press(browser, made, "grant", answer="请看。").status_code == 302
    client.logout()
    make.follow(client, matter)
    with queries("held"):
        page = text(client.get(link("held", matter.pk)))
    assert "王小明" in page
    assert "路口的路灯不亮了" in page
    copied = client.get(link("copy", matter.pk))
    assert f"{matter.number}.json" in copied.headers["Content-Disposition"]
    said = json.loads(copied.content)
    assert said["contact"][0]["phone"] == "13800138000"
    assert said["matter"][0]["number"] == matter.number
    assert {"looks", "history", "messages", "letters", "requests"} <= set(said)
    assert "13800138000" in said["letters"][0]["to"]
    for secret in ("receipt_hash", "phone_hash", "salt"):
        assert secret not in copied.content.decode()


def test_notes_between_colleagues_are_part_of_what_is_held(client, town):
    matter = make.raised(town)
    make.walk(town, matter, "note")
    note = matter.messages.get()
    make.follow(client, matter)
    SubjectRequest.objects.filter(pk=make.asked(matter).pk).update(
        state=State.GRANTED, ended_at=make.NOON
    )
    assert note.text in text(client.get(link("held", matter.pk)))


def test_a_session_that_proved_another_matter_reads_and_asks_nothing(client, town):
    matter, other = make.raised(town), make.raised(town)
    made = make.asked(matter)
    make.follow(client, other)
    assert client.get(link("mine", matter.pk)).headers["Location"] == reverse("portal:follow")
    assert ask(client, matter, Sort.COPY).status_code == 403
    for name in ("held", "copy"):
        assert client.get(link(name, matter.pk)).status_code == 403
    assert client.post(link("withdraw", made.pk)).status_code == 403
    assert client.get(link("why", made.pk)).status_code == 403
    assert SubjectRequest.objects.count() == 1


def test_what_is_asked_wrongly_comes_back_with_the_sentence_and_what_was_typed(client, town):
    matter = make.raised(town)
    make.follow(client, matter)
    wrong = ask(client, matter, Sort.CORRECT, phone="门口", words="搬家了")
    assert wrong.status_code == 422
    assert "这不是电话号码" in text(wrong)
    assert "搬家了" in text(wrong)
    assert ask(client, matter, "").status_code == 422
    assert not SubjectRequest.objects.exists()


def test_every_date_explains_itself_and_it_can_be_taken_back(client, town):
    matter = make.raised(town)
    make.follow(client, matter)
    ask(client, matter, Sort.SEE)
    made = SubjectRequest.objects.get()
    page = text(client.get(link("why", made.pk)))
    assert "《个人信息保护法》" in page
    client.post(link("withdraw", made.pk))
    made.refresh_from_db()
    assert made.state == State.WITHDRAWN
    assert "已撤回" in text(client.get(link("mine", matter.pk)))
    assert client.post(link("withdraw", made.pk)).status_code == 409


def test_the_data_officer_erases_and_the_person_reads_that_it_was_done(client, as_, town):
    matter = make.ended(town)
    make.follow(client, matter)
    ask(client, matter, Sort.DELETE, words="请删除")
    made = SubjectRequest.objects.get()
    browser = as_("data_officer")
    page = text(browser.get(link("request", made.pk)))
    assert "请删除" not in page  # it opens with the examination, which is a look
    press(browser, made, "examine")
    assert looks(matter.pk).count() == 1
    assert "请删除" in text(browser.get(link("request", made.pk)))
    assert press(browser, made, "grant", answer="已删除。").status_code == 302
    assert Matter.objects.get(pk=matter.pk).is_erased
    browser.logout()
    make.follow(browser, matter)
    page = text(browser.get(link("mine", matter.pk)))
    assert "已删除，只留编号、类别、地点和日期" in page
    assert "路灯不亮了" not in text(browser.get(reverse("portal:show", args=[matter.pk])))


def test_what_cannot_be_erased_says_why_and_is_refused(client, as_, town):
    matter = make.raised(town)
    made = make.asked(matter, Sort.DELETE)
    browser = as_("data_officer")
    press(browser, made, "examine")
    answer = press(browser, made, "grant")
    assert answer.status_code == 409
    assert "事项仍在办理" in text(answer)
    wrong = press(browser, made, "refuse", answer="", remedy=str(REMEDY))
    assert wrong.status_code == 422
    press(browser, made, "refuse", answer="第四十七条第二款：事项尚未办结。", remedy=str(REMEDY))
    browser.logout()
    make.follow(browser, matter)
    page = text(browser.get(link("mine", matter.pk)))
    assert "事项尚未办结" in page
    assert "向人民法院提起诉讼" in page


def test_a_stale_page_loses_with_409(as_, town):
    made = make.asked(make.raised(town))
    browser = as_("data_officer")
    press(browser, made, "examine", version=1)
    answer = press(browser, made, "grant", version=1)
    assert answer.status_code == 409
    made.refresh_from_db()
    assert made.state == State.EXAMINING


@pytest.mark.parametrize("name", ["acceptor", "handler", "supervisor", "administrator"])
def test_the_desk_is_for_the_data_officer(as_, town, name):
    made = make.asked(make.raised(town))
    browser = as_(name)
    for page in ("requests", "holds", "retention", "looks", "assessments_desk", "assess"):
        assert browser.get(link(page)).status_code == 403
    assert browser.get(link("request", made.pk)).status_code == 403
    assert press(browser, made, "examine").status_code == 403


def test_who_is_data_officer_of_a_part_answers_there_and_oversees_nothing(client, town):
    user = open_account(
        username="near", name_zh="近", name_en="Near", password="", by=make.SYSTEM, at=make.NOON
    )
    appoint(user, role="data_officer", place=town.township, by=make.SYSTEM, at=make.NOON)
    made = make.asked(make.raised(town))
    client.force_login(user)
    page = text(client.get(link("requests")))
    assert link("request", made.pk) in page
    assert press(client, made, "examine").status_code == 302
    for name in ("retention", "looks", "assessments_desk", "assess"):
        assert link(name) not in page
        assert client.get(link(name)).status_code == 403
    assert client.get(reverse("notices:letters")).status_code == 403
    assert not may_keep(staff(user, make.NOON))
    look(made.whose.pk, by=town.staff("acceptor"), at=make.at(hours=11))  # at night
    assert note_unusual(by=make.SYSTEM, at=make.at(hours=12)) == 1
    assert not Notice.objects.filter(user=user, verb="rights.unusual").exists()


def test_the_list_costs_the_same_with_one_and_three(as_, town, queries):
    browser = as_("data_officer")
    make.asked(make.raised(town))
    with queries("requests"):
        page = text(browser.get(link("requests")))
    assert "查阅我的信息" in page
    for _n in range(2):
        make.asked(make.raised(town))
    with queries("requests"):
        browser.get(link("requests"))


def test_pages_of_what_was_answered_go_by_key(as_, town):
    matter = make.raised(town)
    rule = make.asked(matter).due_rule
    for _n in range(60):
        SubjectRequest.objects.create(
            matter=matter, sort=Sort.SEE, state=State.WITHDRAWN, asked_at=make.NOON,
            due_at=make.NOON, due_rule=rule, ended_at=make.NOON,
        )  # fmt: skip
    browser = as_("data_officer")
    first = browser.get(link("requests"))
    more = first.context["next_url"]
    second = browser.get(link("requests") + more)
    seen = [one for one, _tone in (*first.context["rows"], *second.context["rows"])]
    assert (len(seen), len(set(seen))) == (60, 60)


def test_a_matter_is_held_by_its_number_and_let_go(as_, town):
    matter = make.raised(town)
    browser = as_("data_officer")
    until = localdate(now()) + timedelta(days=30)
    typed = {"number": matter.number.lower(), "ground": "诉讼", "until": until.isoformat()}
    wrong = browser.post(link("holds"), typed | {"number": "260302-001-000000-0"})
    assert wrong.status_code == 422
    assert "没有这个编号的事项" in text(wrong)
    browser.post(link("holds"), typed)
    held = Hold.objects.get()
    assert matter.number in text(browser.get(link("holds")))
    browser.post(link("lift", held.pk))
    held.refresh_from_db()
    assert held.lifted_at


def test_the_page_of_terms_shows_tonight_and_sets_one(as_, town, queries):
    make.ended_before(town, make.at(days=-6 * 366))
    browser = as_("data_officer")
    with queries("retention"):
        page = text(browser.get(link("retention")))
    assert "今晚将删除" in page
    typed = {"kind_code": "lamp", "result": "", "contact_days": 45, "words_months": 24}
    wrong = browser.post(link("retention"), typed | {"contact_days": 3, "ground_zh": "依法"})
    assert wrong.status_code == 422
    browser.post(link("retention"), typed | {"ground_zh": "第十九条"})
    assert "45" in text(browser.get(link("retention")))
    assert "45" in text(browser.get(link("purposes")))


def assessed(**says):
    usual = {
        "name_zh": "事项办理", "lawful": "必要", "effects": "越权查看", "measures": "加密、留痕",
        "review_on": (localdate(now()) + timedelta(days=365)).isoformat(),
    }  # fmt: skip
    return usual | says


def test_an_assessment_is_public_once_somebody_else_approved_it(as_, client, town):
    browser = as_("data_officer")
    wrong = browser.post(link("assess"), assessed(effects=""))
    assert wrong.status_code == 422
    past = browser.post(link("assess"), assessed(review_on="2020-01-01"))
    assert "这一天已经过去" in text(past)
    browser.post(link("assess"), assessed())
    made = Assessment.objects.get()
    assert "事项办理" in text(browser.get(link("assessments_desk")))
    assert "事项办理" not in text(browser.get(link("assessments")))
    refused = browser.post(link("approve", made.pk))
    assert refused.status_code == 403
    assert "只有不是撰写人" in text(refused)
    browser = as_("administrator")
    assert "批准" in text(browser.get(link("assessment", made.pk)))
    browser.post(link("approve", made.pk), {"version": made.version})
    page = text(browser.get(link("assessments")))
    assert "事项办理" in page
    assert "administrator同志" in page
    assert browser.post(link("approve", made.pk)).status_code == 409
    browser = as_("data_officer")
    browser.post(link("assessment", made.pk), assessed(measures="更好", version=2))
    made.refresh_from_db()
    assert (made.measures, made.approved_at) == ("更好", None)  # approved anew
    late = browser.post(link("assessment", made.pk), assessed(version=2))
    assert late.status_code == 409


def test_every_page_reads_in_english(as_, client, town):
    made = make.examined(town, make.raised(town))
    browser = as_("data_officer")
    browser.cookies["django_language"] = "en"
    assert "What people ask about their data" in text(browser.get(link("requests")))
    assert "To see what is held" in text(browser.get(link("request", made.pk))).replace(
        "to see", "To see"
    )
    for name in ("holds", "retention", "looks", "assessments_desk", "assess", "index"):
        assert browser.get(link(name)).status_code == 200
