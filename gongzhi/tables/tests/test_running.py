from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.models import Post
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Channel, Matter
from gongzhi.tables import actions, queries, tasks
from gongzhi.tables.actions import uploading
from gongzhi.tables.models import Chunk, Refused, Run
from gongzhi.tables.states import State
from gongzhi.tables.tests import make

pytestmark = pytest.mark.django_db


def counted(run):
    return run.n_rows, run.n_fresh, run.n_known, run.n_refused


def next_of(run):
    """Return the claimed job of a run."""
    claimed = jobs.claim(by=SYSTEM, at=make.NOON, most=100)
    return next(job for job in claimed if str(job.key) == str(run.pk))


@pytest.fixture
def small(monkeypatch):
    """Chunks of two rows."""
    monkeypatch.setattr(uploading, "ROWS", 2)


def test_a_file_is_looked_through_first_and_taken_when_somebody_says_so(town, tmp_path):
    rows = [make.row(1), make.row(2, kind="nonsense"), make.row(3)]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    assert (run.state, counted(run)) == (State.TRIED, (3, 2, 0, 1))
    assert make.why(run) == [(3, "kind", "今日事项清单中没有此编码的类别。")]
    assert not Matter.objects.exists()
    actions.take(run, by=town.staff("acceptor"), at=make.NOON)
    make.work()
    run.refresh_from_db()
    assert (run.state, counted(run)) == (State.DONE, (3, 2, 0, 1))
    assert Matter.objects.count() == 2
    verbs = Entry.objects.filter(subject=run.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["run.upload", "run.check", "run.take", "run.finish"]


def test_a_matter_says_what_its_row_says(town, tmp_path):
    says = {
        "received_at": "2026/2/27 9:30",
        "occurred_at": "2026-02-26",
        "channel": "hotline",
        "urgent": "是",
        "name": "王丽",
        "phone": "138 0013 8000",
        "email": "wang@example.org",
        "no_contact": "true",
        "address": "幸福路 12 号",
    }
    make.taken(town, make.path(tmp_path, make.text([make.row(1, **says)])))
    found = Matter.objects.select_related("requester", "place").get()
    assert (found.text, found.kind_code, found.place, found.channel, found.urgent) == (
        "第 1 盏路灯不亮了。",
        "lamp",
        town.grid,
        Channel.HOTLINE,
        True,
    )
    assert found.received_at == make.at("2026-02-27 09:30")
    assert found.occurred_at == make.at("2026-02-26 00:00")
    assert found.address == "幸福路 12 号"
    assert found.requester.no_contact
    assert unseal(bytes(found.requester.sealed or b""), found.pk.hex) == {
        "name": "王丽",
        "phone": "13800138000",
        "email": "wang@example.org",
    }


def test_without_a_kind_the_words_suggest_one_and_a_person_decides(town, tmp_path):
    make.taken(
        town, make.path(tmp_path, make.text([make.row(1, kind="", text="路面坑洼，车颠得厉害")]))
    )
    assert Matter.objects.get().kind_code == "hole"


def test_the_same_file_again_adds_nothing_and_another_ledger_has_its_own_ids(town, tmp_path):
    file = make.path(tmp_path, make.text([make.row(1), make.row(2), make.row(1)]))
    assert counted(make.taken(town, file)) == (3, 2, 1, 0)
    assert counted(make.taken(town, file)) == (3, 0, 3, 0)
    assert counted(make.taken(town, file, source="另一本")) == (3, 2, 1, 0)
    assert Matter.objects.count() == 4


def test_mended_rows_are_sent_again_as_they_were_given(town, tmp_path):
    rows = [make.row(1), make.row(2, place="12"), make.row(3, phone="12")]
    run = make.taken(town, make.path(tmp_path, make.text(rows)))
    head, *bad = queries.mended(run)
    assert [one[:3] for one in bad] == [
        [3, "place", "没有此编码的区域。"],
        [4, "phone", "这不是电话号码。请填写数字，例如 13800138000。"],
    ]
    told = [dict(zip(head, one, strict=True)) for one in bad]
    told[0]["place"], told[1]["phone"] = make.GRID, "13800138000"
    again = make.taken(town, make.path(tmp_path, make.text(told), "mended.csv"))
    assert counted(again) == (2, 2, 0, 0)
    assert Matter.objects.count() == 3


def test_what_is_refused_never_tells_a_contact(town, tmp_path):
    rows = [make.row(1, phone="号码1234五六"), make.row(2, email="nobody@@example")]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    assert [one[1] for one in make.why(run)] == ["phone", "email"]
    said = str(list(Refused.objects.values()))
    assert "1234" not in said
    assert "nobody" not in said
    assert b"1234" not in bytes(Chunk.objects.get().sealed)


@pytest.mark.parametrize(
    ("says", "column", "said"),
    [
        ({"place": "", "address": ""}, "place", "请写明地点：填 place，或 lat 和 lon，或 address。"),
        ({"place": "", "lat": "30.1"}, "lat", "坐标需要同时提供“lat”和“lon”。"),
        ({"place": "", "lat": "930.1", "lon": "120"}, "lat", "这些坐标不可能是 WGS84。请声明文件实际使用的坐标系。"),
        ({"received_at": "2027-01-01"}, "received_at", "时间在将来。"),
        ({"received_at": "03/04/2026"}, "received_at", "“这一格”不是时间，请写成 2026-03-01 09:30。"),
        ({"received_at": "2026-02-01", "occurred_at": "2026-02-02"}, "occurred_at", "发生时间晚于收到时间：请核对哪个写错了。"),
        ({"urgent": "maybe"}, "urgent", "“这一格”既不是“是”也不是“否”：请写 true 或 false。"),
        ({"channel": "pigeon"}, "channel", "“这一格”不在可选值之内：file, hotline, counter, web, email, field。"),
        ({"lat": "x", "lon": "1"}, "lat", "“这一格”不是数字。"),
        ({"text": ""}, "text", "这一格必填，不能空着。"),
        ({"text": "灯\x00坏"}, "text", "这一格含有看不见的字符，请重新输入。"),
        ({"text": "灯" * 5001}, "text", "最多 5000 字，现有 5001 字。"),
        ({"kind": "坑"}, "kind", "“这一格”不符合这一列的写法。"),
    ],
)  # fmt: skip
def test_a_row_is_refused_with_its_column_and_a_sentence(town, tmp_path, says, column, said):
    run = make.tried(town, make.path(tmp_path, make.text([make.row(1), make.row(2, **says)], None)))
    assert make.why(run) == [(3, column, said)]


def test_sentences_are_in_the_language_of_whoever_sent_the_file(town, tmp_path):
    from django.utils.translation import override

    with override("en"):
        file = make.path(tmp_path, make.text([make.row(1, urgent="maybe")]))
        run = make.tried(town, file)
    said = "“this cell” is neither yes nor no: write true or false."
    assert make.why(run) == [(2, "urgent", said)]


# --- Killed, paused, gone on with.


def test_who_is_killed_in_a_chunk_takes_nothing_twice(town, tmp_path, small, monkeypatch):
    rows = [make.row(n) for n in range(5)]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    actions.take(run, by=town.staff("acceptor"), at=make.NOON)
    assert jobs.run(next_of(run), by=SYSTEM, at=make.NOON)
    assert Matter.objects.count() == 2
    job = next_of(run)

    def killed(*_args, **_says):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(actions, "step", _after(actions.step, killed))
        with pytest.raises(KeyboardInterrupt):
            jobs.run(job, by=SYSTEM, at=make.NOON)
    assert Matter.objects.count() == 2
    later = make.NOON + jobs.LEASE * 2
    make.work(later)
    run.refresh_from_db()
    assert (run.state, counted(run)) == (State.DONE, (5, 5, 0, 0))
    assert Matter.objects.count() == 5


def _after(act, then):
    """Return what does ``act`` and is then cut short, before its transaction ends."""

    def both(*args, **says):
        act(*args, **says)
        then()

    return both


def test_a_step_that_was_done_is_not_done_again(town, tmp_path, small):
    run = make.tried(town, make.path(tmp_path, make.text([make.row(n) for n in range(4)])))
    actions.take(run, by=town.staff("acceptor"), at=make.NOON)
    for _n in range(2):
        actions.step(run.pk, done=0, state=State.RUNNING, by=SYSTEM, at=make.NOON)
    run.refresh_from_db()
    assert (run.n_done, run.n_fresh, Matter.objects.count()) == (1, 2, 2)
    make.work()
    run.refresh_from_db()
    assert (run.state, counted(run)) == (State.DONE, (4, 4, 0, 0))
    assert not Job.objects.exists()


def test_it_is_paused_and_gone_on_with(town, tmp_path, small):
    run = make.tried(town, make.path(tmp_path, make.text([make.row(n) for n in range(6)])))
    by = town.staff("acceptor")
    actions.take(run, by=by, at=make.NOON)
    jobs.run(next_of(run), by=SYSTEM, at=make.NOON)
    run.refresh_from_db()
    assert run.percent == 33
    actions.pause(run, by=by, at=make.NOON)
    make.work()
    assert Matter.objects.count() == 2
    run.refresh_from_db()
    actions.resume(run, by=by, at=make.NOON)
    make.work()
    run.refresh_from_db()
    assert (run.state, counted(run)) == (State.DONE, (6, 6, 0, 0))
    with pytest.raises(
        MoveRefused, match="“暂停”只能在以下状态办理：正在导入。现在的状态是：已导入。"
    ):
        actions.pause(run, by=by, at=make.NOON)


def test_a_run_is_given_up_when_whoever_sent_it_has_no_right_any_more(town, tmp_path):
    run = make.tried(town, make.path(tmp_path, make.text([make.row(1)])))
    actions.take(run, by=town.staff("acceptor"), at=make.NOON)
    Post.objects.filter(user=town.acceptor).update(valid_to=make.at("2026-03-02 12:01"))
    make.work(make.at("2026-03-02 12:02"))
    run.refresh_from_db()
    assert (run.state, run.fault) == (State.FAILED, "您无权发送这张表的文件。")
    assert not Matter.objects.exists()


def test_a_run_is_given_up_when_the_account_was_closed(town, tmp_path):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])), who="administrator")
    town.administrator.is_active = False
    town.administrator.save()
    make.work()
    run.refresh_from_db()
    assert run.fault == "发送这个文件的人，账号已注销。"


