"""Folders of files, on this machine and in a bucket."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import boto3
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from moto import mock_aws

from gongzhi.accounts.models import Post
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.matters.models import Matter
from gongzhi.tables import actions, backends
from gongzhi.tables.models import Drop, Dropped, Run
from gongzhi.tables.states import State
from gongzhi.tables.tests import make

pytestmark = pytest.mark.django_db
STEP = timedelta(minutes=15)


def later(n):
    return make.NOON + n * STEP


@pytest.fixture(params=["folder", "bucket"])
def anywhere(request, settings, monkeypatch):
    """The storage of drops: a folder, and a stand-in for S3."""
    if request.param == "folder":
        request.getfixturevalue("root")
        yield storages["drops"]
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    options = {"bucket_name": "gongzhi", "location": "drops", "region_name": "us-east-1"}
    bucket = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": options | {"file_overwrite": True},
    }
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="gongzhi")
        settings.STORAGES = settings.STORAGES | {"drops": bucket}
        yield storages["drops"]


def put(store, name, content, folder="hotline"):
    store.save(f"{folder}/{name}", ContentFile(content.encode()))


def names(store, folder):
    try:
        return sorted(store.listdir(folder)[1])
    except FileNotFoundError:
        return []


def read(store, name):
    with store.open(name) as file:
        return file.read().decode("utf-8-sig")


def test_a_file_is_taken_once_it_stands_still_and_moved_with_its_report(town, anywhere):
    drop = make.drop(town)
    put(anywhere, "a.csv", make.text([make.row(1), make.row(2, place="12")]))
    make.look(later(0))
    assert not Run.objects.exists()
    make.look(later(1))
    run = Run.objects.get()
    assert (run.state, run.n_fresh, run.n_refused, run.drop) == (State.DONE, 1, 1, drop)
    make.look(later(2))
    assert names(anywhere, "hotline") == []
    moved = names(anywhere, "hotline/refused")
    assert moved == ["20260302-123000-a.csv", "20260302-123000-a.csv.report.csv"]
    report = read(anywhere, f"hotline/refused/{moved[1]}").splitlines()
    assert report[0].startswith("_row,_column,_reason,id,text")
    assert report[1].startswith("3,place,没有此编码的区域。,A-2,")
    assert Matter.objects.count() == 1


def test_a_file_that_grows_is_left_until_it_does_not(town, anywhere):
    make.drop(town)
    whole = make.text([make.row(1), make.row(2)])
    put(anywhere, "a.csv", whole[:60])
    make.look(later(0))
    put(anywhere, "a.csv", whole)
    make.look(later(1))
    assert not Run.objects.exists()
    make.look(later(2))
    assert Matter.objects.count() == 2


def test_a_file_with_its_checksum_or_a_mark_beside_is_taken_at_once(town, anywhere):
    make.drop(town)
    content = make.text([make.row(1)])
    put(anywhere, "a.csv", content)
    put(anywhere, "a.csv.sha256", f"{hashlib.sha256(content.encode()).hexdigest()}  a.csv\n")
    put(anywhere, "b.csv", make.text([make.row(2)]))
    put(anywhere, "b.csv.done", "")
    put(anywhere, "c.csv", make.text([make.row(3)]))
    put(anywhere, "c.csv.sha256", "0" * 64)
    make.look(later(0))
    assert Matter.objects.count() == 2
    (report,) = [n for n in names(anywhere, "hotline/refused") if n.endswith("report.csv")]
    assert "文件与校验码不符：请连同校验码重新发送。" in read(anywhere, f"hotline/refused/{report}")
    make.look(later(1))
    assert names(anywhere, "hotline") == []
    assert [n for n in names(anywhere, "hotline/done") if n.endswith(("a.csv", "b.csv"))] == [
        "20260302-121500-a.csv",
        "20260302-121500-b.csv",
    ]


def test_the_same_file_again_is_only_moved(town, anywhere):
    make.drop(town)
    for n in range(4):
        if n in {0, 2}:
            put(anywhere, "a.csv", make.text([make.row(1)]))
            put(anywhere, "a.csv.done", "")
        make.look(later(n))
    assert Run.objects.count() == 1
    assert Matter.objects.count() == 1
    assert names(anywhere, "hotline") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "id,text\n", "文件里没有数据行。"),
        ("a.csv", "id,text,重点人员\n1,a,b\n", "重点人"),
        ("a.xlsx", "nonsense", "这不是工作簿：请重新存为 .xlsx，或存为 CSV。"),
        ("a.exe", "nonsense", "请发送 .csv、.xlsx、.json 或 .jsonl 文件。"),
        ("a'b.csv", "id,text\n1,a\n", "文件名只能用文字、数字、“-”“_”和“.”。"),
    ],
)
def test_a_broken_file_is_moved_away_with_the_reason_and_blocks_no_other(
    town, root, name, content, said
):
    drop = make.drop(town)
    folder = root / "hotline"
    folder.mkdir()
    for one, text in ((name, content), ("z.csv", make.text([make.row(1)]))):
        (folder / one).write_text(text)
    make.look(later(0))
    make.look(later(1))
    assert Matter.objects.count() == 1
    (report,) = folder.glob("refused/*.report.csv")
    assert said in report.read_text("utf-8-sig")
    assert not (folder / name).exists()
    drop.refresh_from_db()
    assert drop.fault == ""


def test_a_link_is_not_followed(town, root, tmp_path):
    make.drop(town)
    (root / "hotline").mkdir()
    secret = make.path(tmp_path, make.text([make.row(1)]), "secret.csv")
    (root / "hotline" / "a.csv").symlink_to(secret)
    make.look(later(0))
    make.look(later(1))
    assert not Run.objects.exists()
    (report,) = (root / "hotline" / "refused").iterdir()
    assert "这是链接或者不是普通文件：请把文件本身放到这里。" in report.read_text("utf-8-sig")
    assert secret.exists()
    assert not (root / "hotline" / "a.csv").is_symlink()


def test_a_folder_that_leads_elsewhere_is_not_followed(town, root, tmp_path):
    make.drop(town)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    make.path(elsewhere, make.text([make.row(1)]), "a.csv")
    (root / "hotline").symlink_to(elsewhere)
    make.look(later(0))
    make.look(later(1))
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "folder", ["", "..", "../x", "a/../b", "/", "a\\b", "done", "a/refused", ".x", "a\x00b"]
)
def test_a_folder_beyond_the_root_is_refused(town, folder):
    with pytest.raises(ValidationError, match="请写成 hotline/daily 这样的目录"):
        make.drop(town, folder=folder)


def test_a_too_large_file_is_refused(town, root, monkeypatch):
    monkeypatch.setattr(backends, "MOST_BYTES", 10)
    make.drop(town)
    (root / "hotline").mkdir()
    (root / "hotline" / "a.csv").write_text(make.text([make.row(1)]))
    make.look(later(0))
    make.look(later(1))
    assert not Run.objects.exists()
    assert Dropped.objects.get().run is None


def test_a_storage_that_does_not_answer_is_told_and_asked_again(town, anywhere, monkeypatch):
    drop = make.drop(town)

    def down(*_args):
        raise ConnectionError("no route")

    with monkeypatch.context() as patched:
        patched.setattr(type(anywhere), "listdir", down)
        make.look(later(0))
    drop.refresh_from_db()
    assert drop.fault == "ConnectionError: no route"
    assert drop.due_at == later(1)
    put(anywhere, "a.csv", make.text([make.row(1)]))
    make.look(later(1))
    make.look(later(2))
    drop.refresh_from_db()
    assert (drop.fault, Matter.objects.count()) == ("", 1)


def test_whoever_answers_for_it_must_still_have_the_right(town, root):
    drop = make.drop(town)
    Post.objects.filter(user=town.acceptor).update(valid_to=make.at("2026-03-02 12:01"))
    make.look(later(1))
    drop.refresh_from_db()
    assert drop.fault == "负责这个目录的人无权办理这张表。"
    with pytest.raises(ValidationError, match="负责这个目录的人无权办理这张表。"):
        make.drop(town, folder="b", table="offices")
    with pytest.raises(ValidationError, match="请写明自带编号是谁的。"):
        make.drop(town, folder="b", owner=town.administrator, source="")


def test_only_administrators_look_after_folders(town, root):
    drop = make.drop(town)
    for act in (actions.stop, actions.look):
        with pytest.raises(PermissionDenied, match="只有管理员可以管理文件目录。"):
            act(drop, by=town.staff("acceptor"), at=make.NOON)
    with pytest.raises(ValidationError, match="这个目录已有人用：请换一个目录。"):
        make.drop(town)


def test_a_stopped_folder_is_left_alone(town, root):
    drop = make.drop(town)
    actions.stop(drop, by=town.staff("administrator"), at=make.NOON)
    (root / "hotline").mkdir()
    (root / "hotline" / "a.csv").write_text(make.text([make.row(1)]))
    for n in range(3):
        make.look(later(n))
    assert not Run.objects.exists()
    drop.refresh_from_db()
    actions.start(drop, by=town.staff("administrator"), at=later(3))
    make.look(later(3))
    make.look(later(4))
    assert Run.objects.count() == 1


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_table_goes_out_every_night_with_its_checksum(town, anywhere, form):
    make.matter(town)
    says = {"way": "out", "table": "ledger", "folder": "out", "minutes": 1440, "form": form}
    drop = make.drop(town, **says)
    assert drop.due_at == make.at("2026-03-03 02:00")
    make.look(make.at("2026-03-03 01:59"))
    assert names(anywhere, "out") == []
    make.look(make.at("2026-03-03 02:00"))
    make.look(make.at("2026-03-03 12:00"))
    make.look(make.at("2026-03-04 02:00"))
    assert names(anywhere, "out") == [
        f"ledger-2026030{n}.{form}{ending}" for n in (3, 4) for ending in ("", ".sha256")
    ]
    with anywhere.open(f"out/ledger-20260303.{form}") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    assert read(anywhere, f"out/ledger-20260303.{form}.sha256").startswith(digest)
    noted = Entry.objects.filter(subject=town.acceptor.pk, verb="tables.export")
    assert noted.count() == 2
    assert Drop.objects.get().fault == ""


def test_changing_a_folder_is_recorded(town, root):
    drop = make.drop(town)
    says = {"name": "热线", "way": "in", "table": "matters", "folder": "b", "owner": town.acceptor}
    says |= {"source": "热线", "crs": "BD09", "encoding": "", "form": "csv", "minutes": 5}
    actions.change(drop, **says, by=SYSTEM, at=make.NOON)
    drop.refresh_from_db()
    assert (drop.name, drop.folder, drop.crs, drop.minutes) == ("热线", "b", "BD09", 5)
    verbs = Entry.objects.filter(subject=drop.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["drop.add", "drop.change"]


def test_a_folder_that_another_worker_looks_at_is_left_to_it(town, root):
    make.drop(town)
    held = Drop.objects.get()
    Drop.objects.update(due_at=later(4))
    (root / "hotline").mkdir()
    (root / "hotline" / "a.csv").write_text(make.text([make.row(1)]))
    (root / "hotline" / "a.csv.done").write_text("")
    actions.look(held, by=SYSTEM, at=make.NOON)
    assert not Run.objects.exists()


def test_a_folder_of_somebody_who_left_is_not_looked_at(town, root):
    drop = make.drop(town)
    town.acceptor.is_active = False
    town.acceptor.save()
    make.look(later(1))
    drop.refresh_from_db()
    assert drop.fault == "负责这个目录的人，账号已注销。"


def test_a_file_that_cannot_be_stored_is_told_and_holds_up_no_other(town, root, monkeypatch):
    drop = make.drop(town)
    (root / "hotline").mkdir()
    for name in ("a.csv", "b.csv"):
        (root / "hotline" / name).write_text(make.text([make.row(1 + (name == "b.csv"))]))
        (root / "hotline" / f"{name}.done").write_text("")
    real = backends.Folder.fetch

    def broken(self, found, to):
        if found.name == "a.csv":
            raise OSError("disk")
        real(self, found, to)

    monkeypatch.setattr(backends.Folder, "fetch", broken)
    make.look(later(0))
    drop.refresh_from_db()
    assert drop.fault == "a.csv: OSError"
    assert Matter.objects.count() == 1
    assert (root / "hotline" / "a.csv").exists()
