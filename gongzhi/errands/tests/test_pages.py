from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now
from PIL import Image

from gongzhi.audit.queries import history, looks
from gongzhi.errands import actions
from gongzhi.errands.models import Checklist, Errand
from gongzhi.errands.states import Sort, State
from gongzhi.errands.tests import make
from gongzhi.errands.tests.make import NOON
from gongzhi.matters import actions as matters

pytestmark = pytest.mark.django_db


def link(name, *args):
    return reverse(f"errands:{name}", args=args)


def of(matter):
    return reverse("matters:show", args=[matter.pk])


def text(answer):
    return answer.content.decode()


def picture():
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def filled(**says):
    usual = {"edition": "0", "outcome": "confirmed", "said": "确有此事。"}
    return usual | {f"line_{n}": "yes" for n in range(3)} | says


def test_an_acceptor_has_it_checked_and_sees_what_was_found_before_accepting(as_, town):
    matter = make.ripe(town)
    browser = as_("acceptor")
    asks = link("ask", matter.pk, "verify")
    assert asks in text(browser.get(of(matter)))
    page = text(browser.get(asks))
    for said in ("交办核实", "4个工作小时", "网格任务规则", "worker同志"):
        assert said in page
    answer = browser.post(asks, {"worker": town.worker.pk.hex, "words": "看看灯亮不亮。"})
    assert answer.headers["Location"] == of(matter) + "#errands"
    errand = Errand.objects.get()
    assert "看看灯亮不亮。" in text(browser.get(of(matter)))

    browser = as_("worker")
    assert link("show", errand.pk) in text(browser.get(link("mine")))
    page = text(browser.get(link("show", errand.pk)))
    for said in ("看看灯亮不亮。", matter.number, "现场位置与反映的位置一致", matter.text):
        assert said in page
    for kept in (make.NAME, make.PHONE):
        assert kept not in page
    browser.post(link("take", errand.pk))
    done = browser.post(link("finish", errand.pk), filled(found=picture(), left=picture()))
    assert done.headers["Location"] == link("mine")
    assert '<dd class="num">1</dd>' in text(browser.get(link("mine")))

    page = text(as_("acceptor").get(of(matter)))
    for said in ("情况属实", "确有此事。", "核实已完成", "现场处置后"):
        assert said in page


def test_what_is_missing_comes_back_with_the_sentence_and_what_was_typed(as_, town):
    errand = make.errand(town)
    browser = as_("worker")
    answer = browser.post(link("finish", errand.pk), filled(said="", line_1=""))
    assert answer.status_code == 422
    errand.refresh_from_db()
    assert errand.state == State.ASKED
    answer = browser.post(link("finish", errand.pk), filled(said=""))
    assert (answer.status_code, "请添加照片，或者写明为什么没有照片。" in text(answer)) == (
        422,
        True,
    )
    answer = browser.post(link("fail", errand.pk), {"reason": ""})
    assert answer.status_code == 422


def test_a_checklist_that_changed_meanwhile_loses_no_answer(as_, town):
    errand = make.errand(town)
    admin = town.staff("administrator")
    actions.list_lines("verify", [("围挡完好", "The fence stands")], seen=0, by=admin, at=NOON)
    browser = as_("worker")
    assert "围挡完好" in text(browser.get(link("show", errand.pk)))
    answer = browser.post(link("finish", errand.pk), filled(), follow=True)
    assert "您的填写按当时的清单保存（第0版，现行为第1版）" in text(answer)
    errand.refresh_from_db()
    assert (errand.state, errand.edition) == (State.DONE, 0)
    page = text(browser.get(link("show", errand.pk)))
    assert "现场位置与反映的位置一致" in page


def test_a_task_withdrawn_meanwhile_says_so_and_keeps_the_words(as_, town):
    errand = make.errand(town)
    acceptor = town.staff("acceptor")
    actions.withdraw(errand, reason="已电话确认。", by=acceptor, at=now())
    browser = as_("worker")
    late = filled(found=picture(), outcome="")
    answer = browser.post(link("finish", errand.pk), late, follow=True)
    assert answer.redirect_chain == [(link("show", errand.pk), 302)]
    assert "在您离线期间，此项任务已被收回。" in text(answer)
    assert errand.matter.messages.get().text == "确有此事。"
    assert errand.matter.attachments.count() == 1
    page = text(browser.get(link("show", errand.pk)))
    assert "任务已收回，不用再去。" in page
    assert "已电话确认。" in page
    assert "之后补报的内容已作为备注留存在事项中。" in page
    as_("far").post(link("fail", errand.pk), {"reason": "到了，没人。"})
    assert errand.matter.messages.count() == 2
    assert "任务收回后补报的现场情况" in text(as_("acceptor").get(of(errand.matter)))


