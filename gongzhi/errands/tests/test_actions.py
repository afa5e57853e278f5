from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image

from gongzhi.accounts.actions import appoint, leave
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.queries import broken, history, looks
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.deadlines.queries import clocks_of
from gongzhi.errands import actions, queries, rules
from gongzhi.errands.models import Checklist, Errand
from gongzhi.errands.states import OPEN, OUTCOMES, WHEN, Found, Outcome, Sort, State
from gongzhi.errands.tests import make
from gongzhi.errands.tests.make import NOON
from gongzhi.jobs.handlers import Work
from gongzhi.jobs.models import Job
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Message
from gongzhi.matters.receipts import Contact
from gongzhi.matters.uploads import tidy
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def picture():
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    out.seek(0)
    return tidy(out, "photo.jpg")


def verbs(subject):
    return [entry.verb for entry in history(subject)]


def told():
    """Run the jobs of errands as the worker of jobs does; return whom each tells of what."""
    from gongzhi.errands import tasks

    for job in Job.objects.filter(topic="errand"):
        tasks.tell(Work(topic=job.topic, key=job.key, args=job.args, at=NOON, attempt=1))
    return sorted(Notice.objects.values_list("user__username", "verb"))


def finish(errand, town, who="worker", at=NOON, **says):
    seen = make.seen(errand.sort, **says)
    actions.finish(errand, seen, by=town.staff(who), at=at)


@pytest.mark.parametrize("sort", Sort)
def test_each_sort_is_asked_done_and_told(town, sort):
    errand = make.errand(town, sort)
    assert (errand.state, errand.worker) == (State.ASKED, town.worker)
    assert told() == [("worker", "errand.ask")]
    (clock,) = clocks_of(errand.pk)
    assert (str(clock.rule), clock.stopped_at) == (f"errand.{sort} 1", None)
    actions.take(errand, by=town.staff("worker"), at=NOON)
    finish(errand, town)
    assert (errand.state, errand.outcome, errand.in_time) == (State.DONE, OUTCOMES[sort][0], True)
    assert verbs(errand.pk) == ["errand.ask", "errand.take", "errand.finish"]
    assert verbs(errand.matter_id)[-2:] == [f"matter.errand_{sort}", f"matter.done_{sort}"]
    assert broken(errand.pk) == []
    assert clocks_of(errand.pk).get().stopped_at == NOON
    asker = make.WALKS[sort][1]
    assert (asker, "errand.finish") in told()


def test_once_it_has_ended_nothing_leads_from_anybody_to_it(town):
    errand = make.errand(town)
    finish(errand, town)
    errand.refresh_from_db()
    assert (errand.worker, errand.handed_by, errand.asker) == (None, None, None)
    assert errand.own_hash == rules.own_hash(town.staff("worker"), "2026-03")
    named = {f.name for f in Errand._meta.fields if f.is_relation}
    assert named == {"matter", "place", "worker", "handed_by", "asker"}


def test_everybody_counts_their_own_month_and_nobody_anybody_elses(town):
    late = make.NOON + timedelta(days=3)
    finish(make.errand(town), town)
    finish(make.errand(town), town, at=late)
    make.errand(town)
    finish(make.errand(town, worker=town.mate), town, who="mate")
    assert queries.own(town.staff("worker"), NOON) == queries.Own(done=2, in_time=1, open=1)
    assert queries.own(town.staff("mate"), NOON) == queries.Own(done=1, in_time=1, open=0)
    assert queries.own(town.staff("lead"), NOON) == queries.Own(done=0, in_time=0, open=0)
    assert queries.own(town.staff("worker"), NOON + timedelta(days=40)).done == 0


@pytest.mark.parametrize(
    ("sort", "moves"),
    [
        (Sort.VERIFY, ("accept", "dispatch")),
        (Sort.INSPECT, ("accept",)),
        (Sort.VISIT, ("accept",)),
        (Sort.DELIVER, ("refuse",)),
    ],
)
def test_it_is_asked_for_only_where_the_matter_is_ripe(town, sort, moves):
    about = make.walk(town, make.matter(town, contact=Contact(phone=make.PHONE)), *moves)
    asker = town.staff(make.WALKS[sort][1])
    with pytest.raises(ValidationError) as fault:
        actions.ask(about, make.given(town, sort), by=asker, at=NOON)
    assert fault.value.messages == [queries.unasked(about, sort)]
    assert not Errand.objects.exists()


