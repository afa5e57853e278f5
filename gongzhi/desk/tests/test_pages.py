from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import now
from pypdf import PdfReader

from gongzhi.accounts.actions import leave
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.doors import Rows
from gongzhi.desk.rules import TABS
from gongzhi.matters.models import Channel, Matter
from gongzhi.matters.receipts import receipt_hash
from gongzhi.matters.tests import make
from gongzhi.places.actions import import_addresses

pytestmark = pytest.mark.django_db

HOME = "/desk/"
TO_OFFICE = ("accept", "dispatch")
AT_WORK = (*TO_OFFICE, "acknowledge")
ANSWERED = (*AT_WORK, "answer")
ENGLISH = {"Accept-Language": "en"}
NUMBER = re.compile(r"\d{6}-\w{3}-\d{6}-\w")

# pile: what leads there, and whose it is
PILES: dict[str, tuple[tuple[str, ...], str]] = {
    "received": ((), "acceptor"),
    "accepted": (("accept",), "dispatcher"),
    "objections": ((*TO_OFFICE, "object"), "dispatcher"),
    "dispatched": (TO_OFFICE, "handler"),
    "handling": (AT_WORK, "handler"),
    "answered": (ANSWERED, "inspector"),
    "resolved": ((*ANSWERED, "inspect"), "acceptor"),
    "extensions": ((*AT_WORK, "extend"), "supervisor"),
    "overdue": ((), "supervisor"),
    "deferred": (("accept", "defer"), "supervisor"),
    "danger": ((), "officer"),
    "tasks": ((*AT_WORK, "involve"), "stranger"),
}


def numbers(response) -> list[str]:
    """Return the numbers of the rows in their order."""
    rows = response.content.decode().partition("<tbody>")[2]
    return list(dict.fromkeys(NUMBER.findall(rows)))


def test_every_pile_is_tested():
    assert {tab.name for tab in TABS} - {"all"} == set(PILES)


@pytest.mark.parametrize("pile", PILES)
def test_what_waits_for_somebody_lies_on_their_pile_and_nothing_else(town, as_, pile):
    walk, who = PILES[pile]
    danger: dict[str, Any] = {"danger": "fire"} if pile == "danger" else {}
    matter = make.walk(town, make.matter(town, **danger), *walk)
    if pile not in {"overdue", "danger"}:
        other = make.matter(town)
        make.walk(town, other, "withdraw" if pile == "received" else "refuse")
    response = as_(who).get(HOME, {"tab": pile})
    assert numbers(response) == [matter.number]


def test_an_office_sees_its_own_piles_only(town, as_):
    make.walk(town, make.matter(town), *TO_OFFICE)
    response = as_("stranger").get(HOME)
    assert numbers(response) == []
    assert "dispatched" in response.content.decode()
    assert "tab=received" not in response.content.decode()


def test_the_inbox_opens_on_the_first_pile_that_is_not_empty(town, as_):
    make.walk(town, make.matter(town), *TO_OFFICE, "object")
    body = as_("dispatcher").get(HOME).content.decode()
    assert 'href="?tab=objections" aria-current="page"' in body


def test_counters_count_what_is_open_and_what_is_late(town, as_):
    make.matter(town)
    make.walk(town, make.matter(town, at=now()), "accept", at=now())
    body = as_("acceptor").get(HOME, {"tab": "all"}, headers=ENGLISH).content.decode()
    assert "2 open matters" in body
    assert "1 late" in body


def test_a_list_is_narrowed_by_kind_state_place_urgency_and_lateness(town, as_):
    lamp = make.matter(town, at=now())
    hole = make.matter(town, kind=town.hole, at=now())
    near = make.matter(town, place=town.next_grid, at=now())
    hot = make.matter(town, urgent=True, at=now())
    late = make.matter(town)
    browser = as_("acceptor")

    def shown(**asked: str) -> set[str]:
        return set(numbers(browser.get(HOME, {"tab": "all"} | asked)))

    every = {one.number for one in (lamp, hole, near, hot, late)}
    assert shown() == every
    assert shown(kind="hole") == {hole.number}
    assert shown(urgent="1") == {hot.number}
    assert shown(late="1") == {late.number}
    assert shown(state="accepted") == set()
    assert shown(place=town.township.code) == every
    assert shown(place="nowhere") == every


