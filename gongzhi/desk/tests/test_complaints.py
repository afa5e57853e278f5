"""A complaint about an office reaches nobody of its house: a matrix of people and pages."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from gongzhi.accounts.actions import appoint, change_office, found, leave, open_account
from gongzhi.accounts.models import Role, User
from gongzhi.accounts.queries import house, staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.deadlines.models import Calendar
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Attachment, Matter
from gongzhi.matters.pages.export import exported
from gongzhi.matters.tests import make
from gongzhi.notices.actions import tell_staff
from gongzhi.notices.models import Notice
from gongzhi.notices.queries import latest

pytestmark = pytest.mark.django_db
TEXT = "窗口的人说下班了，材料退了回来。"


def office(town, code, superior=None):
    return found(
        code=code, duty=code, name_zh=code, name_en=code, place=town.district,
        calendar=Calendar.objects.get(), superior=superior, by=SYSTEM, at=make.NOON,
    )  # fmt: skip


def colleague(town, name, *desks, role=Role.ACCEPTOR):
    """Somebody with a post at the centre, who sees everything, and one in each of ``desks``."""
    user = open_account(
        username=name, name_zh=name, name_en=name, password="", by=SYSTEM, at=make.NOON
    )
    appoint(user, role=role, place=town.district, by=SYSTEM, at=make.NOON)
    for desk in desks:
        appoint(user, role=Role.HANDLER, place=town.district, office=desk, by=SYSTEM, at=make.NOON)
    return user


@pytest.fixture
def bureau(town):
    """A bureau above the lights office, with a team below it; a sister of the lights office."""
    above = office(town, "bureau")
    says = {
        "name_zh": town.lights.name_zh,
        "name_en": town.lights.name_en,
        "duty": town.lights.duty,
        "calendar": town.lights.calendar,
    }
    change_office(town.lights, superior=above, **says, by=SYSTEM, at=make.NOON)
    return {
        "above": above,
        "it": town.lights,
        "below": office(town, "team", town.lights),
        "sister": office(town, "sister", above),
        "outside": town.roads,
    }


HOUSE = {"above": True, "it": True, "below": True, "sister": False, "outside": False}


@pytest.fixture
def complaint(town, bureau):
    return make.matter(town, about_office=town.lights, text=TEXT, lat=31.5, lon=121.5)


def test_a_complaint_takes_its_own_kind_and_is_sealed_off_the_board(town, complaint):
    assert (complaint.kind, complaint.public, complaint.sealed) == (town.conduct, False, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=complaint.pk).update(public=True)


def test_the_house_is_what_stands_above_and_below_and_not_beside(bureau):
    assert house([bureau["it"].pk]) == {bureau[n].pk for n in HOUSE if HOUSE[n]}
    assert house([]) == house([None]) == frozenset()


@pytest.mark.parametrize("desk", HOUSE)
@pytest.mark.parametrize("how", ["post", "deputy"])
def test_whoever_has_to_do_with_the_house_finds_it_on_no_page(town, bureau, complaint, desk, how):
    user = colleague(town, "both", bureau[desk])
    if how == "deputy":
        user, absent = colleague(town, "deputy"), user
        leave(absent, starts_at=make.NOON, ends_at=make.at(days=3), deputy=user, by=SYSTEM, at=make.NOON)  # fmt: skip
    by = staff(user, make.at(hours=1))
    kept = HOUSE[desk]
    assert rules.may_see(by, complaint) is not kept
    assert rules.may_accept(by, complaint) is not kept
    assert rules.may_contact(by, complaint) is not kept
    assert rules.visible(Matter.objects.all(), by).exists() is not kept
    numbers = [row[0] for row in exported(by, {})]
    assert (complaint.number in numbers) is not kept


@pytest.fixture
def pages(complaint):
    """Every address on which a matter can be met, with what gives it away."""
    photo = Attachment.objects.create(
        matter=complaint, stage="report", file="x.jpg", width=1, height=1, sha256="", at=make.NOON
    )
    return {
        "inbox": "/desk/?tab=received",
        "all": "/desk/?tab=all",
        "search": f"/desk/search/?q={complaint.number}",
        "words": "/desk/search/?q=%E7%AA%97%E5%8F%A3",
        "map": "/desk/map/",
        "export": "/matters/export.csv",
        "notices": "/notices/",
        "matter": f"/matters/{complaint.pk}/",
        "why": f"/matters/{complaint.pk}/why/",
        "move": f"/matters/{complaint.pk}/note/",
        "photo": reverse("matters:file", args=[photo.pk]),
    }


def test_a_colleague_of_the_house_meets_it_on_no_address(town, client, bureau, complaint, pages):
    user = colleague(town, "both", town.lights)
    Notice.objects.create(user=user, matter=complaint, verb="overdue", at=make.NOON)
    client.force_login(user)
    met = {}
    for name, address in pages.items():
        response = client.get(address, follow=True)
        body = b"".join(response) if response.streaming else response.content
        said = complaint.number.encode() in body or TEXT[:8].encode() in body
        met[name] = said and f"q={complaint.number}" not in address
        if name in {"matter", "why", "move", "photo"}:
            assert response.status_code == 403, name
    assert not any(met.values()), met


def test_a_colleague_outside_meets_it_where_work_is_done(town, client, bureau, complaint):
    client.force_login(colleague(town, "outside", town.roads))
    for address in ("/desk/?tab=received", f"/matters/{complaint.pk}/", "/matters/export.csv"):
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        assert complaint.number.encode() in body, address


def test_the_counts_of_the_piles_leave_it_out(town, bureau, complaint):
    from gongzhi.matters.queries import counts_by_state

    inside = staff(colleague(town, "both", town.lights), make.NOON)
    assert counts_by_state(inside, make.NOON) == []
    assert [row["n"] for row in counts_by_state(town.staff("acceptor"), make.NOON)] == [1]


def test_nobody_of_the_house_is_given_notice_of_it(town, bureau, complaint):
    inside = colleague(town, "both", bureau["below"])
    kept = colleague(town, "kept")
    actions.keep_from(
        complaint, colleague=kept, reason="反映的就是他。", by=town.staff("acceptor"), at=make.NOON
    )
    tell_staff(complaint, verb="overdue", by=SYSTEM, at=make.NOON)
    told = set(Notice.objects.values_list("user__username", flat=True))
    assert "acceptor" in told
    assert not told & {inside.username, kept.username}


def test_a_notice_from_before_is_not_shown_any_more(town):
    matter = make.matter(town)
    tell_staff(matter, verb="overdue", by=SYSTEM, at=make.NOON)
    both = colleague(town, "both", town.lights)
    Notice.objects.create(user=both, matter=matter, verb="overdue", at=make.NOON)
    assert len(latest(staff(both, make.NOON))) == 1
    actions.about(matter, office=town.lights, by=town.staff("acceptor"), at=make.NOON)
    assert latest(staff(both, make.NOON)) == []


@pytest.mark.parametrize("desk", HOUSE)
def test_it_is_dispatched_to_nobody_of_the_house(town, bureau, complaint, desk):
    make.walk(town, complaint, "accept")
    by = town.staff("dispatcher")
    if not HOUSE[desk]:
        actions.dispatch(complaint, office=bureau[desk], by=by, at=make.NOON)
        return
    with pytest.raises(ValidationError) as refused:
        actions.dispatch(complaint, office=bureau[desk], by=by, at=make.NOON)
    assert refused.value.messages == [
        "它反映的正是该单位或者同一系统的单位：请选择系统以外的单位。"
    ]


def test_a_complaint_that_names_no_office_waits_until_a_sorter_names_it(town):
    matter = make.walk(town, make.matter(town, kind=town.conduct), "accept")
    with pytest.raises(ValidationError, match="先写明"):
        make.walk(town, matter, "dispatch")
    actions.about(matter, office=town.roads, by=town.staff("acceptor"), at=make.NOON)
    make.walk(town, matter, "dispatch")
    assert matter.office == town.lights


def test_a_sorter_makes_an_ordinary_matter_a_complaint_and_its_clock_is_its_own(town):
    matter = make.walk(town, make.matter(town), "accept")
    before = matter.answer_by or make.NOON
    actions.about(matter, office=town.lights, by=town.staff("acceptor"), at=make.NOON)
    assert (matter.kind, matter.about_office, matter.sealed) == (town.conduct, town.lights, True)
    assert (matter.answer_by or make.NOON) > before
    assert [entry.verb for entry in history(matter.pk)][-1] == "matter.about"
    with pytest.raises(ValidationError, match="已经"):
        actions.about(matter, office=town.lights, by=town.staff("acceptor"), at=make.NOON)


def test_sorted_as_something_else_it_is_no_complaint_any_more(town, complaint):
    by = town.staff("acceptor")
    actions.sort(complaint, kind=town.hole, urgent=False, by=by, at=make.NOON)
    assert (complaint.about_office, complaint.public, complaint.sealed) == (None, True, False)


def test_it_is_joined_only_to_one_that_is_kept_likewise(town, complaint):
    by = town.staff("acceptor")
    with pytest.raises(ValidationError, match="同样"):
        actions.merge(complaint, into=make.matter(town), by=by, at=make.NOON)
    twin = make.matter(town, about_office=town.lights)
    actions.merge(complaint, into=twin, by=by, at=make.NOON)


def test_a_matter_is_kept_from_the_colleague_it_is_about(town, client):
    matter, kept = make.matter(town), colleague(town, "kept")
    by = town.staff("acceptor")
    actions.keep_from(matter, colleague=kept, reason="反映的就是他。", by=by, at=make.NOON)
    actor = staff(kept, make.NOON)
    assert rules.may_see(actor, matter) is rules.may_accept(actor, matter) is False
    assert not rules.visible(Matter.objects.all(), actor).exists()
    with pytest.raises(PermissionDenied):
        actions.accept(matter, by=actor, at=make.NOON)
    client.force_login(kept)
    response = client.get(f"/matters/{matter.pk}/")
    assert response.status_code == 403
    assert matter.title not in response.content.decode()
    with pytest.raises(ValidationError, match="已经"):
        actions.keep_from(matter, colleague=kept, reason="再记一次。", by=by, at=make.NOON)


def test_nobody_keeps_a_matter_from_themselves(town):
    with pytest.raises(ValidationError, match="请同事"):
        actions.keep_from(
            make.matter(town),
            colleague=User.objects.get(username="acceptor"),
            reason="回避。",
            by=town.staff("acceptor"),
            at=make.NOON,
        )


def test_no_index_leads_from_a_colleague_to_what_was_said_of_them():
    assert not getattr(Matter._meta.get_field("kept_from"), "db_index", False)
    assert not any("kept_from" in index.fields for index in Matter._meta.indexes)


def test_an_office_cannot_answer_to_itself_in_a_circle(town, bureau):
    above = bureau["above"]
    says = {"name_zh": "局", "name_en": "bureau", "duty": "bureau", "calendar": above.calendar}
    with pytest.raises(ValidationError, match="隶属"):
        change_office(above, superior=bureau["below"], **says, by=SYSTEM, at=make.NOON)


def test_complaints_stay_sealed_in_the_catalogue(town):
    with pytest.raises(ValidationError, match="密封"):
        make.kind(
            town.lamp.kind_class, town.conduct.code, "投诉", "Complaint", listed_on=make.TODAY
        )