def test_too_many_refusals_end_a_run(town, tmp_path, monkeypatch):
    from gongzhi.tables.actions import stepping

    monkeypatch.setattr(stepping, "MOST_REFUSED", 1)
    rows = [make.row(n, place="12") for n in range(2)]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    assert (run.state, run.fault) == (
        State.FAILED,
        "被拒的行超过 1 行：请看看是不是选错了表。",
    )


# --- Who may.


def test_only_acceptors_and_administrators_send_matters(town, tmp_path):
    file = make.path(tmp_path, make.text([make.row(1)]))
    for who in ("handler", "dispatcher", "worker", "supervisor", "officer"):
        with pytest.raises(PermissionDenied, match="您无权发送这张表的文件。"):
            make.send(town, file, who=who)
    for who in ("acceptor", "administrator"):
        make.send(town, file, who=who)
    assert Run.objects.count() == 2


def test_an_acceptor_takes_matters_of_their_place_alone(town, tmp_path):
    Post.objects.filter(user=town.acceptor).update(place=town.next_grid)
    rows = [make.row(1), make.row(2, place=town.next_grid.code)]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    assert make.why(run) == [(2, "place", "这个地点的事项不归您受理。")]


@pytest.mark.parametrize(
    "table", ["duties", "catalogue", "places", "addresses", "assets", "offices", "posts"]
)
def test_only_an_administrator_sends_lists(town, tmp_path, table):
    with pytest.raises(PermissionDenied, match="您无权发送这张表的文件。"):
        make.send(town, make.path(tmp_path, "code\n1\n"), table)