def test_moves_of_a_row_are_those_that_are_open_to_its_reader(town, as_):
    matter = make.matter(town)
    body = as_("acceptor").get(HOME).content.decode()
    at = reverse("matters:accept", args=[matter.pk])
    assert f'formaction="{at}"' in body
    assert reverse("matters:dispatch", args=[matter.pk]) not in body
    pressed = as_("acceptor").post(at, {"version": 1, "next": HOME})
    assert (pressed.status_code, pressed["Location"]) == (302, HOME)


def test_pages_follow_by_key_there_and_back(town, as_):
    made = [make.matter(town, at=make.NOON + timedelta(minutes=n // 2)) for n in range(52)]
    browser = as_("acceptor")
    first = browser.get(HOME, {"tab": "received"})
    onward = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert onward
    assert len(numbers(first)) == 50
    second = browser.get(HOME + onward[1].replace("&amp;", "&"))
    assert len(numbers(second)) == 2
    assert {*numbers(first), *numbers(second)} == {one.number for one in made}
    back = re.search(r'rel="prev" href="([^"]+)"', second.content.decode())
    assert back
    again = browser.get(HOME + back[1].replace("&amp;", "&"))
    assert numbers(again) == numbers(first)


@pytest.mark.parametrize("key", ["x", "2026-03-02~1", "2026-03-02T00:00~" + "0" * 32, "~"])
def test_a_key_that_none_of_our_pages_made_is_refused(town, as_, key):
    assert as_("acceptor").get(HOME, {"after": key}).status_code == 422


def test_the_next_matter_of_a_pile_follows_and_after_the_last_the_pile(town, as_):
    first, second = make.matter(town), make.matter(town, at=make.NOON + timedelta(days=3))
    browser = as_("acceptor")
    body = browser.get(reverse("matters:show", args=[first.pk]), {"tab": "received"})
    onward = re.search(r'rel="next" href="([^"]+)"', body.content.decode())
    assert onward
    response = browser.get(onward[1].replace("&amp;", "&"))
    assert response["Location"] == f"{reverse('matters:show', args=[second.pk])}?tab=received"
    assert second.due_at
    key = f"{second.due_at.isoformat()}~{second.pk.hex}"
    last = browser.get(reverse("desk:next"), {"tab": "received", "after": key})
    assert last["Location"] == "/desk/?tab=received"


def test_lists_cost_the_same_queries_with_one_and_three_matters(town, as_, queries):
    pages = {
        "home": (HOME, {"tab": "all"}),
        "search": ("/desk/search/", {"q": "路灯"}),
        "map": ("/desk/map/", {}),
    }
    at: dict[str, Any] = {"lat": 35.2, "lon": 123.2}
    browser = as_("acceptor")
    make.matter(town, **at)
    for _n in range(2):
        for name, (address, asked) in pages.items():
            browser.get(address, asked)
            with queries(name):
                assert browser.get(address, asked).status_code == 200
        make.matter(town, **at)
        make.matter(town, kind=town.hole, place=town.next_grid, **at)


@pytest.mark.parametrize("address", [HOME, "/desk/search/", "/desk/map/", "/desk/handover/"])
def test_everybody_with_a_post_opens_it_and_others_sign_in_first(town, client, address):
    assert client.get(address).status_code == 302
    for name in ("acceptor", "handler", "inspector", "supervisor", "worker", "administrator"):
        client.force_login(getattr(town, name))
        assert (name, client.get(address).status_code) == (name, 200)


def test_search_finds_by_number_part_of_it_kind_place_and_title_but_nothing_unseen(town, as_):
    one = make.matter(town)
    make.matter(town, kind=town.hole, place=town.next_grid, text="坑洼。")
    browser = as_("acceptor")

    def found(q: str) -> list[str]:
        return numbers(browser.get("/desk/search/", {"q": q}))

    assert browser.get("/desk/search/", {"q": one.number})["Location"] == reverse(
        "matters:show", args=[one.pk]
    )
    assert found(one.number[11:17]) == [one.number]
    assert found("路灯") == [one.number]
    assert found("第一网格") == [one.number]
    assert numbers(as_("stranger").get("/desk/search/", {"q": "路灯"})) == []


@pytest.mark.parametrize("q", ["%", "_", "'", '"', "%_'\"", "🙂", "x" * 2000, "\u202e反"])
def test_search_takes_whatever_is_typed(town, as_, q):
    make.matter(town)
    assert as_("acceptor").get("/desk/search/", {"q": q}).status_code == 200


def test_who_raised_a_matter_cannot_be_looked_for(town, as_):
    from gongzhi.matters.receipts import Contact

    make.matter(town, contact=Contact("王女士", "13800138000"))
    browser = as_("acceptor")
    for q in ("13800138000", "王女士"):
        assert numbers(browser.get("/desk/search/", {"q": q})) == []


def taken_in(**says: object) -> dict[str, object]:
    usual = {
        "form_key": "7d3d7a3e-7c9c-4a55-9d0a-0f4c1a3b2c1d",
        "channel": "counter",
        "text": "路灯不亮三天了。",
        "place": "990101001001",
        "name": "王女士",
        "phone": "138 0013 8000",
    }
    return usual | says


def test_an_acceptor_takes_in_a_matter_and_prints_its_receipt(town, as_):
    browser = as_("acceptor")
    response = browser.post("/desk/intake/", taken_in())
    assert (response.status_code, response["Location"]) == (302, "/desk/intake/receipt/")
    matter = Matter.objects.get()
    assert (matter.channel, matter.kind, matter.place) == (
        Channel.COUNTER,
        town.lamp,
        town.community,
    )
    shown = browser.get("/desk/intake/receipt/")
    code = re.search(r'id="slip-code">([^<]+)<', shown.content.decode())
    assert code
    assert receipt_hash(matter.pk, code[1]) == matter.requester.receipt_hash
    paper = PdfReader(BytesIO(browser.get("/desk/intake/receipt.pdf").content))
    assert code[1] in paper.pages[0].extract_text()


def test_a_receipt_on_paper_needs_a_matter_taken_in(town, as_):
    response = as_("acceptor").get("/desk/intake/receipt.pdf")
    assert (response.status_code, response["Location"]) == (302, "/desk/intake/")


def test_a_form_of_intake_sent_twice_is_one_matter(town, as_):
    browser = as_("acceptor")
    for _n in range(2):
        browser.post("/desk/intake/", taken_in())
    assert Matter.objects.count() == 1


def test_words_of_danger_at_the_counter_are_noticed(town, as_):
    as_("acceptor").post("/desk/intake/", taken_in(text="楼道着火了", kind="lamp"))
    assert Matter.objects.get().danger


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"place": ""}, {"phone": "none"}, {"lat": "nan"}, {"kind": "x"}]
)
def test_an_intake_that_is_not_right_keeps_what_was_typed(town, as_, wrong):
    response = as_("acceptor").post("/desk/intake/", taken_in() | wrong)
    assert (response.status_code, Matter.objects.count()) == (422, 0)
    assert "王女士" in response.content.decode()