def test_a_visit_needs_words_on_how_they_agreed_and_somebody_to_visit(town):
    with pytest.raises(ValidationError) as fault:
        make.errand(town, Sort.VISIT, agreed=" ")
    assert "agreed" in fault.value.message_dict
    for says, sentence in (
        ({"contact": Contact()}, "该事项没有留下联系方式，无法上门回访。"),
        ({"no_contact": True}, "诉求人不愿被联系，不得上门。"),
    ):
        with pytest.raises(ValidationError) as fault:
            make.errand(town, Sort.VISIT, about=make.ripe(town, Sort.VISIT, **says))
        assert fault.value.messages == [sentence]


def test_how_they_agreed_stands_in_the_history_that_the_requester_reads(town):
    errand = make.errand(town, Sort.VISIT)
    entry = history(errand.matter_id).get(verb="matter.errand_visit")
    assert entry.told["text"] == make.AGREED


def test_the_words_of_a_task_speak_of_no_persons_to_watch(town):
    with pytest.raises(ValidationError) as fault:
        make.errand(town, words="看看上访户在不在家")
    assert "上访" in str(fault.value)
    with pytest.raises(ValidationError):
        make.errand(town, Sort.DELIVER, recipient="重点人员")


def test_the_same_is_asked_for_once_at_a_time_but_notices_go_to_many(town):
    about = make.ripe(town)
    make.errand(town, about=about)
    with pytest.raises(ValidationError) as fault:
        make.errand(town, about=about, worker=town.mate)
    assert fault.value.messages == ["此项任务已经交办，尚未完成。"]
    make.errand(town, Sort.DELIVER, about=about)
    make.errand(town, Sort.DELIVER, about=about, recipient="东门超市")
    assert about.errands.count() == 3


def test_sealed_matters_and_complaints_send_nobody(town):
    about = make.ripe(town)
    matters.about(about, office=town.roads, by=town.staff("acceptor"), at=NOON)
    with pytest.raises(PermissionDenied):
        make.errand(town, about=about)


def test_only_who_serves_there_is_asked(town):
    with pytest.raises(ValidationError) as fault:
        make.errand(town, worker=town.far)
    assert fault.value.message_dict == {"worker": ["只能交办给该处的网格员，请另选一位。"]}


def test_a_result_is_not_checked_by_who_is_of_the_office_or_settled_it(town):
    appoint(
        town.mate, role=Role.HANDLER, place=town.district, office=town.lights, by=SYSTEM, at=NOON
    )
    about = make.ripe(town, Sort.INSPECT)
    assert queries.workers(about, Sort.INSPECT, NOON) == [town.worker]
    assert queries.workers(about, Sort.VERIFY, NOON) == [town.mate, town.worker]
    settled = make.walk(town, make.matter(town), "settle")
    assert town.worker not in queries.workers(settled, Sort.INSPECT, NOON)


def test_who_is_kept_from_a_matter_is_not_sent_there(town):
    about = make.ripe(town)
    acceptor = town.staff("acceptor")
    matters.keep_from(about, colleague=town.worker, reason="涉及本人。", by=acceptor, at=NOON)
    assert queries.workers(about, Sort.VERIFY, NOON) == [town.mate]


def test_who_stands_in_is_asked_and_may_do_it(town):
    leave(
        town.worker, deputy=town.far, starts_at=NOON, ends_at=NOON + timedelta(days=3),
        by=SYSTEM, at=NOON,
    )  # fmt: skip
    about = make.ripe(town)
    assert town.worker not in queries.workers(about, Sort.VERIFY, NOON)
    assert town.far in queries.workers(about, Sort.VERIFY, NOON)
    errand = make.errand(town, about=about, worker=town.mate)
    assert rules.may_finish(town.staff("far"), errand)


def test_photos_are_kept_with_the_matter_at_stages_of_their_own(town):
    errand = make.errand(town)
    finish(errand, town, said="", found=[picture()], left=[picture()])
    stages = sorted(errand.matter.attachments.values_list("stage", flat=True))
    assert stages == ["found", "left"]