@pytest.mark.parametrize("move", ["take", "discard"])
def test_only_who_sent_it_or_an_administrator_moves_a_run(town, tmp_path, move):
    run = make.tried(town, make.path(tmp_path, make.text([make.row(1)])))
    with pytest.raises(PermissionDenied, match="只有发送文件的人或管理员可以这样做。"):
        getattr(actions, move)(run, by=town.staff("dispatcher"), at=make.NOON)
    getattr(actions, move)(run, by=town.staff("administrator"), at=make.NOON)


@pytest.mark.parametrize("move", ["check", "finish", "fail"])
def test_what_the_program_does_nobody_presses(town, tmp_path, move):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])))
    more = {"why": "x"} if move == "fail" else {}
    with pytest.raises(PermissionDenied, match="这一步只由程序完成。"):
        getattr(actions, move)(run, by=town.staff("administrator"), at=make.NOON, **more)
    with pytest.raises(PermissionDenied, match="这一步只由程序完成。"):
        actions.step(run.pk, done=0, state=run.state, by=town.staff("administrator"), at=make.NOON)


# --- Erased.


def test_a_file_that_is_discarded_or_old_is_erased_and_reasons_stay(town, tmp_path, settings):
    rows = make.text([make.row(1), make.row(2, place="12")])
    let_go = make.tried(town, make.path(tmp_path, rows))
    actions.discard(let_go, by=town.staff("acceptor"), at=make.NOON)
    done = make.taken(town, make.path(tmp_path, rows))
    waits = make.tried(town, make.path(tmp_path, rows))
    assert Chunk.objects.filter(run=let_go).count() == 0
    settings.TABLES_KEPT_DAYS = 30
    tasks.erase(make.at("2026-04-01 11:00"))
    assert Chunk.objects.count() == 2
    tasks.erase(make.at("2026-04-02 12:00"))
    assert not Chunk.objects.exists()
    done.refresh_from_db()
    waits.refresh_from_db()
    assert (done.state, waits.state) == (State.DONE, State.DISCARDED)
    assert list(queries.mended(done))[1:] == [[3, "place", "没有此编码的区域。"]]
    with pytest.raises(ValidationError, match="这个文件已经删除。"):
        actions.erase(done, by=town.staff("acceptor"), at=make.NOON)


