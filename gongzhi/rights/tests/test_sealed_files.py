"""What the people of petitions and mediation ask about their own data."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Role, User
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveRefused
from gongzhi.hazards.tests.make import photo
from gongzhi.matters.receipts import Contact
from gongzhi.mediation import actions as mediation
from gongzhi.mediation.models import Case
from gongzhi.mediation.models import Message as RoomMessage
from gongzhi.mediation.tests import make as cases
from gongzhi.notices.models import Notice
from gongzhi.parties.actions import mend
from gongzhi.parties.models import Paper, Party
from gongzhi.parties.reach import Reach
from gongzhi.parties.rules import member
from gongzhi.parties.tests.make import ANYBODY
from gongzhi.petitions import actions as petitions
from gongzhi.petitions.tests import make as petition
from gongzhi.rights import actions, queries, rules
from gongzhi.rights.models import SubjectRequest
from gongzhi.rights.states import Sort, State
from gongzhi.rights.tests.make import NOON
from gongzhi.upkeep.actions import erase_again

pytestmark = pytest.mark.django_db
SECRET = "他私下说愿意只赔一千元。"


@pytest.fixture
def office(db):
    """The cast of petitions, with a data officer of the district."""
    town = petition.town()
    officer(town.district)
    return town


@pytest.fixture
def committee(db):
    """The cast of mediation; its data officer is of the township."""
    return cases.town()


def officer(place, name="data_officer"):
    user = open_account(
        username=name, name_zh="数据官", name_en="Data", password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=Role.DATA_OFFICER, place=place, by=SYSTEM, at=NOON)
    return user


def data_officer():
    return User.objects.get(username="data_officer")


def asked(party, sort=Sort.SEE, at=NOON, **says):
    return actions.ask(party, sort=sort, by=member(party), at=at, **says)


def granted(user, party, sort=Sort.SEE, at=NOON, **says):
    """Ask something, and let the data officer do it."""
    made = asked(party, sort, at, **says)
    actions.examine(made, by=staff(user, at), at=at)
    actions.grant(made, answer="请看。", by=staff(user, at), at=at)
    return made


def kept(whose):
    """Return everything that is held, as one text."""
    return json.dumps(queries.copy(Party.objects.get(pk=whose.pk)), ensure_ascii=False)


def spoken(town, at=NOON):
    """Return a mediation in which both parties and the mediator have said something in each room."""
    case = cases.mediating(town, at=at)
    qian, zhao = cases.party(case, "钱川"), cases.party(case)
    mediator = town.staff("mediator", at)
    mediation.say(case, room=None, words="赵在共同室说的话。", by=member(zhao), at=at)
    mediation.say(case, room=None, words="钱在共同室说的话。", by=member(qian), at=at)
    mediation.say(case, room=qian.pk, words=SECRET, by=member(qian), at=at)
    mediation.say(case, room=zhao.pk, words="调解员对赵说的话。", by=mediator, at=at)
    return case, zhao, qian


# --- Who asks, and who answers.


def test_a_party_asks_with_its_code_and_the_data_officer_of_the_place_is_told(office):
    row = petition.petition(office)
    made = asked(petition.party(row))
    assert (made.state, made.chain, made.matter) == (State.ASKED, row.chain, None)
    assert made.due_at > NOON
    told = Notice.objects.get(verb="rights.ask")
    assert (told.user, row.number in told.label) == (data_officer(), True)


def test_nobody_asks_for_another_party(committee):
    _case, zhao, qian = spoken(committee)
    for by in (member(qian), ANYBODY, committee.staff("mediator"), committee.staff("head")):
        with pytest.raises(PermissionDenied, match="只有本人"):
            actions.ask(zhao, sort=Sort.SEE, by=by, at=NOON)


def test_the_same_is_not_asked_twice_and_another_party_may_ask_it(committee):
    _case, zhao, qian = spoken(committee)
    asked(zhao)
    with pytest.raises(ValidationError, match="已经提出过同样的请求"):
        asked(zhao)
    asked(qian)
    assert SubjectRequest.objects.count() == 2


@pytest.mark.parametrize("name", ["keeper", "head", "handler", "leader", "administrator"])
def test_who_works_on_a_petition_answers_nothing_and_reads_nothing_of_it(office, name):
    made = asked(petition.party(petition.petition(office)))
    by = office.staff(name)
    assert not rules.may_see(by, made)
    assert queries.waiting_requests(by) == []
    with pytest.raises(PermissionDenied):
        actions.examine(made, by=by, at=NOON)


def test_a_data_officer_elsewhere_and_one_whom_it_is_kept_from_see_nothing(office):
    far = officer(office.next_grid, "far")
    row = petition.petition(office, place=office.grid)
    made = asked(petition.party(row))
    near = staff(data_officer(), NOON)
    assert queries.waiting_requests(near) == [made]
    assert (queries.waiting_requests(staff(far, NOON)), rules.may_see(staff(far, NOON), made)) == (
        [],
        False,
    )
    type(row).objects.filter(pk=row.pk).update(kept_from=near.id.hex)
    assert (queries.waiting_requests(near), rules.may_see(near, made)) == ([], False)


def test_one_who_also_serves_in_the_office_that_is_denounced_answers_nothing(office):
    row = petition.petition(office, sort="denunciation", denounced=office.lights)
    made = asked(petition.party(row))
    appoint(
        data_officer(),
        role=Role.HANDLER, place=office.district, office=office.lights, by=SYSTEM, at=NOON,
    )  # fmt: skip
    by = staff(data_officer(), NOON)
    assert (queries.waiting_requests(by), rules.may_see(by, made)) == ([], False)
    with pytest.raises(PermissionDenied):
        actions.examine(made, by=by, at=NOON)


# --- What is held.


def test_a_petitioner_reads_all_and_a_signer_neither_them_nor_one_another(office):
    row = petition.press(office, petition.petition(office), "share")
    signers = [
        petitions.sign(row, reach=Reach(name=name, phone=phone), by=ANYBODY, at=NOON).party
        for name, phone in (("周舟", "13700000001"), ("吴悟", "13700000002"))
    ]
    row = petition.press(office, row, "add")
    row = petition.walk(office, row, "forward", "accept", "decide")
    mine, theirs = kept(petition.party(row)), kept(signers[0])
    for words in ("李明", "13800138000", petition.TEXT, "昨晚只有12度", "经测温"):
        assert words in mine
    assert "周舟" not in mine
    for words in ("周舟", "13700000001", petition.TEXT, "经测温"):
        assert words in theirs
    for words in ("李明", "13800138000", "昨晚只有12度", "吴悟"):
        assert words not in theirs


def test_a_party_of_a_mediation_reads_its_own_words_and_nothing_that_the_other_said(committee):
    _case, zhao, qian = spoken(committee)
    mine, theirs = kept(zhao), kept(qian)
    for words in ("赵在共同室说的话", "调解员对赵说的话", cases.STORY, zhao.reach.phone):
        assert words in mine
        assert words not in theirs
    for words in ("钱在共同室说的话", SECRET, qian.reach.phone):
        assert words in theirs
        assert words not in mine


def test_what_is_held_opens_once_it_is_granted_and_to_its_own_party_alone(client, committee):
    case, zhao, qian = spoken(committee)
    hold(client, zhao)
    mine, file = link("held", zhao.pk), link("copy", zhao.pk)
    assert [client.get(one).status_code for one in (mine, file)] == [403, 403]
    assert client.get(link("mine", qian.pk)).status_code == 302
    for sort in (Sort.SEE, Sort.COPY):
        granted(data_officer(), zhao, sort)
    assert "赵在共同室说的话" in client.get(mine).content.decode()
    answer = client.get(file)
    assert f"{case.number}.json" in answer.headers["Content-Disposition"]
    said = json.loads(answer.content)
    assert said["contact"][0]["name"] == "赵青"
    assert {"case", "consent", "messages", "looks", "requests", "history"} <= set(said)
    assert "receipt_hash" not in answer.content.decode()
    for name in ("held", "copy"):
        assert client.get(link(name, qian.pk)).status_code == 403


# --- Put right, object, erase.


def test_a_contact_is_put_right_and_the_only_safe_way_stays(committee):
    case = cases.case(committee)
    zhao = cases.party(case)
    safe = Reach(
        name="赵青", phone="13900000001", email="z@example.org", way="email", minds="晚上别打"
    )
    mend(zhao, reach=safe, by=member(zhao), at=NOON)
    granted(data_officer(), zhao, Sort.CORRECT, contact=Contact(phone="13900000009"))
    zhao = Party.objects.get(pk=zhao.pk)
    assert (zhao.reach.phone, zhao.reach.to) == ("13900000009", "z@example.org")
    assert (zhao.reach.minds, zhao.name) == ("晚上别打", "赵青")


def test_who_objects_gets_no_more_messages(committee):
    zhao = cases.party(cases.case(committee))
    granted(data_officer(), zhao, Sort.OBJECT)
    assert Party.objects.get(pk=zhao.pk).reach.to == ""


def test_a_petition_that_is_worked_on_is_not_erased_and_the_refusal_has_its_remedy(office):
    party = petition.party(petition.petition(office))
    made = asked(party, Sort.DELETE)
    by = staff(data_officer(), NOON)
    actions.examine(made, by=by, at=NOON)
    with pytest.raises(MoveRefused, match="仍在办理"):
        actions.grant(made, by=by, at=NOON)
    with pytest.raises(ValidationError):
        actions.refuse(made, answer="办理中", remedy="", by=by, at=NOON)
    actions.refuse(made, answer="办理期间需要，第四十七条。", remedy="可以起诉。", by=by, at=NOON)
    assert (made.state, made.said["remedy"]) == (State.REFUSED, "可以起诉。")
    assert kept(party).count(petition.TEXT) == 1


def test_a_petition_that_ended_leaves_a_tombstone_and_its_chain_whole(office, client):
    row = petition.press(office, petition.petition(office), "share")
    signer = petitions.sign(row, reach=Reach(name="周舟"), by=ANYBODY, at=NOON).party
    row = petition.press(office, row, "add", papers=[photo()])
    row = petition.walk(office, row, "forward", "accept", "decide")
    row = petition.walk(office, row, "ask_review", "review", "ask_final", "finalize")
    party = petition.party(row)
    granted(data_officer(), party, Sort.DELETE)
    row, party = petition.fresh(row), Party.objects.get(pk=party.pk)
    assert (row.text, row.wish, party.name, party.reach.phone) == ("", "", "", "")
    assert (row.number, row.state, row.topic) == (row.number, "final", "housing")
    assert not Paper.objects.filter(file=row.pk).exists()
    everything = "".join(
        str(one.said) for one in (row, party, *row.stages.all(), *row.messages.all())
    ) + "".join(str(one.told) for one in history(row.pk))
    for words in (petition.TEXT[:6], "12度", "经测温", "李明", "13800138000"):
        assert words not in everything
    assert Party.objects.get(pk=signer.pk).name == "周舟"
    assert list(broken(row.pk)) == []
    assert list(broken(party.pk)) == []
    assert [one.verb for one in history(party.pk)][-1] == "party.forget"
    hold(client, party)
    for page in (party.get_absolute_url(), link("mine", party.pk)):
        assert client.get(page).status_code == 200
    client.logout()
    client.force_login(office.keeper)
    assert client.get(petition.address("show", row)).status_code == 200


def test_a_signer_is_erased_alone(office):
    row = petition.press(office, petition.petition(office), "share")
    signer = petitions.sign(row, reach=Reach(name="周舟"), by=ANYBODY, at=NOON).party
    row = petition.press(office, row, "withdraw")
    granted(data_officer(), signer, Sort.DELETE)
    assert Party.objects.get(pk=signer.pk).is_erased
    assert petition.fresh(row).text == petition.TEXT
    assert petition.party(row).name == "李明"


def test_a_party_is_erased_from_a_filed_case_and_what_all_share_stays_until_its_day(committee):
    case, zhao, qian = spoken(committee)
    by = committee.staff("mediator")
    mediation.fail(case, why="apart", dispute="数额。", by=by, at=NOON)
    made = asked(zhao, Sort.DELETE)
    officer_of = staff(data_officer(), NOON)
    actions.examine(made, by=officer_of, at=NOON)
    with pytest.raises(MoveRefused, match="尚未归档"):
        actions.grant(made, by=officer_of, at=NOON)
    mediation.archive(case, by=committee.staff("clerk"), at=NOON)
    actions.grant(made, by=officer_of, at=NOON)
    left = {one.text for one in RoomMessage.objects.filter(case=case)}
    assert left == {"赵在共同室说的话。", "钱在共同室说的话。", SECRET}
    assert Party.objects.get(pk=zhao.pk).is_erased
    assert Party.objects.get(pk=qian.pk).name == "钱川"
    assert Case.objects.get(pk=case.pk).kept.keep_until > NOON.date()
    assert list(broken(case.pk)) == []
    granted(data_officer(), zhao)  # what is left can still be seen
    assert "赵在共同室说的话" in kept(zhao)
    with pytest.raises(ValidationError, match="已经全部删除"):
        asked(zhao, Sort.DELETE)


def test_after_a_backup_was_put_back_it_is_erased_again(
    office, settings, django_capture_on_commit_callbacks
):
    row = petition.press(office, petition.petition(office), "withdraw")
    party = petition.party(row)
    held = bytes(party.sealed)
    with django_capture_on_commit_callbacks(execute=True):
        granted(data_officer(), party, Sort.DELETE)
    Party.objects.filter(pk=party.pk).update(sealed=held, version=1)  # as the backup knew them
    assert erase_again(settings.VAR / "erased.log", by=SYSTEM, at=NOON) == 1
    assert Party.objects.get(pk=party.pk).is_erased
    assert erase_again(settings.VAR / "erased.log", by=SYSTEM, at=NOON) == 0


def test_with_the_file_of_a_case_what_its_parties_asked_goes_as_well(committee):
    case, zhao, _qian = spoken(committee)
    by = committee.staff("mediator")
    mediation.fail(case, why="apart", dispute="数额。", by=by, at=NOON)
    mediation.archive(case, by=committee.staff("clerk"), at=NOON)
    asked(zhao)
    mediation.erase(case, by=SYSTEM, at=NOON.replace(year=NOON.year + 20))
    assert not SubjectRequest.objects.exists()
    assert not Party.objects.filter(file=case.pk).exists()


def test_of_what_was_asked_no_words_are_left_after_the_erasing(office):
    row = petition.press(office, petition.petition(office), "withdraw")
    party = petition.party(row)
    first = asked(party, Sort.EXPLAIN, words="为什么有我的电话？")
    granted(data_officer(), party, Sort.DELETE, words="请删除。")
    first.refresh_from_db()
    assert first.said == {}
    assert SubjectRequest.objects.get(sort=Sort.DELETE).said == {"answer": "请看。"}


def test_a_visitor_of_a_reception_day_asks_as_well(office):
    day = petition.reception(office)
    made = petitions.book(
        day, slot=1, words="想谈谈供暖。", reach=Reach(name="郑正"), by=ANYBODY, at=NOON
    )
    assert "想谈谈供暖" in kept(made.party)
    with pytest.raises(MoveRefused, match="尚未进行"):
        granted(data_officer(), made.party, Sort.DELETE)


# --- The pages.


def test_the_page_of_a_file_leads_to_it_and_both_languages_read_it(client, office):
    party = petition.party(petition.petition(office))
    hold(client, party)
    assert link("mine", party.pk) in client.get(party.get_absolute_url()).content.decode()
    page = client.get(link("mine", party.pk))
    assert "您的信息" in page.content.decode()
    answer = client.post(link("ask", party.pk), {"sort": "see", "words": "请问"})
    assert answer.url == link("mine", party.pk)
    made = SubjectRequest.objects.get()
    assert client.get(link("why", made.pk)).status_code == 200
    client.cookies["django_language"] = "en"
    assert "Who looked at your data" in client.get(link("mine", party.pk)).content.decode()
    assert client.post(link("withdraw", made.pk)).url == link("mine", party.pk)
    made.refresh_from_db()
    assert made.state == State.WITHDRAWN


def test_the_data_officer_reads_number_and_words_and_nothing_of_the_petition(client, office):
    row = petition.petition(office)
    made = asked(petition.party(row), Sort.EXPLAIN, words="我的电话给过谁？")
    client.force_login(data_officer())
    assert row.number in client.get(link("requests")).content.decode()
    page = client.get(link("request", made.pk)).content.decode()
    assert "我的电话给过谁" not in page
    assert client.post(link("examine", made.pk), {}).status_code == 302
    page = client.get(link("request", made.pk)).content.decode()
    assert "我的电话给过谁" in page
    for words in (petition.TEXT, "李明", "13800138000"):
        assert words not in page


def hold(client, party):
    session = client.session
    session["parties"] = [party.pk.hex]
    session.save()


def link(name, *args):
    return reverse(f"rights:{name}", args=args)
