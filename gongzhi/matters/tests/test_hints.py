from __future__ import annotations

import pytest

from gongzhi.audit.models import Entry
from gongzhi.matters.models import LONGEST_ANSWER, Answer
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
HANDED_ON = "您的留言已收悉，已转交相关单位。"
WHOLE = "3月2日经现场查看，路口的路灯电缆老化，当天已更换，恢复照明。"


@pytest.fixture
def matter(town):
    return make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge")


def hinted(browser, matter, words, ground=""):
    said = {"words": words, "ground": ground}
    return browser.post(f"/matters/{matter.pk}/hints/", said).content.decode()


def test_the_office_sees_what_its_answer_lacks_while_it_writes_and_nothing_is_kept(
    as_, matter, queries
):
    browser = as_("handler")
    entries = Entry.objects.count()
    hinted(browser, matter, "")
    with queries("hints"):
        shown = hinted(browser, matter, HANDED_ON)
    for said in ("可能还缺", "几乎没有提到", "做了什么", "依据是什么", "哪天办的"):
        assert said in shown
    assert "依据是什么" not in hinted(browser, matter, HANDED_ON, "《城市照明管理规定》")
    assert hinted(browser, matter, WHOLE).strip() == hinted(browser, matter, "  ").strip() == ""
    assert (Entry.objects.count(), Answer.objects.count()) == (entries, 0)


def test_hints_hold_no_answer_up_and_stand_in_the_form_that_asks_for_them(as_, matter):
    browser = as_("handler")
    form = browser.get(f"/matters/{matter.pk}/answer/").content.decode()
    assert f'hx-post="/matters/{matter.pk}/hints/"' in form
    assert "可能还缺" not in form
    said = {"words": HANDED_ON, "ground": "", "version": "999"}
    again = browser.post(f"/matters/{matter.pk}/answer/", said)
    assert again.status_code == 409
    assert "可能还缺" in again.content.decode()
    matter.refresh_from_db()
    browser.post(f"/matters/{matter.pk}/answer/", said | {"version": matter.version})
    assert Answer.objects.get().text == HANDED_ON


@pytest.mark.parametrize("who", ["stranger", "acceptor", "inspector"])
def test_only_the_office_that_answers_is_told(as_, matter, who):
    assert as_(who).post(f"/matters/{matter.pk}/hints/").status_code in {403, 404}


def test_however_much_is_sent_it_is_read_no_further_than_an_answer_may_go(as_, matter):
    late = "空" * LONGEST_ANSWER + WHOLE
    assert "依据是什么" in hinted(as_("handler"), matter, late)
