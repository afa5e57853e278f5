"""Who reads what in which state, by rule, by list and by page alike; and what is nowhere at all."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Office, User
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.models import Requester
from gongzhi.parties.models import Party
from gongzhi.petitions import actions, queries, rules
from gongzhi.petitions.models import Petition
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import NOON
from gongzhi.petitions.urls import urlpatterns
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db

ORGAN, REVIEW, LAST = {"handler", "head"}, {"reviewer"}, {"last"}
READS: dict[str, set[str]] = {
    "registered": set(),
    "received": ORGAN,
    "forwarded": ORGAN,
    "objected": ORGAN,
    "accepted": ORGAN,
    "decided": ORGAN,
    "in_review": ORGAN | REVIEW,
    "reviewed": ORGAN | REVIEW,
    "in_final": ORGAN | REVIEW | LAST,
    "final": ORGAN | REVIEW | LAST,
    "declined": set(),
    "withdrawn": set(),
}
REACHES = {"received": ORGAN, "accepted": ORGAN, "in_review": REVIEW, "in_final": LAST}
STAFF = (
    *("keeper", "handler", "head", "stranger", "reviewer", "last"),
    *("administrator", "leader", "acceptor", "supervisor", "worker"),
)


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("state", make.TO)
def test_each_of_the_staff_reads_in_each_state_what_the_matrix_says(town, who, state):
    row, by = make.in_state(town, state), town.staff(who)
    reads = who in READS[state] | {"keeper"}
    listed = rules.visible(Petition.objects.all(), by).exists()
    found = {
        "words": rules.may_see(by, row),
        "list": listed,
        "who": rules.may_reach(by, row),
        "name": rules.may_know_name(by, row),
    }
    reaches = who in REACHES.get(state, set()) | {"keeper"}
    assert found == {"words": reads, "list": reads, "who": reaches, "name": False}


@pytest.mark.parametrize("state", ["registered", "accepted", "in_review"])
@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("page", ["show", "why", "document", "file", "reach"])
def test_each_page_opens_for_who_reads_the_petition_and_nobody_else(as_, town, state, who, page):
    row = make.in_state(town, state, now())
    clock = row.pk if page != "why" else _clock(row)
    rest = {"show": (), "reach": (make.party(row).pk,)}.get(page, (clock,))
    address = reverse(f"petitions:{page}", args=[row.pk, *rest])
    browser = as_(who)
    answer = browser.post(address, {"purpose": "联系"}) if page == "reach" else browser.get(address)
    reads = who in READS[state] | {"keeper"}
    reaches = who in REACHES.get(state, set()) | {"keeper"}
    wanted = {"show": 200, "why": 200, "document": 404, "file": 404, "reach": 200}[page]
    opens = reaches if page == "reach" else reads
    assert answer.status_code == (wanted if opens else 403)
    assert opens or "暖气" not in answer.content.decode()


def _clock(row: Petition) -> object:
    return queries.clocks(row, [])[0].pk


def test_one_petitioner_reads_nothing_of_another(town):
    mine, other = make.petition(town), make.petition(town)
    by = make.speaker(mine)
    assert (rules.may_see(by, mine), rules.may_see(by, other)) == (True, False)
    assert list(rules.visible(Petition.objects.all(), by)) == [mine]
    assert not rules.may_add(by, other)
    assert not rules.visible(Petition.objects.all(), Actor(None, "")).exists()


def test_who_signs_beside_somebody_reads_and_moves_nothing(town):
    row = make.press(town, make.petition(town), "share")
    joined = actions.sign(row, reach=make.LI, by=make.ANYBODY, at=NOON)
    by = make.member(joined.party)
    assert rules.may_see(by, row)
    for name in ("add", "withdraw", "agree_to_name", "share", "ask_review", "contest"):
        assert not getattr(rules, f"may_{name}")(by, row)
    assert not rules.may_read_all(by, row)
    assert rules.may_read_all(make.speaker(row), row)


def test_the_name_stands_for_the_organ_only_once_the_petitioner_agreed(town):
    row = make.press(town, make.in_state(town, "forwarded"), "agree_to_name")
    assert rules.may_know_name(town.staff("handler"), row)
    assert rules.may_reach(town.staff("handler"), row)
    assert not rules.may_know_name(town.staff("stranger"), row)


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("worker", {"community"}),  # serves in one grid of it
        ("lead", {"district", "township", "community", "elsewhere"}),  # of the whole district
        ("handler", set()),
        ("keeper", set()),
    ],
)
def test_one_files_for_others_only_where_one_serves(town, who, where):
    known = {name: getattr(town, name) for name in ("district", "township", "community")}
    known["elsewhere"] = Place(path=f"{town.township.path}990101001999/")
    by = town.staff(who)
    assert {name for name, place in known.items() if rules.may_file_at(by, place)} == where


def test_only_an_office_registers_what_came_to_it_and_none_that_keeps_petitions(town):
    by = town.staff
    assert rules.receiving(by("handler")) == (town.lights,)
    for who in ("keeper", "stranger", "worker", "acceptor", "administrator", "leader"):
        assert not rules.may_receive(by(who), town.lights)
    assert not rules.may_receive(by("keeper"), town.petitions)
    assert rules.receiving(by("keeper")) == ()
    assert not rules.may_receive(make.ANYBODY, town.lights)


# --- A report of wrongdoing.


def denunciation(town, **says):
    return make.petition(town, sort="denunciation", denounced=town.roads, **says)


def test_what_is_denounced_never_goes_to_that_house(town):
    row = denunciation(town)
    for office in (town.roads, town.government, town.city):
        with pytest.raises(ValidationError) as refused:
            make.press(town, row, "forward", office=office)
        assert "检举控告不得转给被检举的单位及其上下级（第三十条）。" in refused.value.messages[0]
    assert make.stage(make.press(town, row, "forward")).office == town.lights


@pytest.mark.parametrize("who", STAFF)
def test_nobody_of_the_denounced_house_reads_it_even_if_it_had_it(town, who):
    row = make.walk(town, denunciation(town), "forward")
    row.stages.update(office=town.roads)  # as if somebody had sent it there by other means
    row = make.fresh(row)
    by = town.staff(who)
    found = rules.may_see(by, row), rules.visible(Petition.objects.all(), by).exists()
    assert found == ((who == "keeper"),) * 2


def test_the_organ_learns_who_denounced_only_if_they_agreed(town):
    row = make.walk(town, denunciation(town), "forward", "accept")
    assert not rules.may_reach(town.staff("handler"), row)
    with pytest.raises(PermissionDenied):
        actions.reach(row, make.party(row), purpose="问", by=town.staff("handler"), at=NOON)
    row = make.press(town, row, "agree_to_name")
    assert rules.may_reach(town.staff("handler"), row)


def test_what_turns_out_to_be_about_the_organ_is_taken_back_and_kept_from_it(town):
    row = make.walk(town, make.petition(town, sort="denunciation"), "forward", "accept")
    assert rules.may_see(town.staff("handler"), row)
    row = make.press(town, row, "keep_from", office=town.lights)
    assert (row.state, row.stage, row.denounced) == ("registered", None, town.lights)
    assert not rules.may_see(town.staff("handler"), row)
    row = make.press(town, row, "forward", office=town.roads)
    assert make.stage(row).office == town.roads
    row = make.press(town, row, "keep_from", office=town.petitions)
    assert row.state == "forwarded"
    with pytest.raises(MoveRefused, match="只有检举控告才填写被反映的单位"):
        make.press(town, make.petition(town), "keep_from")


def test_what_denounces_the_petition_office_is_kept_by_the_office_above(town):
    row = make.petition(town, sort="denunciation", denounced=town.petitions)
    assert row.keeper == town.government
    assert not rules.may_see(town.staff("keeper"), row)
    assert rules.may_see(town.staff("reviewer"), row)


def test_what_turns_out_to_be_about_the_petition_office_goes_to_the_office_above_and_on(town):
    row = make.petition(town, sort="denunciation")
    row = make.press(town, row, "keep_from", office=town.petitions)
    assert (row.state, row.keeper) == ("registered", town.government)
    assert not rules.may_see(town.staff("keeper"), row)
    by = town.staff("reviewer")
    assert list(queries.pile("forward", by, NOON)) == [row]
    actions.forward(row, office=town.lights, words="请依规办理。", by=by, at=NOON)
    assert make.stage(row).office == town.lights


def test_who_kept_a_report_about_their_own_office_sees_it_no_more(as_, town):
    row = make.petition(town, now(), sort="denunciation")
    says = {"office": "petitions", "version": row.version}
    answer = as_("keeper").post(reverse("petitions:keep_from", args=[row.pk]), says)
    assert (answer.status_code, answer.url) == (302, reverse("petitions:index"))


def test_where_no_office_is_above_the_petition_office_its_reports_go_to_discipline(town):
    row = make.petition(town, sort="denunciation")
    Office.objects.filter(pk=town.petitions.pk).update(superior=None)
    offices.cache_clear()
    said = "请改向纪检监察机关反映：拨打12388。"
    for act in (
        lambda: make.petition(town, sort="denunciation", denounced=make.fresh(row).keeper),
        lambda: make.press(town, row, "keep_from", office=make.fresh(row).keeper),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert said in refused.value.messages[0]
    assert Petition.objects.count() == 1


# --- Who decided does not decide again.


def test_neither_the_person_nor_the_office_that_decided_decides_the_next_instance(town):
    where = town.district
    appoint(town.handler, role="handler", place=where, office=town.government, by=SYSTEM, at=NOON)
    row = make.in_state(town, "in_review")
    said = "只有上一级机关可以这样做；此前对本件作过处理的人员和单位不得参加。"
    with pytest.raises(PermissionDenied, match=said):
        actions.review(row, opinion=make.OPINION, by=town.staff("handler"), at=NOON)
    assert rules.may_review(town.staff("reviewer"), row)
    assert not rules.may_review(town.staff("head"), row)


def test_who_steps_aside_may_do_nothing_more(town):
    row = make.in_state(town, "accepted")
    actions.step_aside(row, by=town.staff("handler"), at=NOON)
    row = make.fresh(row)
    assert not rules.may_see(town.staff("handler"), row)
    assert not rules.may_decide(town.staff("handler"), row)
    assert rules.may_decide(town.staff("head"), row)


def test_the_last_of_an_office_does_not_step_aside_and_leave_it_to_nobody(town):
    row = make.in_state(town, "accepted")
    said = "本单位没有其他人可以继续办理"
    with pytest.raises(MoveRefused, match=said):
        make.press(town, row, "step_aside")
    actions.step_aside(row, by=town.staff("handler"), at=NOON)
    with pytest.raises(MoveRefused, match=said):
        actions.step_aside(make.fresh(row), by=town.staff("head"), at=NOON)


# --- What is nowhere.


def test_no_table_knows_a_petitioner_but_the_sealed_party():
    tables = list(apps.get_app_config("petitions").get_models())
    fields = {
        (table.__name__, field.name)
        for table in tables
        for field in table._meta.concrete_fields
        if field.related_model in {User, Party, Requester}
    }
    assert fields == set()
    names = {field.name for table in tables for field in table._meta.concrete_fields}
    assert not names & {"name", "phone", "email", "tag", "tags", "level", "count", "times"}
    plain = {
        (table.__name__, field.name)
        for table in tables
        for field in table._meta.concrete_fields
        if isinstance(field, models.TextField)
    }
    assert plain == {("Petition", "kept_from"), ("PolicyAnswer", "text")}


def test_no_address_takes_a_person_to_find_petitions_by():
    routes = [str(one.pattern) for one in urlpatterns]
    assert [route for route in routes if "?" in route or "<str" in route] == []
    assert {route.count("<") for route in routes if "<" in route} == {1, 2}


def test_no_list_takes_words_or_order_by_person(as_, town):
    make.petition(town, now())
    page = as_("keeper").get(reverse("petitions:index"), {"q": "李明", "order": "name"})
    assert len(page.context["rows"]) == 1  # whatever else is asked, the pile is as it is
