"""Who reads agreements, applications, packs, archives, opened files and help: everybody × every document."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.models import Entry
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.bagit import faults, unzipped
from gongzhi.mediation.models import Agreement, Opening
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.test_reading import STAFF, holding, signed_in

pytestmark = pytest.mark.django_db

SECRET = "赔偿三千元"


def desk(case) -> dict[str, str]:
    """Return the addresses at the desk of an agreement and its papers."""
    page = reverse("mediation:agreement", args=[case.pk])
    return {"page": page} | {
        name: reverse("mediation:document", args=[case.pk, name])
        for name in ("agreement", "application", "pack")
    }


def mine(party) -> dict[str, str]:
    """Return the addresses of the same for a party."""
    page = reverse("mediation:my_agreement", args=[party.pk])
    return {"page": page} | {
        name: reverse("mediation:my_document", args=[party.pk, name])
        for name in ("agreement", "application", "pack")
    }


def got(browser, where: dict[str, str]) -> set[str]:
    """Return which of the addresses open."""
    return {name for name, path in where.items() if browser.get(path).status_code == 200}


@pytest.fixture
def at():
    return now() - timedelta(hours=1)


def in_stage(town, stage: str, at):
    """Return a case: drafted, presented, in force, failed, or archived."""
    case = make.mediating(town, at=at)
    if stage == "failed":
        says = {"why": "apart", "dispute": SECRET}
        actions.fail(case, **says, by=town.staff("mediator", at), at=at)
        return case
    made = some.draft(town, case, at) if stage == "drafted" else some.presented(town, case, at)
    if stage in ("in_force", "archived"):
        some.concluded(town, made, at)
    if stage == "archived":
        actions.receive(some.term(made), by=make.side(case), at=at)
        actions.close(case, by=town.staff("clerk", at), at=at)
        actions.archive(case, by=town.staff("clerk", at), at=at)
    return case


OPEN_TO_MEDIATOR = {
    "drafted": {"page", "agreement"},
    "presented": {"page", "agreement"},
    "in_force": {"page", "agreement", "application"},
    "failed": {"page", "pack"},
    "archived": set(),
}
OPEN_TO_PARTY = {
    "drafted": {"page"},
    "presented": {"page", "agreement"},
    "in_force": {"page", "agreement", "application"},
    "failed": {"page", "pack"},
    "archived": {"page", "agreement", "application"},
}


@pytest.mark.parametrize("stage", OPEN_TO_PARTY)
def test_of_the_staff_only_the_mediator_reads_what_was_agreed(town, at, stage):
    case = in_stage(town, stage, at)
    reads = {who: got(signed_in(town, who), desk(case)) for who in STAFF}
    nobody = {who: set[str]() for who in STAFF}
    assert reads == nobody | {"mediator": OPEN_TO_MEDIATOR[stage]}


@pytest.mark.parametrize("stage", OPEN_TO_PARTY)
def test_each_party_reads_it_once_it_is_put_before_them_and_no_other_party_does(town, at, stage):
    case, other = in_stage(town, stage, at), make.mediating(town, at=at)
    zhao, stranger = make.party(case), make.party(other)
    assert got(holding(zhao), mine(zhao)) == OPEN_TO_PARTY[stage]
    assert got(holding(stranger), mine(zhao)) == set()
    page = holding(zhao).get(mine(zhao)["page"]).content.decode()
    assert (SECRET in page) == (stage in ("presented", "in_force", "archived"))


def test_nobody_who_is_not_signed_in_reads_anything(client, town, at):
    case = in_stage(town, "in_force", at)
    for path in (*desk(case).values(), *mine(make.party(case)).values()):
        assert client.get(path).status_code in (302, 403)


@pytest.mark.parametrize("who", STAFF)
def test_an_opened_file_is_read_by_who_asked_alone(town, at, who):
    case = in_stage(town, "in_force", at)
    opening = some.asked(town, case, at=at)
    actions.open_file(opening, by=town.staff("data_officer", at), at=at)
    path = reverse("mediation:opened", args=[opening.pk])
    answer = signed_in(town, who).get(path)
    assert (answer.status_code == 200) == (who == "supervisor")
    assert (SECRET in answer.content.decode()) == (who == "supervisor")


@pytest.mark.parametrize("who", STAFF)
def test_an_archive_is_handed_out_to_whom_it_was_opened_alone(town, at, who):
    case = in_stage(town, "archived", at)
    opening = some.asked(town, case, at=at)
    actions.open_file(opening, by=town.staff("data_officer", at), at=at)
    answer = signed_in(town, who).get(reverse("mediation:opened_archive", args=[opening.pk]))
    assert (answer.status_code == 200) == (who == "supervisor")
    if who == "supervisor":
        assert unzipped(answer.content) == queries.unpacked(case.kept)
        assert faults(unzipped(answer.content)) == []


@pytest.mark.parametrize("who", STAFF)
def test_who_sees_that_a_file_was_asked_for(town, at, who):
    some.asked(town, in_stage(town, "presented", at), at=at)
    seen = rules.visible_openings(Opening.objects.all(), town.staff(who, at)).exists()
    assert seen == (who in ("supervisor", "data_officer"))


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("name", ["draft", "redraft", "present", "conclude"])
def test_nobody_else_presses_anything_of_an_agreement(town, at, who, name):
    made = some.draft(town, make.mediating(town, at=at), at)
    key = made.case_id if name == "draft" else made.pk
    answer = signed_in(town, who).post(reverse(f"mediation:{name}", args=[key]))
    assert (answer.status_code in (403, 404)) == (who != "mediator")
    assert Agreement.objects.get(pk=made.pk).state == (
        "signing" if (who, name) == ("mediator", "present") else "draft"
    )


def test_the_history_holds_no_word_of_an_agreement(town, at):
    in_stage(town, "archived", at)
    told = [str(entry.told) + str(entry.facts) for entry in Entry.objects.all()]
    assert [one for one in told if SECRET in one or "修好水管" in one] == []