def test_where_the_words_say_it_is_is_offered_and_counts_once_it_is_chosen(town, as_):
    import_addresses([], by=SYSTEM, at=make.NOON)  # an edition of the places
    browser, words = as_("acceptor"), "柳岸社区的路灯不亮"
    page = browser.post("/desk/intake/places/", {"text": words}).content.decode()
    assert f'data-here="{town.community.code}" data-name="柳岸社区"' in page
    known = browser.post("/desk/intake/places/", {"text": words, "place": town.community.code})
    assert "data-here" not in known.content.decode()

    asked = browser.post("/desk/intake/", taken_in(text=words, place=""))
    ((value, _label),) = asked.context["form"].fields["spoken"].choices
    assert (asked.status_code, Matter.objects.count()) == (422, 0)
    browser.post("/desk/intake/", taken_in(text=words, place="", spoken=value))
    matter = Matter.objects.get()
    assert (matter.place, matter.address, matter.lat) == (town.community, "柳岸社区", None)


def test_only_acceptors_take_in_matters(town, as_):
    assert as_("handler").get("/desk/intake/").status_code == 403
    assert as_("handler").post("/desk/intake/places/", {"text": "柳岸社区"}).status_code == 403


def test_the_sheet_of_a_shift_says_who_is_there_and_what_stands(town, as_):
    at = now()
    make.walk(town, make.matter(town), *TO_OFFICE)
    until = at + timedelta(days=1)
    town_of = {"deputy": town.stranger, "starts_at": at - timedelta(hours=1), "ends_at": until}
    leave(town.handler, **town_of, by=SYSTEM, at=at)
    body = as_("handler").get("/desk/handover/", headers=ENGLISH).content.decode()
    assert "handler · 云溪区" not in body  # the place in English
    assert "away" in body
    assert "stranger stands in." in body
    assert "Without a deputy" not in body  # whoever fills it is away, and somebody stands in
    deputy = as_("stranger").get("/desk/handover/", headers=ENGLISH).content.decode()
    assert "You stand in for handler" in deputy
    assert reverse("matters:acknowledge", args=[Matter.objects.get().pk]) in (
        as_("stranger").get(HOME, {"tab": "dispatched"}).content.decode()
    )


