from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.accounts.actions import appoint, leave, open_account
from gongzhi.accounts.models import User
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.matters import actions, queries, rules
from gongzhi.matters.models import Message
from gongzhi.matters.queries.mentions import names_in
from gongzhi.matters.tests import make
from gongzhi.matters.tests.test_rules import WALKS

pytestmark = pytest.mark.django_db
WITH_OFFICE = ("accept", "dispatch")


def note(town, matter, words, who="acceptor"):
    actions.note(matter, words=words, by=town.staff(who), at=make.NOON)


def sees(matter):
    """Return the names of those who may see a matter, each asked by itself."""
    everybody = User.objects.order_by("username")
    return [u.username for u in everybody if rules.may_see(staff(u, make.NOON), matter)]


def reads(matter):
    found = rules.readers(matter, make.NOON).order_by("username")
    return [user.username for user in found]


@pytest.mark.parametrize("state", WALKS)
def test_readers_are_those_who_may_see_a_matter_in_each_state(town, state):
    matter = make.walk(town, make.matter(town), *WALKS[state])
    assert reads(matter) == sees(matter)


def colleague(office):
    """Let a second one serve in an office, so that a matter may be kept from the first."""
    user = open_account(
        username="mate", name_zh="同", name_en="Mate", password="", by=SYSTEM, at=make.NOON
    )
    appoint(user, role="handler", place=office.place, office=office, by=SYSTEM, at=make.NOON)
    return user


def test_readers_are_those_who_may_see_it_however_it_is_kept(town):
    colleague(town.roads)
    returned = make.walk(town, make.matter(town), *WITH_OFFICE, "object", "send_back")
    helped = make.walk(town, make.matter(town), *WITH_OFFICE, "involve")
    dangerous = make.matter(town, danger="fire")
    about = make.walk(town, make.matter(town), "about")
    kept = make.walk(town, make.matter(town), *WITH_OFFICE, "involve", "keep_from")
    elsewhere = make.matter(town, place=town.district)
    for matter in (returned, helped, dangerous, about, kept, elsewhere):
        matter.refresh_from_db()
        assert reads(matter) == sees(matter)
    assert "handler" not in reads(returned)
    assert "stranger" in reads(helped)
    assert "worker" not in reads(about)
    assert "stranger" not in reads(kept)


def test_a_deputy_reads_what_the_one_away_may_and_stays_out_of_complaints_about_the_house(town):
    inside = open_account(
        username="inside", name_zh="内", name_en="In", password="", by=SYSTEM, at=make.NOON
    )
    leave(
        town.handler,
        deputy=inside,
        starts_at=make.NOON,
        ends_at=make.NOON + timedelta(days=1),
        by=SYSTEM,
        at=make.NOON,
    )
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    appoint(inside, role="acceptor", place=town.district, office=None, by=SYSTEM, at=make.NOON)
    about = make.matter(town)
    actions.about(about, office=town.lights, by=town.staff("acceptor"), at=make.NOON)
    for one in (matter, about):
        assert reads(one) == sees(one)
    assert ("inside" in reads(matter), "inside" in reads(about)) == (True, False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("请@wang.wei看一下", ["wang.wei"]),
        ("@a @b，＠c", ["a", "b", "c"]),
        ("@Wang and @wang.", ["wang"]),
        ("邮箱 wang@example.org", []),
        ("@ nobody, @", []),
        ("(@li-na_2)", ["li-na_2"]),
        ("@@x", ["x"]),
    ],
)
def test_a_name_begins_after_the_sign_and_ends_where_no_name_goes_on(text, names):
    assert names_in(text) == names


@given(st.text(max_size=80))
def test_any_text_may_be_searched_for_names(text):
    assert all(name and name == name.lower() for name in names_in(text))


def test_colleagues_who_may_read_it_are_named_and_the_office_as_those_in_it(town):
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    named = queries.named_in("@Inspector @lights 看", matter, make.NOON)
    assert (named.people, named.nobody) == ({town.inspector.pk, town.handler.pk}, [])


def test_a_note_without_names_asks_the_database_nothing_more(town, django_assert_num_queries):
    matter = make.matter(town)
    with django_assert_num_queries(0):
        queries.named_in("与昨天是同一段路，见 a@b.cn", matter, make.NOON)


@pytest.mark.parametrize("name", ["stranger", "roads", "nobody", "lights"])
def test_who_may_not_read_the_matter_is_not_named_and_nothing_is_written(town, name):
    matter = make.matter(town)  # which no office has
    with override("en"):
        with pytest.raises(ValidationError) as refused:
            note(town, matter, f"@acceptor @{name} please look")
        said = refused.value.messages
    assert said[0].startswith(f"“@{name}” is nobody who may read this matter. Choose from the list")
    assert len(said) == 1
    assert Message.objects.count() == 0
    assert matter.state == "received"


def test_the_office_complained_about_is_not_named(town):
    matter = make.walk(town, make.matter(town), "about")
    with pytest.raises(ValidationError):
        note(town, matter, "@stranger")
    note(town, matter, "@inspector")
    assert Message.objects.get().text == "@inspector"


def test_a_colleague_it_is_kept_from_is_named_neither_alone_nor_with_the_office(town):
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    by, mate = town.staff("acceptor"), colleague(town.lights)
    actions.keep_from(matter, colleague=town.handler, reason="与其有关。", by=by, at=make.NOON)
    named = queries.named_in("@handler @lights @inspector", matter, make.NOON)
    assert (named.people, named.nobody) == ({town.inspector.pk, mate.pk}, ["handler"])


def test_those_who_may_read_it_are_offered_while_a_name_is_typed(town, as_):
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    browser = as_("acceptor")

    def offered(word):
        answer = browser.post(f"/matters/{matter.pk}/mention/", {"q": word})
        assert answer["Cache-Control"].find("no-store") >= 0
        return [one.name for one in answer.context["offered"]]

    assert offered("") == [
        "lights", "dispatcher", "handler", "inspector", "officer", "supervisor", "worker",
    ]  # fmt: skip
    assert offered("in") == ["inspector"]
    assert offered("路灯") == ["lights"]
    assert offered("handler同志") == ["handler"]
    assert offered("stranger") == offered("acceptor") == offered("%_'\"") == []
    shown = browser.post(f"/matters/{matter.pk}/mention/", {"q": "handler"})
    assert "路灯管理所" in shown.content.decode()


@pytest.mark.parametrize("who", ["stranger", "administrator"])
def test_others_learn_nobodys_name(town, as_, who):
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    assert as_(who).post(f"/matters/{matter.pk}/mention/").status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_the_offer_costs_the_same_with_one_and_three(town, as_, queries, n):
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    for more in range(1, n):
        user = open_account(
            username=f"handler{more}", name_zh="同志", name_en="", password="",
            by=SYSTEM, at=make.NOON,
        )  # fmt: skip
        appoint(
            user, role="handler", place=town.district, office=town.lights, by=SYSTEM, at=make.NOON
        )
    browser = as_("acceptor")
    asked = f"/matters/{matter.pk}/mention/", {"q": "handler"}
    browser.post(*asked)
    with queries("mention"):
        assert len(browser.post(*asked).context["offered"]) == n


def test_the_form_of_a_note_leads_to_the_offer_and_no_other_form_does(town, as_):
    matter = make.walk(town, make.matter(town), *WITH_OFFICE)
    browser = as_("handler")
    marked = f'data-mention="/matters/{matter.pk}/mention/"'
    assert marked in browser.get(f"/matters/{matter.pk}/note/").content.decode()
    assert marked not in browser.get(f"/matters/{matter.pk}/object/").content.decode()
