"""Backups and what restoring refuses; a backup put back stands in tests/drills/test_restore.py."""

from __future__ import annotations

import hashlib
import json
import tarfile
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from moto import mock_aws

from gongzhi.accounts.models import User
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.upkeep import actions
from gongzhi.upkeep.actions import restoring
from gongzhi.upkeep.archives import PIECE, ArchiveBad, Opener, Sealer
from gongzhi.upkeep.models import Backup

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(tmp_path) -> Path:
    """A backup of a town with a matter and a file."""
    town = make.town()
    make.matter(town, contact=Contact("王女士", "13800138000"))
    default_storage.save("ab/照片.jpg", ContentFile(b"a photo"))
    file, manifest = actions.backup(tmp_path / "one.backup", by=SYSTEM, at=make.NOON)
    actions.note(file, manifest, by=SYSTEM, at=make.NOON)
    return Path(file)


def inside(file: Path) -> dict[str, bytes]:
    with file.open("rb") as source, tarfile.open(fileobj=Opener(source), mode="r|") as tar:
        return {one.name: (tar.extractfile(one) or BytesIO()).read() for one in tar}


def packed(file: Path, members: dict[str, bytes]) -> Path:
    """Write an archive of these members, sealed as ours are."""
    with file.open("wb") as out:
        sealer = Sealer(out)
        with tarfile.open(fileobj=sealer, mode="w|") as tar:
            for name, content in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, BytesIO(content))
        sealer.finish()
    return file


def looked(file: Path) -> None:
    call_command("restore", str(file), "--check")


def test_a_backup_holds_rows_files_and_what_it_is(made):
    held = inside(made)
    manifest, about = json.loads(held["manifest.json"]), json.loads(held["about.json"])
    assert held["files/ab/照片.jpg"] == b"a photo"
    assert (manifest["files"], manifest["gone"]) == (1, 0)
    assert manifest["counts"]["matters_matter"] == Matter.objects.count()
    assert manifest["counts"]["audit_entry"] == Entry.objects.count() - 1  # its own came after
    assert about["database"] == connection.vendor
    assert ["matters", "0001_matters"] in about["migrations"]
    assert len(held["sums.txt"].splitlines()) == len(held) - 2


def test_a_backup_is_readable_by_nobody_else_and_noted(made):
    assert made.stat().st_mode & 0o777 == 0o600
    noted = Backup.objects.get()
    assert (noted.size, noted.files, noted.made_at) == (made.stat().st_size, 1, make.NOON)
    assert list(made.parent.glob(".*")) == []
    assert Entry.objects.get(subject=noted.pk).verb == "backup.make"


def test_a_folder_is_given_a_name_and_a_file_that_is_there_stays(made, tmp_path, capsys):
    folder = tmp_path / "kept"
    folder.mkdir()
    call_command("backup", str(folder))
    (one,) = folder.iterdir()
    assert one.name.startswith("gongzhi-20")
    before = made.read_bytes()
    with pytest.raises(CommandError, match="已存在，请换一个名称"):
        call_command("backup", str(made))
    assert made.read_bytes() == before


def test_where_nothing_can_be_written_nothing_is_left(town, tmp_path):
    with pytest.raises(CommandError, match="无法写入"):
        call_command("backup", str(tmp_path / "nowhere/one.backup"))
    assert not Backup.objects.exists()


@pytest.fixture
def town():
    return make.town()


def test_what_was_given_up_takes_its_end_without_a_complaint(tmp_path):
    file = tmp_path / "one.backup"
    with file.open("wb") as out, Sealer(out) as sealer:
        tar = tarfile.open(fileobj=sealer, mode="w|")  # noqa: SIM115  given up
        tar.addfile(tarfile.TarInfo("about.json"))
        sealer.write(bytes(PIECE))  # so that whatever comes would be sealed and written
    size = file.stat().st_size
    tar.close()  # as it does when it is forgotten
    assert file.stat().st_size == size


