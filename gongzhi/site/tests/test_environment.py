from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.site import environment as env


def test_an_empty_variable_means_the_default(monkeypatch):
    monkeypatch.setenv("GONGZHI_X", "  ")
    assert env.text("GONGZHI_X", "default") == "default"
    assert env.names("GONGZHI_X", "a, b,") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Yes", True), ("off", False), ("", False)]
)
def test_a_flag_is_read_in_words_and_digits(monkeypatch, text, value):
    monkeypatch.setenv("GONGZHI_X", text)
    assert env.flag("GONGZHI_X", default=not value) is value


def test_a_flag_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("GONGZHI_X", "maybe")
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.flag("GONGZHI_X")
    assert str(refusal.value) == "GONGZHI_X is “maybe”: write 1 for yes or 0 for no."


def test_milliseconds_are_a_whole_number(monkeypatch):
    assert env.milliseconds("GONGZHI_X") == 0
    monkeypatch.setenv("GONGZHI_X", "250")
    assert env.milliseconds("GONGZHI_X") == 250
    for wrong in ("soon", "-1", "1.5"):
        monkeypatch.setenv("GONGZHI_X", wrong)
        with pytest.raises(ImproperlyConfigured, match="0 for never"):
            env.milliseconds("GONGZHI_X")


def test_a_folder_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("GONGZHI_X", str(tmp_path / "a" / "b"))
    assert env.folder("GONGZHI_X", tmp_path) == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_is_a_file_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GONGZHI_X", str(tmp_path / "file"))
    with pytest.raises(ImproperlyConfigured, match="name a folder that this account may write to"):
        env.folder("GONGZHI_X", tmp_path)


def test_an_origin_loses_its_last_slash(monkeypatch):
    monkeypatch.setenv("GONGZHI_X", "https://example.org/")
    assert env.origin("GONGZHI_X") == "https://example.org"


@pytest.mark.parametrize("text", ["example.org", "ftp://example.org", "https://example.org/here"])
def test_an_origin_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("GONGZHI_X", text)
    with pytest.raises(ImproperlyConfigured, match="write the site's address like"):
        env.origin("GONGZHI_X")


PREPARED = {
    "server_side_binding": True,
    "prepare_threshold": 3,
    "options": "-c work_mem=16MB -c lock_timeout=20s",
}