def test_the_sheet_of_a_shift_names_what_is_urgent_and_due_and_posts_without_a_deputy(town, as_):
    due = make.matter(town, at=now() - timedelta(days=30))
    hot = make.matter(town, at=now(), urgent=True)
    browser = as_("acceptor")
    Matter.objects.filter(pk=due.pk).update(due_at=now() + timedelta(hours=3))
    sheet = browser.get("/desk/handover/", headers=ENGLISH)
    assert [row.number for row in sheet.context["urgent"].rows] == [hot.number]
    assert due.number in [row.number for row in sheet.context["due"].rows]
    said = sheet.content.decode()
    assert "Without a deputy: only one person fills" in said
    assert {post.role for post in sheet.context["alone"]} >= {"acceptor", "dispatcher"}
    for signed in ("Handed over by", "Taken over by", "Notes of this shift"):
        assert signed in said
    Matter.objects.filter(pk=due.pk).update(due_at=now() + timedelta(hours=13))
    later = browser.get("/desk/handover/").context["due"].rows
    assert due.number not in [row.number for row in later]


def test_the_sheet_of_a_shift_costs_the_same_however_many_are_urgent_or_away(town, as_, queries):
    browser = as_("acceptor")
    for n in (1, 3):
        for _n in range(n):
            make.matter(town, at=now(), urgent=True)
        browser.get("/desk/handover/")
        with queries("shift"):
            assert browser.get("/desk/handover/").status_code == 200


@pytest.mark.parametrize(
    ("who", "address", "face"),
    [
        ("stranger", "/matters/{key}/", "desk"),  # another office's
        ("handler", "/manage/", "desk"),
        ("handler", "/field/report/", "field"),
        ("", "/desk/nothing/", "portal"),
    ],
)
def test_a_refusal_keeps_the_layout_of_where_somebody_works(town, client, who, address, face):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    if who:
        client.force_login(getattr(town, who))
    response = client.get(address.format(key=matter.pk))
    page = response.content.decode()
    assert response.status_code == (403 if who else 404)
    assert f'data-face="{face}"' in page
    assert ('class="trouble"' in page, reverse("accounts:start") in page) == (True, bool(who))


def test_deferred_matters_stand_with_owner_reason_and_the_day_to_look_again(town, as_):
    make.walk(town, make.matter(town), "accept", "defer")
    kept = make.walk(town, make.matter(town, about_office=town.roads), "accept", "defer")
    body = as_("supervisor").get("/desk/deferred/").content.decode()
    assert "2026-06-01" in body
    assert "道路整体改造" in body
    assert kept.number in body
    assert kept.number not in as_("worker").get("/desk/deferred/").content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_of_deferred_matters_costs_the_same_whatever_its_length(town, as_, queries, n):
    for _n in range(n):
        make.walk(town, make.matter(town), "accept", "defer")
    browser = as_("supervisor")
    with queries("deferred"):
        browser.get("/desk/deferred/")


def test_who_is_refused_in_a_crowd_costs_the_database_nothing(
    as_, monkeypatch, django_assert_num_queries
):
    staff = as_("handler")
    monkeypatch.setattr(Rows, "enter", lambda *_: False)
    with django_assert_num_queries(0):
        assert staff.get(HOME).status_code == 503