def test_what_never_ended_is_given_up_and_erased(town, tmp_path):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])))
    tasks.erase(make.at("2026-04-02 12:00"))
    run.refresh_from_db()
    assert (run.state, run.fault) == (State.FAILED, "没有在期限内办完。")
    assert not Chunk.objects.exists()


def test_a_file_that_was_cut_short_on_its_way_is_given_up_after_a_day(town, tmp_path):
    run = make.send(town, make.path(tmp_path, make.text([make.row(1)])))
    Run.objects.filter(pk=run.pk).update(n_chunks=0)
    tasks.erase(make.at("2026-03-04 12:00"))
    run.refresh_from_db()
    assert (run.state, run.fault) == (State.FAILED, "文件没有传完：请重新发送。")


def test_columns_that_were_mixed_up_put_nobody_into_a_sentence(town, tmp_path):
    rows = [make.row(1, urgent="王丽", kind="13800138000 王", channel="wang@example.org")]
    run = make.tried(town, make.path(tmp_path, make.text(rows)))
    said = str(make.why(run))
    assert run.n_refused == 1
    assert not any(word in said for word in ("王", "138", "wang"))


def test_a_list_that_is_too_long_is_given_up(town, tmp_path, monkeypatch):
    from gongzhi.tables.actions import stepping

    monkeypatch.setattr(stepping, "MOST_ROWS", 1)
    rows = [{"code": f"{n}", "duty": "x", "name_zh": "x", "name_en": "x"} for n in range(2)]
    more = {"place": "990101", "calendar": "cn"}
    file = make.path(tmp_path, make.text([row | more for row in rows]))
    run = make.tried(town, file, "offices", who="administrator")
    assert (run.state, run.fault) == (State.FAILED, "一份清单最多 1 行。")