def test_of_a_visit_no_photo_is_kept(town):
    errand = make.errand(town, Sort.VISIT)
    finish(errand, town, found=[picture()])
    assert not errand.matter.attachments.exists()


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"outcome": Outcome.DELIVERED}, "outcome"),
        ({"answers": [Found.YES]}, "edition"),
        ({"answers": ["maybe"] * 3}, "edition"),
        ({"edition": 7}, "edition"),
        ({"said": ""}, "said"),
        ({"said": "长" * 2001}, "said"),
    ],
)
def test_what_is_missing_is_said_and_changes_nothing(town, says, field):
    errand = make.errand(town)
    before = verbs(errand.pk)
    with pytest.raises(ValidationError) as fault:
        finish(errand, town, **says)
    assert list(fault.value.message_dict) == [field]
    assert (errand.state, verbs(errand.pk)) == (State.ASKED, before)


def test_when_it_was_done_counts_and_not_when_it_was_sent(town):
    errand = make.errand(town)
    later = NOON + timedelta(days=4)
    seen = make.seen()
    actions.finish(errand, seen, done_at=NOON + HOUR, by=town.staff("worker"), at=later)
    assert (errand.done_at, errand.ended_at, errand.in_time) == (NOON + HOUR, later, True)


@pytest.mark.parametrize("hours", [-5, 500])
def test_a_device_that_does_not_know_the_time_cannot_bend_it(town, hours):
    errand = make.errand(town)
    done_at, at = NOON + hours * HOUR, NOON + 2 * HOUR
    actions.finish(errand, make.seen(), done_at=done_at, by=town.staff("worker"), at=at)
    assert errand.done_at in (NOON, at)


def test_an_older_checklist_is_kept_with_what_was_answered_by_it(town):
    errand = make.errand(town)
    seen = make.seen()
    admin = town.staff("administrator")
    actions.list_lines("verify", [("围挡完好", "The fence stands")], seen=0, by=admin, at=NOON)
    actions.finish(errand, seen, by=town.staff("worker"), at=NOON)
    assert (errand.edition, len(queries.answered(errand))) == (0, 3)
    assert queries.editions("verify")[0].lines == ["围挡完好"]


def test_it_goes_to_a_colleague_and_both_may_do_it(town):
    errand = make.errand(town)
    told()
    actions.hand_over(errand, to=town.far, reason="在另一头。", by=town.staff("worker"), at=NOON)
    assert (errand.worker, errand.handed_by) == (town.far, town.worker)
    assert ("far", "errand.hand_over") in told()
    for who in ("worker", "far"):
        assert list(rules.mine(Errand.objects.open(), town.staff(who))) == [errand]
    finish(errand, town)
    assert queries.own(town.staff("worker"), NOON).done == 1
    assert queries.own(town.staff("far"), NOON).done == 0


def test_the_lead_may_hand_it_over_but_to_nobody_outside(town):
    errand = make.errand(town)
    with pytest.raises(ValidationError) as fault:
        actions.hand_over(errand, to=town.lead, reason="忙。", by=town.staff("lead"), at=NOON)
    assert fault.value.message_dict == {"to": ["只能转交给同一社区的网格员，请另选一位。"]}
    actions.hand_over(errand, to=town.mate, reason="忙。", by=town.staff("lead"), at=NOON)
    assert errand.worker == town.mate


def test_it_cannot_be_done_with_a_reason(town):
    errand = make.errand(town)
    actions.fail(errand, reason="门锁着，明天再去。", by=town.staff("worker"), at=NOON)
    assert (errand.state, errand.said) == (State.FAILED, "门锁着，明天再去。")
    assert verbs(errand.matter_id)[-1] == "matter.undone"
    assert ("acceptor", "errand.fail") in told()
    assert make.errand(town, about=errand.matter).is_open  # and may be asked for anew


def test_what_is_sent_after_it_was_taken_back_is_kept_as_a_note(town):
    errand = make.errand(town)
    actions.withdraw(errand, reason="已确认。", by=town.staff("acceptor"), at=NOON)
    assert ("worker", "errand.withdraw") in told()
    with pytest.raises(MoveRefused):
        finish(errand, town, who="lead")
    seen = make.seen(said="到了，井盖缺失。", found=[picture()])
    said = actions.keep(errand, seen, by=town.staff("worker"), at=NOON)
    assert (
        said == "在您离线期间，此项任务已被收回。 您所写的文字和所拍的照片已作为备注留存在事项中。"
    )
    note = errand.matter.messages.get()
    assert (note.sort, note.text) == (Message.Sort.NOTE, "到了，井盖缺失。")
    assert errand.matter.attachments.count() == 1
    assert verbs(errand.matter_id)[-1] == "matter.late"
    nothing = make.seen(said="")
    assert actions.keep(errand, nothing, by=town.staff("worker"), at=NOON) == (
        "在您离线期间，此项任务已被收回。"
    )
    with pytest.raises(PermissionDenied):
        actions.keep(errand, seen, by=town.staff("handler"), at=NOON)


