"""What came to an organ directly: its own desk registers it, and its own clock runs (art. 23)."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.actors import signed
from gongzhi.audit.queries import history
from gongzhi.base.moves import MoveRefused
from gongzhi.jobs.handlers import Work
from gongzhi.notices.models import Letter, Notice
from gongzhi.petitions import actions, queries, tasks
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import State
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import NOON, clock, last_day, noon, typed

pytestmark = pytest.mark.django_db


def running(row: Petition) -> set[str]:
    return {one.name for one in queries.clocks(row, queries.stages(row)) if not one.stopped_at}


def ruled(row: Petition, name: str) -> str:
    """Return by which rule a clock runs."""
    rule = clock(row, name).rule
    assert rule
    return rule.code


def test_an_organ_registers_what_came_to_it_and_has_it_from_the_first(town):
    row = make.direct(town)
    assert (row.state, row.keeper, make.stage(row).office) == (
        State.RECEIVED, town.petitions, town.lights,
    )  # fmt: skip
    (entry,) = history(row.pk)
    assert (entry.verb, entry.by_id) == ("petition.receive", signed(row.pk, town.handler.pk))
    assert entry.facts == {
        "sort": "claim", "way": "letter", "topic": "housing", "place": town.community.code,
        "office": "lights",
    }  # fmt: skip
    assert queries.documents(row, queries.stages(row), []) == []  # nobody handed it over with words


@pytest.mark.parametrize(
    ("came", "until"),
    [
        (noon(3, 2), (3, 17)),  # 2 + 15
        (noon(3, 20), (4, 7)),  # 4 April is a holiday, so is 6: the next work day
        (noon(4, 16), (5, 6)),  # 1 May is a holiday until 5
    ],
)
def test_the_organ_tells_within_15_days_of_its_own_receipt(town, came, until):
    row = make.direct(town, came)
    assert last_day(row, "notify") == until
    assert ruled(row, "notify") == "petition.notify"
    assert running(row) == {"notify"}  # it has nothing to forward, and nobody to object to


def test_it_is_accepted_and_decided_as_any_other(town):
    row = make.press(town, make.direct(town), "accept", noon(3, 5))
    assert running(row) == {"decide"}
    assert last_day(row, "decide") == (5, 6)  # 5 March + 60 = 4 May, a holiday: 6 May
    assert make.press(town, row, "decide", noon(3, 6)).state == State.DECIDED


def test_what_is_no_duty_of_its_house_is_not_objected_to_but_led_on_with_reason_and_remedy(town):
    row = make.direct(town)
    with pytest.raises(MoveRefused):
        make.press(town, row, "object")
    by = town.staff("handler")
    actions.decline(row, reason="不归我所。", remedy="请向住建局提出。", by=by, at=NOON)
    assert (row.state, running(row)) == (State.DECLINED, set())


def test_it_is_passed_to_an_office_below_with_days_of_its_own(town):
    row = make.direct(town, office="government", who="reviewer")
    row = make.press(town, row, "pass_down", noon(3, 5))
    assert (row.state, make.stage(row).office) == (State.FORWARDED, town.lights)
    assert last_day(row, "notify") == (3, 20)
    assert ruled(row, "notify") == "petition.notify.forwarded"
    assert running(row) == {"notify", "object"}
    row = make.walk(town, row, "accept", "decide", "ask_review", at=noon(3, 6))
    assert make.press(town, row, "review", noon(3, 7)).state == State.REVIEWED  # it decided nothing


@pytest.mark.parametrize("office", ["government", "city", "petitions"])
def test_it_is_passed_to_no_office_beside_or_above(town, office):
    row = make.direct(town, office="government", who="reviewer")
    if office == "petitions":
        town.petitions.superior = None
        town.petitions.save()
        make.offices.cache_clear()
    with pytest.raises(ValidationError, match="请选择本单位的下级单位"):
        make.press(town, row, "pass_down", office=getattr(town, office))
    assert make.fresh(row).state == State.RECEIVED


def test_the_petition_office_takes_it_over_from_an_organ_that_does_nothing(town):
    row = make.press(town, make.direct(town), "recall_from", noon(3, 25))
    assert (row.state, running(row)) == (State.REGISTERED, {"forward"})


@pytest.mark.parametrize("who", ["keeper", "stranger", "worker", "leader"])
def test_who_does_not_serve_in_the_office_registers_nothing_there(town, who):
    with pytest.raises(PermissionDenied, match="只有收到信访事项的单位的工作人员"):
        make.direct(town, who=who)
    assert not Petition.objects.exists()


@pytest.mark.parametrize("denounced", ["lights", "government"])
def test_a_report_about_the_office_or_its_house_is_not_written_down_there(town, denounced):
    about = getattr(town, denounced)
    with pytest.raises(ValidationError) as refused:
        make.direct(town, sort="denunciation", denounced=about)
    assert "12388" in refused.value.message_dict["denounced"][0]
    assert not Petition.objects.exists()


def test_its_colleagues_are_told_and_on_the_day_after_also_the_petition_office(town):
    row = make.direct(town)
    Letter.objects.all().delete()
    tasks.tell(Work("petition", row.pk, {"verb": "receive"}, NOON, 1))
    assert {one.user.username for one in Notice.objects.select_related("user")} == {
        "handler", "head",
    }  # fmt: skip
    due = clock(row, "notify")
    tasks.passed(Work("petition_clock", due.pk, {"petition": row.pk.hex}, noon(3, 18), 1))
    late = Notice.objects.filter(verb="petition.late").values_list("user__username", flat=True)
    assert set(late) == {"keeper", "handler", "head"}


# --- Its pages.


def test_the_desk_of_an_organ_writes_it_down_and_hands_number_and_code_over(as_, town):
    browser, where = as_("handler"), reverse("petitions:receive")
    assert where in browser.get(reverse("petitions:index")).content.decode()
    page = browser.post(where, typed(town, office="lights", came_by="letter"))
    assert page.context["made"].code in page.content.decode()
    row = Petition.objects.get()
    pile = browser.get(reverse("petitions:index"), {"pile": "notify"})
    assert [one.row.petition for one in pile.context["rows"]] == [row]
    shown = browser.get(reverse("petitions:show", args=[row.pk])).content.decode()
    assert "李明" not in shown
    assert reverse("petitions:accept", args=[row.pk]) in shown


def test_the_desk_writes_nothing_down_for_another_office_nor_without_words(as_, town):
    for says in ({"office": "roads"}, {"text": ""}, {"came_by": "web"}):
        form = typed(town, **({"office": "lights", "came_by": "letter"} | says))
        page = as_("handler").post(reverse("petitions:receive"), form)
        assert page.status_code == 422
        assert set(page.context["form"].errors) == set(says)
    assert as_("keeper").get(reverse("petitions:receive")).status_code == 403
    assert not Petition.objects.exists()


def test_who_raised_it_reads_at_which_office_it_is(by_receipt, town):
    at = now()
    made = actions.receive(
        make.given(town, way="visit"), office=town.lights, by=town.staff("handler", at), at=at
    )
    browser = by_receipt(made.petition.number, made.code)
    page = browser.get(reverse("petitions:mine", args=[make.party(made.petition).pk]))
    assert page.context["office"] == town.lights
    assert "收到并登记" in page.content.decode()
