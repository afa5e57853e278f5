"""A copy to practise on: apart from what is real, and plain to see."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import reverse

from gongzhi.base.ids import tidy_number
from gongzhi.matters.actions.intake import new_number
from gongzhi.matters.tests.make import NOON
from gongzhi.site import environment as env

ASK = """
import json
from django.conf import settings as s
print(json.dumps([s.TRAINING, s.EMAIL_BACKEND, s.SMS_GATEWAY, s.ROBOT_HOSTS, s.ASSISTANT, s.SESSION_COOKIE_NAME]))
"""
GATEWAYS = {
    "GONGZHI_MAIL": "django.core.mail.backends.smtp.EmailBackend",
    "GONGZHI_SMS": "https://sms.example.org/",
    "GONGZHI_SMS_TOKEN": "secret",
    "GONGZHI_ASSISTANT": "https://assistant.example.org/v1",
    "GONGZHI_ASSISTANT_MODEL": "small",
}


def clean(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
    return kept | {"DJANGO_SETTINGS_MODULE": "gongzhi.site.settings"} | more


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "training").touch()
    return tmp_path


def test_every_page_of_a_training_copy_says_so(client, db, settings):
    said = "培训环境：这里的内容都不是真实的。"
    assert said not in client.get(reverse("portal:home")).content.decode()
    settings.TRAINING = True
    for address in (reverse("portal:home"), reverse("accounts:sign_in"), "/nowhere/"):
        assert said in client.get(address).content.decode()


def test_a_number_of_training_carries_a_mark_and_is_read_like_any_other(settings):
    settings.TRAINING = True
    number = new_number(NOON, "990101/990101003/")
    assert number[7:10] == "T03"
    assert tidy_number(number.lower().replace("-", " ")) == number


def test_a_training_copy_keeps_everything_in_its_own_folder(monkeypatch, copy):
    monkeypatch.setenv("GONGZHI_X", "1")
    for name in env.ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    assert env.training("GONGZHI_X", copy)
    monkeypatch.setenv("GONGZHI_DATABASE", "postgresql:///gongzhi")
    with pytest.raises(ImproperlyConfigured, match=r"unset GONGZHI_DATABASE\.$"):
        env.training("GONGZHI_X", copy)


def test_what_is_real_is_never_started_as_training_nor_the_reverse(monkeypatch, tmp_path):
    monkeypatch.setenv("GONGZHI_X", "1")
    with pytest.raises(ImproperlyConfigured, match="is no training copy"):
        env.training("GONGZHI_X", tmp_path)
    (tmp_path / "training").touch()
    monkeypatch.setenv("GONGZHI_X", "0")
    with pytest.raises(ImproperlyConfigured, match="is a training copy: set GONGZHI_X=1"):
        env.training("GONGZHI_X", tmp_path)


@pytest.mark.once  # the copy is SQLite's, whatever the installation's is
def test_the_command_makes_a_copy_of_its_own_that_no_gateway_reaches(tmp_path, capfd):
    folder = tmp_path / "new" / "copy"
    call_command("training", str(folder), matters=0)
    assert {"training", "secrets.json", "gongzhi.sqlite3"} <= {f.name for f in folder.iterdir()}
    told = clean(GONGZHI_VAR=str(folder), GONGZHI_TRAINING="1", **GATEWAYS)
    asked = subprocess.run(
        [sys.executable, "-m", "gongzhi", "shell", "--no-imports", "-c", ASK],
        env=told, capture_output=True, check=True, text=True,
    )  # fmt: skip
    filed = "django.core.mail.backends.filebased.EmailBackend"
    assert json.loads(asked.stdout) == [True, filed, "", [], "", "training_session"]
    with sqlite3.connect(folder / "gongzhi.sqlite3") as rows:
        (n,) = rows.execute("SELECT count(*) FROM accounts_user").fetchone()
    assert n > 0


def test_the_command_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "real.sqlite3").touch()
    with pytest.raises(CommandError, match="请另选一个新的文件夹"):
        call_command("training", str(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["real.sqlite3"]
    with pytest.raises(CommandError, match="请另选一个"):
        call_command("training", str(tmp_path / "real.sqlite3"))