def test_a_database_address_names_a_file_or_a_server(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    read = {}
    for text in (
        "sqlite:///a/b.sqlite3",
        "sqlite:////a/b.sqlite3",
        "postgresql:///name",
        "postgresql://u%40:p%2F@h:1234/name?sslmode=require",
    ):
        monkeypatch.setenv("GONGZHI_X", text)
        found = env.database("GONGZHI_X", "")
        keys = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
        read[text] = [found[key] for key in keys if found.get(key)]
    assert read == {
        "sqlite:///a/b.sqlite3": [f"{tmp_path}/a/b.sqlite3"],
        "sqlite:////a/b.sqlite3": ["/a/b.sqlite3"],
        "postgresql:///name": ["name", PREPARED],
        "postgresql://u%40:p%2F@h:1234/name?sslmode=require": [
            "name",
            "u@",
            "p/",
            "h",
            "1234",
            PREPARED | {"sslmode": "require"},
        ],
    }


@pytest.mark.parametrize(
    "text", ["mysql://h/n", "sqlite://", "postgresql://u:secret@h", "nonsense"]
)
def test_a_database_address_that_names_none_is_refused_without_its_password(monkeypatch, text):
    monkeypatch.setenv("GONGZHI_X", text)
    with pytest.raises(ImproperlyConfigured, match="names no database") as refusal:
        env.database("GONGZHI_X", "")
    assert "secret" not in str(refusal.value)


@given(st.text(max_size=40).filter(lambda text: text.strip() and "\0" not in text))
def test_any_text_is_a_database_or_a_sentence(text):
    with pytest.MonkeyPatch.context() as patch:
        try:
            patch.setenv("GONGZHI_X", text)
        except UnicodeEncodeError:
            return
        with suppress(ImproperlyConfigured):  # the one error that is a sentence
            assert env.database("GONGZHI_X", "")["NAME"]


def test_a_backend_that_is_no_class_is_refused(monkeypatch):
    monkeypatch.setenv("GONGZHI_X", "smtp server")
    with pytest.raises(ImproperlyConfigured, match=r"write a class such as a\.B"):
        env.backend("GONGZHI_X", "a.B")


def assistant(monkeypatch, address, key="", model="small"):
    for name, value in (("X", address), ("K", key), ("M", model)):
        monkeypatch.setenv(f"GONGZHI_{name}", value)
    return env.assistant("GONGZHI_X", "GONGZHI_K", "GONGZHI_M")


def test_an_assistant_is_off_unless_it_is_named(monkeypatch):
    assert assistant(monkeypatch, "", "key") == ("", "", "")
    said = assistant(monkeypatch, "https://example.org/v1/", "key")
    assert said == ("https://example.org/v1", "key", "small")
    assert assistant(monkeypatch, "http://127.0.0.1:11434/v1")[0] == "http://127.0.0.1:11434/v1"


@pytest.mark.parametrize(
    ("address", "key", "model", "why"),
    [
        ("http://example.org/v1", "", "small", "names no address that may be used"),
        ("http://192.168.0.2/v1", "", "small", "names no address that may be used"),
        ("https://me:hush@example.org/v1", "", "small", "names no address that may be used"),
        ("https://example.org/v1?key=1", "", "small", "names no address that may be used"),
        ("example.org", "", "small", "names no address that may be used"),
        ("https://example.org/v1", "", "", "name the model of it in GONGZHI_M"),
        ("https://example.org/v1", "密钥", "small", "GONGZHI_K is no key"),
    ],
)
def test_an_assistant_that_could_be_overheard_or_asked_nothing_is_refused(
    monkeypatch, address, key, model, why
):
    with pytest.raises(ImproperlyConfigured, match=why) as refusal:
        assistant(monkeypatch, address, key, model)
    assert "hush" not in str(refusal.value)


def provider(monkeypatch, issuer, client="gongzhi", name=""):
    for what, value in (("X", issuer), ("C", client), ("N", name)):
        monkeypatch.setenv(f"GONGZHI_{what}", value)
    return env.provider("GONGZHI_X", "GONGZHI_C", "GONGZHI_N")


def test_an_identity_provider_is_off_unless_it_is_named_and_stays_as_it_is_written(monkeypatch):
    assert provider(monkeypatch, "") == ("", "", "")
    said = provider(monkeypatch, "https://id.example.org/staff/")
    assert said == ("https://id.example.org/staff/", "gongzhi", "id.example.org")
    assert provider(monkeypatch, "http://127.0.0.1:8080", name="统一身份认证")[2] == "统一身份认证"


@pytest.mark.parametrize(
    ("issuer", "client", "why"),
    [
        ("http://id.example.org", "gongzhi", "names no issuer that may be used"),
        ("http://10.0.0.1", "gongzhi", "names no issuer that may be used"),
        ("https://me:hush@id.example.org", "gongzhi", "names no issuer that may be used"),
        ("https://id.example.org/?tenant=1", "gongzhi", "names no issuer that may be used"),
        ("https://id.example.org/#a", "gongzhi", "names no issuer that may be used"),
        ("id.example.org", "gongzhi", "names no issuer that may be used"),
        ("https://id.example.org", "", "name what it calls this site in GONGZHI_C"),
    ],
)
def test_an_identity_provider_that_could_be_overheard_is_refused(monkeypatch, issuer, client, why):
    with pytest.raises(ImproperlyConfigured, match=why) as refusal:
        provider(monkeypatch, issuer, client)
    assert "hush" not in str(refusal.value)


def test_private_hosts_and_networks_are_told_apart(monkeypatch):
    monkeypatch.setenv("GONGZHI_X", "Hooks.Example.org., 10.1.0.0/16,127.0.0.1, [::1]")
    hosts, networks = env.private("GONGZHI_X")
    assert hosts == {"hooks.example.org"}
    assert [str(one) for one in networks] == ["10.1.0.0/16", "127.0.0.1/32", "::1/128"]


@pytest.mark.parametrize("text", ["https://a.org", "a.org:80", "*.a.org", "10.0.0.1/8", "a@b.org"])
def test_private_hosts_that_are_none_are_refused(monkeypatch, text):
    monkeypatch.setenv("GONGZHI_X", text)
    with pytest.raises(ImproperlyConfigured, match="write hosts like hooks"):
        env.private("GONGZHI_X")
