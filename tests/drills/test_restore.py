"""A backup made while somebody writes, put back elsewhere: whole, and of one moment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions import erase
from gongzhi.matters.actions.erasing import LIST
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make
from tests.drills.test_kill import ROOT, installed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.VAR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "var/files"


def ours(house: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in another installation."""
    command = [sys.executable, "-m", "gongzhi", *words]
    return subprocess.run(command, cwd=ROOT, env=house, capture_output=True, text=True, check=False)


def asked(house: dict[str, str], source: str) -> str:
    """Run a few lines of Python in another installation and return what they print."""
    done = ours(house, "shell", "--no-imports", "-c", source)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_backup_made_while_somebody_writes_is_of_one_moment_and_comes_back_whole(
    tmp_path, settings
):
    town = make.town()
    first = make.walk(town, make.matter(town, text="王女士家门口的灯。"), "accept", "dispatch")
    default_storage.save("ab/photo.jpg", ContentFile(b"a photo"))
    ended, began = threading.Event(), threading.Event()

    def writing() -> None:
        while not ended.is_set():
            make.walk(town, make.matter(town), "accept")
            began.set()
        connection.close()

    writer = threading.Thread(target=writing)
    writer.start()
    began.wait()
    try:
        call_command("backup", str(tmp_path / "one.backup"))
    finally:
        ended.set()
        writer.join()

    erase(first, by=SYSTEM, at=now())
    (tmp_path / "new").mkdir()
    shutil.copy(settings.VAR / LIST, tmp_path / "new")

    with installed(tmp_path / "new", "restored") as house:
        done = ours(house, "restore", str(tmp_path / "one.backup"))
        assert done.returncode == 0, done.stderr
        assert "已恢复" in done.stdout
        assert "再次清除：1。" in done.stdout
        said = "from gongzhi.matters.models import *; print(Matter.objects.get(number='{}').text)"
        assert asked(house, said.format(first.number)) == ""
        n = int(asked(house, "from gongzhi.matters.models import *; print(Matter.objects.count())"))
        assert 1 < n < Matter.objects.count()
        assert (tmp_path / "new/files/ab/photo.jpg").read_bytes() == b"a photo"
        again = ours(house, "restore", str(tmp_path / "one.backup"))
        assert again.returncode == 1
        assert "不是空的" in again.stderr
