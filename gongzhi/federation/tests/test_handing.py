"""A matter goes to another level and comes back answered: one number, one promise, two histories."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from gongzhi.audit.queries import broken
from gongzhi.federation.actions.telling import StillWritten, _files
from gongzhi.federation.models import Handed, Parcel
from gongzhi.federation.tests import make
from gongzhi.federation.tests.make import NOON, fresh, handed, later, pass_on, there, verbs, walk
from gongzhi.matters import actions
from gongzhi.matters.receipts import Contact
from gongzhi.matters.rules import holder
from gongzhi.matters.uploads import tidy


def agree(*pair) -> bool:
    """Return whether what each end told is what the other heard, of each matter in common."""
    rows = Handed.objects.filter(matter__in=pair)
    ours, theirs = rows.get(is_ours=True), rows.get(is_ours=False)
    said = (ours.n_told, ours.told) == (theirs.n_heard, theirs.heard)
    return said and (theirs.n_told, theirs.told) == (ours.n_heard, ours.heard)


def test_what_is_dispatched_to_a_level_is_received_there_with_all_that_is_needed(town):
    ours, copy = handed(town, lat=30.5, lon=120.5, address="青禾路12号")
    assert (copy.state, copy.channel, copy.text) == ("received", "level", ours.text)
    assert (copy.kind_code, copy.chain) == (ours.kind_code, ours.chain)
    assert (copy.lat, copy.lon, copy.address) == (30.5, 120.5, "青禾路12号")
    assert verbs(ours)[-2:] == ["dispatch", "hand"]
    assert verbs(copy) == ["receive", "from_level"]


def test_it_keeps_its_number_where_that_is_free(town):
    ours, copy = handed(town)
    assert copy.number != ours.number  # here both ends are one house: it was taken
    ref = Handed.objects.get(matter=ours).ref
    hand = Parcel.objects.get(ref=ref, verb="hand", is_ours=True)
    hand.body["number"], hand.seq, hand.ref = "260302-001-000000-X", 99, make.uuid7()
    make.Peer.objects.filter(pk=town.below.pk).update(n_heard=98)
    make.take(town.below, [hand])
    assert Handed.objects.get(ref=hand.ref).matter.number == "260302-001-000000-X"


def test_nothing_of_who_raised_it_goes_along(town):
    handed(town, contact=Contact("张建国", "13800000000", "z@example.org"))
    said = str(list(Parcel.objects.values_list("body", flat=True)))
    assert "张建国" not in said
    assert "13800000000" not in said
    assert "z@example.org" not in said


def test_the_answer_is_promised_there_as_it_is_here(town):
    ours, copy = handed(town)
    assert copy.agreed_by == ours.answer_by
    walk(town, copy, "accept", at=later(days=1))
    assert fresh(copy).answer_by == ours.answer_by


def test_accepted_there_it_is_acknowledged_here_and_answered_there_it_is_answered_here(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert fresh(ours).state == "handling"
    walk(town, copy, "dispatch", "acknowledge", "answer", at=later(hours=2))
    pass_on(town, later(hours=2))
    assert fresh(ours).state == "handling"  # it is not checked there yet
    walk(town, fresh(copy), "inspect", at=later(hours=3))
    pass_on(town, later(hours=3))
    answered = fresh(ours)
    assert (answered.state, answered.answers.get().text) == ("answered", "灯已修好。")
    assert answered.answered_at == later(hours=3)
    assert agree(ours, copy)


def test_what_was_done_there_in_time_is_in_time_here_however_long_the_way_was(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "answer", "inspect", at=later(days=2))
    make.work(later(days=2))
    pass_on(town, later(days=30))  # the line was down for four weeks
    assert fresh(ours).answered_at == later(days=2)
    assert make.Entry.objects.get(subject=ours.pk, verb="matter.answer").facts["late"] is False


def test_closed_here_it_is_closed_there_without_saying_how_satisfied_somebody_was(town):
    ours, copy = answered(town)
    walk(town, fresh(ours), "inspect", "rate", at=later(days=1))
    pass_on(town, later(days=1))
    end = fresh(copy)
    assert (end.state, end.solved, end.satisfied) == ("closed", True, None)
    assert "satisfied" not in str(list(Parcel.objects.values_list("body", flat=True)))
    assert agree(ours, copy)


def answered(town):
    ours, copy = handed(town)
    moves = ("accept", "dispatch", "acknowledge", "answer", "inspect")
    walk(town, copy, *moves, at=later(hours=1))
    pass_on(town, later(hours=1))
    return fresh(ours), fresh(copy)


def test_not_solved_here_it_is_done_again_there_by_the_new_promise(town):
    ours, copy = answered(town)
    walk(town, ours, "inspect", "reopen", at=later(days=1))
    pass_on(town, later(days=1))
    ours, copy = fresh(ours), fresh(copy)
    assert (ours.state, copy.state, copy.rounds) == ("handling", "handling", 1)
    assert copy.answer_by == ours.answer_by
    assert str(copy.answer_by) > str(later(days=5))
    assert agree(ours, copy)


def test_what_the_check_here_finds_wanting_is_done_again_there(town):
    ours, copy = answered(town)
    walk(town, ours, "rework", at=later(days=1))
    pass_on(town, later(days=1))
    assert fresh(copy).state == "handling"
    assert copy.messages.filter(text="仍有一盏不亮。").exists()


def test_a_question_there_is_asked_here_and_the_answer_goes_back(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "ask", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert fresh(ours).waitings.get().question == "是哪一根灯杆？"
    actions.add(fresh(ours), words="第三根。", by=holder(ours), at=later(days=1))
    pass_on(town, later(days=1))
    assert copy.waitings.get().answered_at == later(days=1)
    assert copy.messages.get(text="第三根。").sort == "said"
    assert fresh(copy).answer_by == fresh(ours).answer_by
    assert agree(ours, copy)


def test_more_time_granted_there_is_asked_for_here_and_moves_both_dates_when_granted(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "extend", "grant", at=later(hours=1))
    assert fresh(copy).answer_by == ours.answer_by  # only where it was raised can it move
    pass_on(town, later(hours=1))
    assert fresh(ours).extensions.get().work_days == 5
    walk(town, fresh(ours), "grant", at=later(hours=2))
    pass_on(town, later(hours=2))
    assert fresh(copy).answer_by == fresh(ours).answer_by
    assert str(fresh(ours).answer_by) > str(ours.answer_by)
    assert agree(ours, copy)


def test_progress_told_there_is_told_here_and_notes_stay_where_they_are(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "handle", "note", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert [one.text for one in ours.messages.all()] == ["已到现场查看。"]


def test_how_it_stands_there_is_told_here_with_the_office_that_has_it(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", at=later(hours=1))
    pass_on(town, later(hours=1))
    entry = make.Entry.objects.get(subject=ours.pk, verb="matter.level")
    assert entry.facts == {"peer": "upper", "state": "dispatched"}
    assert entry.told["text"] == "路灯管理所"
    assert Handed.objects.get(matter=ours).state == "dispatched"


def test_not_accepted_there_it_is_back_with_the_dispatcher_here(town):
    ours, copy = handed(town)
    walk(town, copy, "refuse", at=later(hours=1))
    pass_on(town, later(hours=1))
    back = fresh(ours)
    assert (back.state, back.office, back.bounces) == ("accepted", None, 1)
    entry = make.Entry.objects.get(subject=ours.pk, verb="matter.send_back")
    assert "不属于本区职责。" in entry.told["reason"]
    assert all(Handed.objects.values_list("ended_at", flat=True))


def test_closed_by_order_there_it_is_back_with_the_dispatcher_here(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "force_close", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert fresh(ours).state == "accepted"


def test_taken_back_here_it_ends_there_and_can_be_handed_again(town):
    ours, copy = handed(town)
    walk(town, ours, "send_back", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert fresh(copy).state == "withdrawn"
    make.send_up(town, fresh(ours), later(hours=2))
    pass_on(town, later(hours=2))
    assert there(ours) != copy
    assert there(ours).state == "received"


def test_withdrawn_here_it_is_withdrawn_there_and_restored_there(town):
    ours, copy = handed(town)
    walk(town, ours, "withdraw", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert fresh(copy).state == "withdrawn"
    walk(town, fresh(ours), "restore", at=later(hours=2))
    pass_on(town, later(hours=2))
    assert fresh(copy).state == "received"
    assert agree(ours, copy)


def test_urged_here_it_is_urged_there(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", at=later(hours=1))
    walk(town, fresh(ours), "urge", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert copy.messages.get().sort == "said"


def test_joined_to_another_there_it_is_answered_when_that_one_ends(town):
    ours, copy = handed(town)
    other = make.matter(town, later(minutes=5))
    actions.merge(copy, into=other, by=town.staff("acceptor"), at=later(hours=1))
    steps = ("accept", "dispatch", "acknowledge", "answer", "inspect", "rate")
    walk(town, fresh(other), *steps, at=later(hours=2))
    pass_on(town, later(hours=2))
    assert fresh(ours).answers.get().text == "灯已修好。"


def test_what_both_ends_do_at_once_is_refused_at_one_and_told_to_the_other(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "answer", "inspect", at=later(hours=1))
    walk(town, fresh(ours), "send_back", at=later(hours=1))
    pass_on(town, later(hours=1))
    assert fresh(ours).state == "accepted"
    assert fresh(copy).state == "closed"  # what was checked there cannot be withdrawn: it is closed
    assert "level_lost" in verbs(copy)
    refused = Parcel.objects.filter(fault__gt="", is_ours=False).values_list("verb", flat=True)
    assert set(refused) == {"take", "answer"}


def test_an_answer_that_crosses_a_taking_back_is_refused_though_its_job_still_waits(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", "dispatch", "acknowledge", "answer", "inspect", at=later(hours=1))
    make.work(later(hours=1))
    walk(town, fresh(ours), "send_back", at=later(hours=2))
    make.send_up(town, fresh(ours), later(hours=2, seconds=1))
    make.hear(town.below, town.above, later(hours=3))
    assert fresh(ours).state == "dispatched"
    pass_on(town, later(hours=3))
    assert fresh(copy).state == "closed"
    assert there(ours) != copy
    assert there(ours).state == "received"


def test_a_chain_of_levels_hands_answers_all_the_way_down(town):
    ours, copy = handed(town)
    walk(town, copy, "accept", at=later(hours=1))
    make.send_up(town, fresh(copy), later(hours=1))
    pass_on(town, later(hours=1))
    third = there(copy)
    walk(town, third, "accept", "dispatch", "acknowledge", "answer", "inspect", at=later(hours=2))
    pass_on(town, later(hours=2))
    walk(town, fresh(copy), "inspect", at=later(hours=3))
    pass_on(town, later(hours=3))
    assert fresh(ours).state == "answered"
    assert third.agreed_by == ours.answer_by


def test_both_histories_stay_whole(town):
    ours, copy = answered(town)
    assert broken(ours.pk) == broken(copy.pk) == []


# --- What does not go.


def test_a_complaint_never_goes_down(town):
    ours = walk(town, make.matter(town, about_office=town.roads), "accept")
    with pytest.raises(ValidationError, match="不向下移交"):
        actions.dispatch(ours, office=town.lower, by=town.staff("dispatcher"), at=NOON)


def test_a_complaint_goes_up_and_is_kept_there_from_whom_it_is_about(town):
    ours = walk(town, make.matter(town, about_office=town.roads), "accept")
    make.send_up(town, ours)
    pass_on(town)
    assert (there(ours).about_office, there(ours).sealed) == (town.lower, True)


def test_a_complaint_that_comes_from_above_all_the_same_is_refused(town):
    handed(town)
    hand = Parcel.objects.get(verb="hand", is_ours=True)
    hand.body["complaint"], hand.seq, hand.ref = True, 1, make.uuid7()
    make.Peer.objects.filter(pk=town.above.pk).update(n_heard=0)
    Parcel.objects.filter(peer=town.above, is_ours=False).delete()
    make.take(town.above, [hand])
    assert "不向下移交" in Parcel.objects.get(peer=town.above, is_ours=False, seq=1).fault


def test_what_is_sealed_or_kept_from_somebody_stays_in_the_house(town):
    ours = walk(town, make.matter(town), "accept", "keep_from")
    with pytest.raises(ValidationError, match="只在本平台内办理"):
        make.send_up(town, ours)


def test_what_comes_from_a_level_is_not_handed_back_to_it(town):
    _ours, copy = handed(town)
    walk(town, copy, "accept")
    with pytest.raises(ValidationError, match="来自对方"):
        actions.dispatch(copy, office=town.lower, by=town.staff("dispatcher"), at=NOON)


def test_a_level_leads_or_has_no_part_in_it(town):
    ours = walk(town, make.matter(town), "accept", "dispatch")
    with pytest.raises(ValidationError, match="代表另一层级平台"):
        actions.involve(ours, office=town.upper, words="协助", by=town.staff("dispatcher"), at=NOON)


def test_nothing_is_handed_to_a_level_that_is_paused(town):
    ours = walk(town, make.matter(town), "accept")
    make.actions.pause(town.above, by=make.SYSTEM, at=NOON)
    with pytest.raises(ValidationError, match="已暂停"):
        make.send_up(town, ours)


def test_a_photo_that_is_being_written_anew_is_waited_for_and_told(town):
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    photo = tidy(BytesIO(out.getvalue()), "门口.jpg", later=True)
    with pytest.raises(StillWritten):
        _files(make.matter(town, photos=[photo]), "report")
    ours, _copy = handed(town, photos=[photo])
    told = Parcel.objects.get(ref=Handed.objects.get(matter=ours).ref, verb="hand", is_ours=True)
    key = ours.attachments.get().pk.hex
    assert told.body["files"] == [{"key": key, "name": "门口.jpg", "stage": "report"}]