def test_a_full_disk_leaves_no_half_backup(town, tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (tmp_path / ".one.backup.part").symlink_to("/dev/full")
    with pytest.raises(CommandError, match="腾出空间"):
        call_command("backup", str(tmp_path / "one.backup"))
    assert list(tmp_path.glob("*.backup")) == []
    assert not Backup.objects.exists()


def test_only_the_operator_takes_everything_out_or_puts_it_back(made, town_staff):
    for act in (actions.backup, actions.inspect, actions.restore):
        with pytest.raises(PermissionDenied, match="运维人员"):
            act(made, by=town_staff, at=make.NOON)


@pytest.fixture
def town_staff(made):
    return make.staff(User.objects.get(username="administrator"), make.NOON)


def test_a_file_erased_while_the_backup_ran_is_counted(made, settings, tmp_path):
    (settings.MEDIA_ROOT / "ab/gone.jpg").symlink_to("nowhere")  # listed, and not there to be read
    _file, manifest = actions.backup(tmp_path / "two.backup", by=SYSTEM, at=make.NOON)
    assert (manifest.files, manifest.gone) == (1, 1)


def test_files_of_a_bucket_are_in_it(made, settings, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    options = {"bucket_name": "gongzhi", "location": "files", "region_name": "us-east-1"}
    bucket = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="gongzhi")
        settings.STORAGES = settings.STORAGES | {"default": bucket}
        default_storage.save("cd/photo.jpg", ContentFile(b"in a bucket"))
        file, manifest = actions.backup(tmp_path / "two.backup", by=SYSTEM, at=make.NOON)
        assert manifest.files == 1
        default_storage.delete("cd/photo.jpg")
        restoring.put_back("cd/photo.jpg", BytesIO(inside(file)["files/cd/photo.jpg"]))
        with default_storage.open("cd/photo.jpg") as back:
            assert back.read() == b"in a bucket"


# --- What is not restored.


def test_an_installation_that_holds_something_is_left_as_it_is(made):
    n = Matter.objects.count()
    with pytest.raises(CommandError, match="不是空的"):
        call_command("restore", str(made))
    assert Matter.objects.count() == n


def test_a_backup_is_looked_through_beside_a_running_installation(made, capsys):
    looked(made)
    assert "的备份完整" in capsys.readouterr().out


def test_a_wrong_key_a_damaged_and_a_cut_archive_are_refused(made, settings, tmp_path):
    whole = made.read_bytes()
    made.write_bytes(whole[:-1])
    with pytest.raises(CommandError, match="已损坏或被截断"):
        looked(made)
    made.write_bytes(whole[:300] + bytes([whole[300] ^ 1]) + whole[301:])
    with pytest.raises(CommandError, match="已损坏或被截断"):
        looked(made)
    made.write_bytes(whole)
    settings.SEAL_KEYS = [b"another key of 32 bytes in all.."]
    with pytest.raises(CommandError, match="密钥都打不开此备份"):
        looked(made)
    with pytest.raises(CommandError, match="无法读取"):
        looked(tmp_path / "nowhere")


def test_a_newer_programs_backup_is_refused(made, tmp_path):
    held = inside(made)
    about = json.loads(held["about.json"])
    about["migrations"].append(["matters", "9999_of_tomorrow"])
    newer = packed(tmp_path / "newer", held | {"about.json": json.dumps(about).encode()})
    with pytest.raises(CommandError, match="请先升级本程序"):
        looked(newer)


def test_a_backup_of_another_kind_of_database_is_refused(made, tmp_path):
    held = inside(made)
    about = json.loads(held["about.json"]) | {"database": "oracle"}
    content = json.dumps(about).encode()
    lines = held["sums.txt"].splitlines(keepends=True)
    lines[0] = f"{hashlib.sha256(content).hexdigest()}  about.json\n".encode()
    other = packed(tmp_path / "other", held | {"about.json": content, "sums.txt": b"".join(lines)})
    with pytest.raises(CommandError, match="生成于 oracle"):
        looked(other)


def test_a_member_that_is_not_as_its_sum_says_is_named(made, tmp_path):
    held = inside(made)
    other = packed(tmp_path / "other", held | {"files/ab/照片.jpg": b"another"})
    with pytest.raises(CommandError, match=r"“files/ab/照片\.jpg”已损坏"):
        looked(other)


def test_what_is_sealed_but_no_whole_backup_is_refused(made, tmp_path):
    held = inside(made)
    with pytest.raises(ArchiveBad, match="没有结尾"):
        del held["manifest.json"]
        actions.inspect(packed(tmp_path / "a", held), by=SYSTEM, at=make.NOON)
    with (tmp_path / "b").open("wb") as out:
        sealer = Sealer(out)
        sealer.write(b"no tar at all" * 100)
        sealer.finish()
    with pytest.raises(ArchiveBad):
        actions.inspect(tmp_path / "b", by=SYSTEM, at=make.NOON)
