from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from gongzhi.site.secrets import ensure_secrets, read_secrets


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path):
    file = tmp_path / "var" / "secrets.json"
    assert ensure_secrets(file) is True
    made = read_secrets(file)
    assert ensure_secrets(file) is False
    assert read_secrets(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert [len(key) for key in made.seals()] == [32]


def test_a_file_from_before_the_identity_provider_is_read_and_its_secret_is_ones_own(tmp_path):
    file = tmp_path / "secrets.json"
    ensure_secrets(file)
    kept = json.loads(file.read_text())
    assert kept.pop("oidc_secret") == ""
    file.write_text(json.dumps(kept))
    assert read_secrets(file).oidc_secret == ""
    file.write_text(json.dumps(kept | {"oidc_secret": "theirs"}))
    assert read_secrets(file).oidc_secret == "theirs"


def test_two_installations_share_no_secret(tmp_path):
    ensure_secrets(tmp_path / "a")
    ensure_secrets(tmp_path / "b")
    one, other = read_secrets(tmp_path / "a"), read_secrets(tmp_path / "b")
    assert one.secret_key != other.secret_key
    assert one.seal_keys != other.seal_keys
    assert one.hash_key != other.hash_key


def test_of_many_who_make_them_at_once_one_wins(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(ensure_secrets, [tmp_path / "secrets.json"] * 8))
    assert sum(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_missing_secrets_are_not_made_in_passing(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="or people's contacts stay unreadable"):
        read_secrets(tmp_path / "secrets.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps({"secret_key": "a", "seal_keys": [], "hash_key": "b"}),
        json.dumps({"secret_key": "a", "seal_keys": ["c2hvcnQ="], "hash_key": "b"}),
        json.dumps({"secret_key": "a", "seal_keys": ["no base64"], "hash_key": "b"}),
    ],
)
def test_a_file_that_holds_no_secrets_is_refused(tmp_path, text):
    (tmp_path / "secrets.json").write_text(text)
    with pytest.raises(ImproperlyConfigured, match="restore it from a backup"):
        read_secrets(tmp_path / "secrets.json")
