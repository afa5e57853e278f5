from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.models import Held
from gongzhi.audit.models import Entry
from gongzhi.desk import actions
from gongzhi.desk.models import SavedFilter
from gongzhi.matters.models import Channel
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db


def numbers(response) -> list[str]:
    return re.findall(r'data-open href="[^"]+">([^<]+)</a>', response.content.decode())


def save(town, who: str, **says: Any):
    usual: dict[str, Any] = {
        "name": "坑洼",
        "query": "tab=received&kind=hole",
        "pinned": True,
        "post": None,
    }
    return actions.save_filter(**(usual | says), by=town.staff(who), at=make.NOON)


def test_a_list_is_narrowed_by_way_office_bounces_and_order(town, as_):
    web = make.matter(town)
    call = make.matter(town, channel=Channel.HOTLINE)
    sent = make.walk(town, make.matter(town), "accept", "dispatch", "object", "send_back")
    held = make.walk(town, make.matter(town), "accept", "dispatch")
    browser = as_("dispatcher")

    def shown(**asked):
        return numbers(browser.get("/desk/search/", asked))

    assert shown(channel="hotline") == [call.number]
    assert shown(office="lights") == [held.number]
    assert shown(bounced="1") == [sent.number]
    assert shown(parts="part") == shown(parts="whole") == shown(co="1") == []
    assert set(shown(sort="moved")) == {m.number for m in (web, call, sent, held)}
    assert shown(channel="nonsense", office="nonsense") == shown(sort="received")


def test_the_columns_of_a_list_are_chosen_in_its_address(town, as_):
    make.matter(town)
    usual = as_("acceptor").get("/desk/?tab=received").content.decode()
    assert ('data-label="来源渠道"' in usual, 'data-label="时限"' in usual) == (False, True)
    chosen = as_("acceptor").get("/desk/?tab=received&cols=channel&cols=moved").content.decode()
    assert ('data-label="来源渠道"' in chosen, 'data-label="时限"' in chosen) == (True, False)


def test_more_than_a_hundred_characters_are_cut_with_a_sentence(town, as_):
    body = as_("acceptor").get("/desk/search/", {"q": "路灯" * 1000}).content.decode()
    assert "只检索了前 100 个字符" in body


def test_a_saved_filter_stands_beside_the_piles_with_its_count(town, as_):
    make.matter(town)
    make.matter(town, kind=town.hole)
    save(town, "acceptor")
    shown = as_("acceptor").get("/desk/").content.decode()
    assert re.search(r'坑洼 <span class="count">1</span>', shown)
    assert "坑洼 <span" not in as_("dispatcher").get("/desk/").content.decode()


def test_a_filter_is_shared_with_whoever_fills_the_same_post(town, as_):
    mine = town.staff("acceptor").posts[0]
    save(town, "acceptor", post=mine)
    assert "坑洼" in as_("acceptor").get("/desk/filters/").content.decode()
    assert "坑洼" not in as_("dispatcher").get("/desk/filters/").content.decode()
    with pytest.raises(PermissionDenied, match="本人的岗位"):
        save(town, "dispatcher", post=mine)
    with pytest.raises(PermissionDenied):
        save(town, "acceptor", post=Held("leader", mine.path, None))


def test_a_filter_is_saved_from_its_list_and_removed_by_its_owner_only(town, as_):
    said = {"name": "本周", "query": "tab=received&urgent=1&evil=1", "pinned": "on", "post": "0"}
    saved_at = as_("acceptor").post("/desk/filters/save/", said)["Location"]
    saved = SavedFilter.objects.get()
    assert saved_at == "/desk/?tab=received&urgent=1"
    assert (saved.query, saved.role, saved.pinned) == ("tab=received&urgent=1", "acceptor", True)
    with pytest.raises(PermissionDenied, match="保存"):
        actions.drop_filter(saved, by=town.staff("dispatcher"), at=make.NOON)
    assert as_("dispatcher").post(f"/desk/filters/{saved.pk}/drop/").status_code == 404
    as_("acceptor").post(f"/desk/filters/{saved.pk}/drop/")
    assert not SavedFilter.objects.exists()
    verbs = Entry.objects.filter(subject=saved.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["filter.save", "filter.drop"]


def test_a_filter_needs_a_name_and_there_are_at_most_thirty(town):
    with pytest.raises(ValidationError, match="起个名称"):
        save(town, "acceptor", name="\u202e ")
    for n in range(30):
        save(town, "acceptor", name=str(n))
    with pytest.raises(ValidationError, match="30"):
        save(town, "acceptor")


def test_the_inbox_costs_the_same_queries_with_saved_filters(town, as_, queries):
    make.matter(town)
    for n in range(3):
        save(town, "acceptor", name=str(n))
    browser = as_("acceptor")
    browser.get("/desk/")
    with queries("home"):
        browser.get("/desk/")