def act(key, minutes=0):
    """Return the headers of an act that was done some minutes ago, by a device that is an hour slow."""
    clock = now() - timedelta(hours=1)
    acted = clock - timedelta(minutes=minutes)
    return {
        "Gongzhi-Act": key,
        "Gongzhi-Acted": acted.isoformat(),
        "Gongzhi-Clock": clock.isoformat(),
        "Accept": "application/json",
    }


def test_an_act_without_network_is_done_once_at_the_time_it_was_done(as_, town):
    errand = make.errand(town, at=now() - timedelta(hours=2))
    key = "01890000-0000-7000-8000-000000000001"
    browser = as_("worker")
    for _n in range(2):
        answer = browser.post(link("finish", errand.pk), filled(), headers=act(key, minutes=30))
        assert answer.json()["done"] == link("mine")
    errand.refresh_from_db()
    half_an_hour_ago = now() - timedelta(minutes=30)
    assert errand.done_at
    assert abs(errand.done_at - half_an_hour_ago) < timedelta(minutes=1)
    assert [one.verb for one in history(errand.pk)] == ["errand.ask", "errand.finish"]


def test_what_is_missing_is_told_to_the_device_in_sentences(as_, town):
    errand = make.errand(town)
    key = "01890000-0000-7000-8000-000000000002"
    answer = as_("worker").post(link("finish", errand.pk), filled(said=""), headers=act(key))
    assert answer.status_code == 422
    assert answer.json() == {"said": ["补充说明: 请添加照片，或者写明为什么没有照片。"]}


def test_an_act_on_what_was_taken_back_keeps_the_words_and_opens_the_page_that_says_so(as_, town):
    errand = make.errand(town)
    actions.withdraw(errand, reason="已电话确认。", by=town.staff("acceptor"), at=now())
    key = "01890000-0000-7000-8000-000000000003"
    browser = as_("worker")
    for _n in range(2):
        answer = browser.post(link("finish", errand.pk), filled(), headers=act(key))
        assert answer.json()["done"] == link("show", errand.pk)
    assert errand.matter.messages.get().text == "确有此事。"
    assert "在您离线期间，此项任务已被收回。" in text(browser.get(link("show", errand.pk)))


def test_at_hand_are_the_list_and_what_is_open_without_any_contact(as_, town):
    from gongzhi.errands.queries import packed

    visit, other = make.errand(town, Sort.VISIT), make.errand(town, worker=town.mate)
    found = packed(town.staff("worker"), NOON)
    assert [one.address for one in found] == [link("mine"), link("show", visit.pk)]
    for one in found:
        assert make.PHONE not in text(as_("worker").get(one.address))
    assert packed(town.staff("handler"), NOON) == []
    actions.take(visit, by=town.staff("worker"), at=NOON)
    assert not set(found) & set(packed(town.staff("worker"), NOON))
    assert other.is_open


def test_it_is_handed_over_and_taken_back(as_, town):
    errand = make.errand(town)
    browser = as_("worker")
    answer = browser.post(link("hand_over", errand.pk), {"to": town.far.pk.hex, "reason": "太远。"})
    assert answer.headers["Location"] == link("mine")
    for name in ("worker", "far"):
        assert link("show", errand.pk) in text(as_(name).get(link("mine")))
    assert as_("far").post(link("hand_over", errand.pk), {"to": "x"}).status_code == 422
    browser = as_("acceptor")
    assert browser.post(link("withdraw", errand.pk), {"reason": ""}).status_code == 422
    browser.post(link("withdraw", errand.pk), {"reason": "不用了。"})
    errand.refresh_from_db()
    assert errand.state == State.WITHDRAWN


def test_a_visitor_sees_the_contact_once_they_press_and_only_then(as_, town):
    errand = make.errand(town, Sort.VISIT)
    browser = as_("worker")
    page = text(browser.get(link("show", errand.pk)))
    assert make.PHONE not in page
    assert 'type="file"' not in page
    shown = browser.post(link("contact", errand.pk))
    assert make.PHONE in text(shown)
    assert make.NAME in text(shown)
    assert "no-store" in shown["Cache-Control"]
    assert looks(errand.matter_id).count() == 1
    assert as_("lead").post(link("contact", errand.pk)).status_code == 403
    assert make.PHONE not in text(as_("lead").get(link("show", errand.pk)))


def test_whose_own_request_it_is_the_worker_does_not_read(as_, town):
    kind = make.matters.kind(
        town.lamp.kind_class, "lift", "加装电梯", "Lift", object="own_request", public=False
    )
    errand = make.errand(town, about=make.ripe(town, kind=kind, text="我家住三楼，腿脚不便。"))
    page = text(as_("worker").get(link("show", errand.pk)))
    assert "腿脚不便" not in page
    assert of(errand.matter) not in page
    assert "加装电梯" in page


