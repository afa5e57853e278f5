"""Files whose time is over: nothing that anybody can read of the parties is left, and the history is whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.urls import reverse

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry, Look
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.jobs.handlers import Work
from gongzhi.matters.uploads import Sort, Upload
from gongzhi.mediation import actions, queries, tasks
from gongzhi.mediation.models import Allowance, Case
from gongzhi.mediation.states import CASE, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.make import AGENT, DAY, NOON, QIAN, ZHAO
from gongzhi.parties import actions as parties
from gongzhi.parties import tasks as party_tasks

pytestmark = pytest.mark.django_db

KEPT_UNTIL = datetime.combine(date(2031, 3, 2), NOON.timetz())  # performed: five years
OVER = KEPT_UNTIL + DAY
SAID = "最多付五千"  # stands in every word that anybody says below
SECRETS = {SAID, make.TITLE, make.STORY, "dialect"} | {
    part for one in (ZHAO, QIAN, AGENT) for part in (one.name, one.phone)
}


def everything(town) -> Case:
    """Take a case to its archive through every table: both rooms, offers, sessions, court, help, an opening."""
    case = make.invited(town, language="dialect")
    clerk, mediator = town.staff("clerk"), town.staff("mediator")
    actions.admit(case, reach=AGENT, acts_for=make.party(case), by=clerk, at=NOON)
    actions.consent(case, whose=make.party(case, QIAN.name), by=make.side(case, QIAN.name), at=NOON)
    actions.assign(case, mediators=[town.listed["mediator"]], by=clerk, at=NOON)
    actions.declare(case, kinship=False, interest=False, words=SAID, by=mediator, at=NOON)
    actions.begin(case, by=mediator, at=NOON)
    zhao, qian = make.side(case), make.side(case, QIAN.name)
    uploads = [Upload(Sort.DOCUMENT, SAID.encode(), f"{SAID}.pdf")]
    for room in (None, qian.party):
        actions.say(case, room=room, words=SAID, uploads=uploads, by=qian, at=NOON)
    first = make.offer(case, qian, text=SAID)
    actions.take(actions.renew(first, text=SAID, expires_at=NOON + DAY, by=qian, at=NOON), by=zhao, at=NOON)  # fmt: skip
    session = make.session(town, case, where=SAID, only=make.party(case))
    actions.hold(session, minutes=SAID, by=mediator, at=NOON + DAY)
    some.office(town, "health", town.stranger)
    some.help_for(case, words=SAID)
    parties.look(make.party(case), may=True, purpose=SAID, by=clerk, at=NOON)
    words = dict.fromkeys(some.WORDS, SAID)
    made = some.concluded(town, some.presented(town, case, words=words))
    actions.receive(some.term(made), by=zhao, at=NOON)
    actions.close(case, by=clerk, at=NOON)
    actions.visit(case, visited=make.party(case), result="settled", words=SAID, by=clerk, at=NOON)
    actions.review(case, kept=[], remark=SAID, by=town.staff("inspector"), at=NOON)
    opening = some.asked(town, case)
    actions.open_file(opening, by=town.staff("data_officer"), at=NOON)
    actions.archive(case, by=clerk, at=NOON)
    return case


def archived(town, at: datetime = NOON) -> Case:
    case = some.performed(town, at)
    actions.archive(case, by=town.staff("clerk", at), at=at)
    return case


def readable() -> str:
    """Return whatever can be read in the tables of parties, of mediation and of history, with all keys."""
    tables = [*apps.get_app_config("mediation").get_models()]
    tables += [*apps.get_app_config("parties").get_models(), Entry, Look]
    return "\n".join(
        str(unseal(bytes(value), row.pk.hex) if field.name == "sealed" else value)
        for table in tables
        for row in table._default_manager.all()
        for field in table._meta.concrete_fields
        if (value := getattr(row, field.attname)) is not None
    )


def stored(settings) -> list[str]:
    return [path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_nothing_readable_of_anybody_is_left_and_every_history_verifies(town, settings):
    case = everything(town)
    people = [party.pk.hex for party in queries.people(case)]
    before = readable()
    assert {secret for secret in SECRETS if secret not in before} == set()
    assert len(stored(settings)) == 3  # two papers and the archive

    tasks.erase(OVER)

    town.listed[
        "mediator"
    ].refresh_from_db()  # who mediates stays on the roster, and what they speak
    after = readable()
    assert {secret for secret in SECRETS - {"mandarin"} if secret in after} == set()
    assert stored(settings) == []
    left = {
        table.__name__
        for app in ("mediation", "parties")
        for table in apps.get_app_config(app).get_models()
        if table._default_manager.exists()
    }
    assert left == {"Case", "Mediator", "Allowance"}
    gone = Case.objects.get(pk=case.pk)
    assert (gone.number, gone.kind, gone.state, gone.result, gone.said) == (
        case.number, "neighbour", State.ERASED, "performed", {},
    )  # fmt: skip
    assert (gone.place, gone.chain) == (town.township, town.township.path)
    assert (gone.form_key, gone.matter_id, gone.language) == (None, None, "")
    assert gone.ended_at == case.ended_at
    rows = "\n".join(str(list(Case.objects.values())) + str(list(Allowance.objects.values())))
    assert [key for key in people if key in rows.replace("-", "")] == []
    assert Look.objects.filter(subject__in=people).count() == 0
    ends = [history(UUID(key)).last() for key in people]
    assert [one and one.verb for one in ends] == ["party.erase"] * 3
    subjects = set(Entry.objects.values_list("subject", flat=True))
    assert [fault for subject in subjects for fault in broken(subject)] == []


def test_the_history_says_what_was_erased_under_which_rule(town):
    case = everything(town)
    tasks.erase(OVER)
    last = history(case.pk).last()
    assert last is not None
    rows = last.facts["rows"]
    assert (last.verb, last.by_label) == ("case.erase", "system")
    assert last.facts == {
        "result": "performed", "years": 5, "keep_until": "2031-03-02", "rows": rows,
    }  # fmt: skip
    assert rows["parties.Party"] == 3
    assert rows["parties.Paper"] == rows["mediation.Message"] == rows["mediation.Offer"] == 2
    assert rows["mediation.Archive"] == rows["mediation.Help"] == 1


def test_a_file_is_erased_on_the_day_after_its_last_and_no_day_before(town):
    case = archived(town)
    tasks.erase(KEPT_UNTIL)
    with pytest.raises(ValidationError, match="2031-03-02"):
        actions.erase(case, by=SYSTEM, at=KEPT_UNTIL)
    assert Case.objects.get(pk=case.pk).state == State.ARCHIVED
    tasks.erase(OVER)
    tasks.erase(OVER)
    assert [one.verb for one in history(case.pk)].count("case.erase") == 1
    with pytest.raises(MoveRefused):
        actions.erase(Case.objects.get(pk=case.pk), by=SYSTEM, at=OVER)


def test_nobody_erases_a_file_by_hand(town, as_):
    case = archived(town)
    for name in ("clerk", "head", "mediator", "data_officer", "leader"):
        with pytest.raises(PermissionDenied, match=str(CASE["erase"].only)):
            actions.erase(case, by=town.staff(name, OVER), at=OVER)
    assert as_("clerk").post(reverse("mediation:erase", args=[case.pk])).status_code == 403


def test_a_file_that_the_store_does_not_delete_stops_no_other_and_is_tried_again(
    town, monkeypatch, settings
):
    cases = [archived(town) for _n in range(5)]
    bad = cases[2].kept.stored
    delete = default_storage.delete

    def refuses(name: str) -> None:
        if name == bad:
            raise OSError("read-only")
        delete(name)

    monkeypatch.setattr(queries.closing, "BATCH", 2)
    monkeypatch.setattr(default_storage, "delete", refuses)
    tasks.erase(OVER)
    states = [Case.objects.get(pk=case.pk).state for case in cases]
    assert states == [State.ERASED] * 2 + [State.ARCHIVED] + [State.ERASED] * 2
    assert queries.unpacked(cases[2].kept)
    assert len(queries.people(cases[2])) == 2
    monkeypatch.undo()
    tasks.erase(OVER + DAY)
    assert Case.objects.get(pk=cases[2].pk).state == State.ERASED
    assert stored(settings) == []


def test_a_file_whose_stored_part_is_gone_already_is_erased_all_the_same(town):
    case = archived(town)
    default_storage.delete(case.kept.stored)
    tasks.erase(OVER)
    assert Case.objects.get(pk=case.pk).state == State.ERASED


def test_a_message_that_waits_for_somebody_who_is_erased_goes_to_nobody(town):
    case = archived(town)
    key = make.party(case).pk
    tasks.erase(OVER)
    party_tasks.write(Work("party_letter", key, {"sealed": "", "verb": "x"}, OVER))


def test_the_committee_still_sees_number_and_dates_and_nobody_comes_in(town, as_):
    applied = make.applied(town)
    actions.withdraw(applied.case, by=make.side(applied.case), at=NOON)
    actions.archive(applied.case, by=town.staff("clerk"), at=NOON)
    tasks.erase(NOON + timedelta(days=400))
    browser = as_("clerk")
    page = browser.get(reverse("mediation:show", args=[applied.case.pk]))
    said = page.content.decode()
    assert (page.status_code, applied.case.number in said, ZHAO.name in said) == (200, True, False)
    assert "保存 1 年" in said
    listed = browser.get(reverse("mediation:index") + "?pile=ended").content.decode()
    assert applied.case.number in listed
    with pytest.raises(ValidationError, match="已经销毁"):
        some.asked(town, Case.objects.get(pk=applied.case.pk), at=NOON + timedelta(days=400))
    assert list(queries.to_review(town.staff("inspector"))) == []