def test_a_late_note_of_a_visit_is_no_note_that_the_office_reads(town):
    errand = make.errand(town, Sort.VISIT)
    actions.withdraw(errand, reason="改为电话。", by=town.staff("acceptor"), at=NOON)
    actions.keep(errand, make.seen(Sort.VISIT), by=town.staff("worker"), at=NOON)
    assert not errand.matter.messages.exists()
    assert verbs(errand.matter_id)[-1] == "matter.late_visit"


@pytest.mark.parametrize("sort", Sort)
def test_what_a_matter_has_outlived_is_taken_back(town, sort):
    errand = make.errand(town, sort)
    assert actions.outlive(errand.matter_id, by=SYSTEM, at=NOON) == 0
    make.walk(town, errand.matter, "withdraw" if sort != Sort.VISIT else "rate")
    assert errand.matter.state not in WHEN[sort]
    assert actions.outlive(errand.matter_id, by=SYSTEM, at=NOON) == 1
    errand.refresh_from_db()
    assert (errand.state, errand.said) == (State.WITHDRAWN, "事项已进入下一环节，不再需要。")


def test_the_job_of_a_matter_takes_back_what_it_has_outlived(town):
    from gongzhi.errands import tasks

    errand = make.errand(town)
    make.walk(town, errand.matter, "accept", "dispatch")
    job = Job.objects.filter(topic="matter", key=errand.matter_id).latest("pk")
    tasks.outlive(Work(topic="matter", key=job.key, args=job.args, at=NOON, attempt=1))
    errand.refresh_from_db()
    assert errand.state == State.WITHDRAWN


def test_who_visits_sees_the_contact_by_a_look_that_is_recorded(town):
    errand = make.errand(town, Sort.VISIT)
    for who in ("mate", "lead", "handler"):
        with pytest.raises(PermissionDenied):
            actions.reach(errand, by=town.staff(who), at=NOON)
    actions.reach(errand, by=town.staff("worker"), at=NOON)
    (look,) = looks(errand.matter_id)
    assert (look.by_label, look.purpose) == ("worker同志", "visit")
    finish(errand, town)
    with pytest.raises(PermissionDenied):
        actions.reach(errand, by=town.staff("worker"), at=NOON)


def test_nobody_but_a_visitor_reaches_the_requester(town):
    for sort in (Sort.VERIFY, Sort.INSPECT, Sort.DELIVER):
        errand = make.errand(town, sort)
        with pytest.raises(PermissionDenied):
            actions.reach(errand, by=town.staff("worker"), at=NOON)


def test_a_checklist_is_listed_in_editions_by_administrators(town):
    admin = town.staff("administrator")
    lines = [("路灯亮", "The lamp is lit")]
    with pytest.raises(PermissionDenied):
        actions.list_lines("inspect", lines, seen=0, by=town.staff("acceptor"), at=NOON)
    row = actions.list_lines("inspect", lines, seen=0, by=admin, at=NOON)
    assert verbs(row.pk) == ["checklist.list"]
    with pytest.raises(MoveLost):
        actions.list_lines("inspect", lines, seen=0, by=admin, at=NOON)
    for wrong in ([], lines * 9, [("路灯亮", "")], [("重点人员在家", "x")], [("灯", "x" * 200)]):
        with pytest.raises(ValidationError):
            actions.list_lines("inspect", wrong, seen=1, by=admin, at=NOON)
    assert Checklist.objects.count() == 1


def test_the_lines_that_come_with_the_program_may_stand(town):
    admin = town.staff("administrator")
    for sort in Sort:
        lines = queries.editions(sort)[0].pairs
        row = actions.list_lines(sort, lines, seen=0, by=admin, at=NOON)
        assert row.edition == 1


def test_the_demo_has_errands_of_each_sort(town):
    for sort in Sort:
        for _n in range(3):
            make.ripe(town, sort)
    actor = Actor(None, "")
    assert actions.plant(by=actor, at=NOON) == 12
    assert set(Errand.objects.values_list("sort", flat=True)) == set(Sort.values)
    assert Errand.objects.filter(state__in=OPEN).count() == 8
    assert actions.plant(by=actor, at=NOON) == 0