def test_who_has_no_business_with_it_reads_nothing(as_, client, town):
    errand = make.errand(town)
    for name in ("mine", "index"):
        assert client.get(link(name)).status_code == 302
    assert as_("mate").get(link("show", errand.pk)).status_code == 302  # to the public matter
    for name in ("take", "finish", "fail", "hand_over", "withdraw"):
        assert as_("handler").post(link(name, errand.pk), filled()).status_code == 403
    assert as_("handler").get(link("index")).status_code == 403
    assert as_("handler").get(link("mine")).status_code == 403
    assert as_("handler").get(link("ask", errand.matter_id, "verify")).status_code == 403
    assert as_("acceptor").get(link("ask", errand.matter_id, "walk")).status_code == 404
    nobody = "00000000-0000-0000-0000-000000000000"
    assert as_("worker").get(link("show", nobody)).status_code == 404


def test_buttons_are_for_who_may(as_, town):
    matter = make.ripe(town, Sort.INSPECT)
    assert link("ask", matter.pk, "inspect") in text(as_("inspector").get(of(matter)))
    for name in ("acceptor", "handler", "worker"):
        assert link("ask", matter.pk, "inspect") not in text(as_(name).get(of(matter)))


def test_where_nobody_serves_the_page_says_whom_to_ask(as_, town):
    matter = make.ripe(town, place=town.community)
    page = text(as_("acceptor").get(link("ask", matter.pk, "verify")))
    assert "该处没有可以派去的网格员。" in page


def test_a_page_that_comes_too_late_says_why(as_, town):
    matter = make.ripe(town)
    make.walk(town, matter, "accept", "dispatch")
    page = text(as_("acceptor").get(link("ask", matter.pk, "verify")))
    assert "核实应在事项派遣之前交办。" in page


def test_the_lead_sees_open_and_late_by_place_and_nobodys_name(as_, town):
    make.errand(town)
    make.errand(town, worker=town.mate)
    page = text(as_("lead").get(link("index")))
    assert "柳岸社区 › 第一网格" in page
    assert "worker同志" not in page
    assert "mate同志" not in page
    narrowed = as_("lead").get(link("index") + f"?place={town.next_grid.code}&sort=verify")
    assert narrowed.context["n"] == 0
    assert as_("lead").get(link("index") + "?place=%27&sort=%27").context["n"] == 2


def test_why_it_is_due_then_is_explained(as_, town):
    errand = make.errand(town)
    for name in ("worker", "acceptor"):
        page = text(as_(name).get(link("why", errand.pk)))
        assert "4个工作小时" in page
        assert "网格任务规则" in page


def test_administrators_list_checklists_and_others_read_them(as_, town):
    assert "现场位置与反映的位置一致" in text(as_("lead").get(link("checklists")))
    assert as_("lead").get(link("checklist", "verify")).status_code == 403
    browser = as_("administrator")
    assert "Nothing" not in text(browser.get(link("checklist", "verify")))
    said = {"seen": 0, "zh": "围挡完好\n灯亮", "en": "The fence stands"}
    answer = browser.post(link("checklist", "verify"), said)
    assert (answer.status_code, "中文有2项，英文有1项" in text(answer)) == (422, True)
    wrong = said | {"zh": "重点人员在家"}
    assert browser.post(link("checklist", "verify"), wrong).status_code == 422
    good = said | {"en": "The fence stands\nThe lamp is lit"}
    assert browser.post(link("checklist", "verify"), good).status_code == 302
    assert Checklist.objects.get().lines == [
        ["围挡完好", "The fence stands"],
        ["灯亮", "The lamp is lit"],
    ]
    assert browser.post(link("checklist", "verify"), good).status_code == 422  # somebody was first
    assert browser.get(link("checklist", "walk")).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_speaks_one_language(as_, town, language):
    errand = make.errand(town)
    browser = as_("worker")
    browser.cookies["django_language"] = language
    page = text(browser.get(link("show", errand.pk)))
    assert ("Tell what came of it" in page) == (language == "en")


@pytest.mark.parametrize("n", [1, 3])
def test_pages_ask_the_same_however_many_rows(as_, town, queries, n):
    for _n in range(n):
        errand = make.errand(town)
    for who, name, address in (
        ("worker", "mine", link("mine")),
        ("worker", "show", link("show", errand.pk)),
        ("lead", "index", link("index")),
        ("acceptor", "ask", link("ask", errand.matter_id, "deliver")),
    ):
        browser = as_(who)
        browser.get(address)
        with queries(name):
            browser.get(address)


def test_a_matter_without_errands_costs_no_query_more(as_, town, django_assert_num_queries):
    from gongzhi.errands.business import panel

    matter = make.ripe(town)
    for name in ("acceptor", "handler", "worker", "supervisor"):
        by = town.staff(name)
        with django_assert_num_queries(0):
            panel(matter, by, NOON)


def test_the_history_of_the_matter_is_whole(town):
    errand = make.errand(town)
    actions.fail(errand, reason="没人。", by=town.staff("worker"), at=NOON)
    matters.accept(errand.matter, by=town.staff("acceptor"), at=NOON)
    assert [one.verb for one in history(errand.matter_id)][-3:] == [
        "matter.errand_verify",
        "matter.undone",
        "matter.accept",
    ]
