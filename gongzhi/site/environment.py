"""Typed readers of environment variables, which refuse nonsense with a sentence."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from django.core.exceptions import ImproperlyConfigured

from gongzhi.base.post import is_safe
from gongzhi.base.seal import NONCE, SUITES

MARK = "training"  # the file that marks the folder of a training copy
ELSEWHERE = (
    "GONGZHI_DATABASE",
    "GONGZHI_FILES",
    "GONGZHI_DROPS",
    "GONGZHI_SECRETS",
    "GONGZHI_OUTBOX",
)
MOST_DAYS = 3650
MOST_MINUTES = 720
MOST_YEARS = 100
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding space, or `default` when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """Return the variable as yes or no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in YES | NO:
        return value.strip().lower() in YES
    raise ImproperlyConfigured(f"{name} is “{value}”: write 1 for yes or 0 for no.")


def names(name: str, default: str = "") -> list[str]:
    """Return the variable's comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def days(name: str, default: int) -> int:
    """Return the variable as a number of days, 1 to 3650."""
    value = text(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= MOST_DAYS:
        raise ImproperlyConfigured(
            f"{name} is “{value}”: write a number of days, 1 to {MOST_DAYS}."
        )
    return int(value)


def years(name: str, default: int) -> int:
    """Return the variable as a number of years, 1 to 100."""
    value = text(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= MOST_YEARS:
        raise ImproperlyConfigured(f"{name} is “{value}”: write years, 1 to {MOST_YEARS}.")
    return int(value)


def minutes(name: str, default: int) -> int:
    """Return the variable as a number of minutes, 1 to 720."""
    value = text(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= MOST_MINUTES:
        raise ImproperlyConfigured(f"{name} is “{value}”: write minutes, 1 to {MOST_MINUTES}.")
    return int(value)


def milliseconds(name: str) -> int:
    """Return the variable as a whole number of milliseconds; 0, which means never, when it is unset."""
    value = text(name, "0")
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is “{value}”: write milliseconds, or 0 for never.")
    return int(value)


def cipher(name: str) -> str:
    """Return the variable as one of the ciphers of `gongzhi.base.seal`; AES when it is unset."""
    value = text(name, "aes-256-gcm").lower()
    if value not in SUITES:
        raise ImproperlyConfigured(f"{name} is “{value}”: write {' or '.join(SUITES)}.")
    try:
        SUITES[value].cipher(bytes(SUITES[value].key)).encrypt(bytes(NONCE), b"", None)
    except UnsupportedAlgorithm as missing:
        raise ImproperlyConfigured(
            f"{name} is “{value}”, which the cryptography of this machine was built without: "
            f"install the wheel of requirements/run.txt, or write aes-256-gcm."
        ) from missing
    return value


def folder(name: str, default: Path) -> Path:
    """Return the variable as an absolute folder, making it when it is not there."""
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is {path}, which cannot be made or is no folder ({error.strerror}): "
            f"name a folder that this account may write to."
        ) from error
    return path


def origin(name: str, default: str = "") -> str:
    """Return the variable as the public address of the site, such as ``https://example.org``."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.path):
        raise ImproperlyConfigured(
            f"{name} is “{value}”: write the site's address like https://example.org, no path."
        )
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Return Django's settings of the database that the variable's address names.

    Addresses: ``sqlite:///folder/file`` (from the working folder), ``sqlite:////folder/file``
    (absolute), ``postgresql://user:password@host:port/name`` and ``postgresql:///name`` (socket);
    what follows ``?`` goes to the PostgreSQL driver.
    """
    value = text(name, default)
    parts = urlsplit(value)
    path = unquote(parts.path.removeprefix("/"))
    if parts.scheme == "sqlite" and path and not parts.netloc:
        return sqlite(path if path == ":memory:" else str(Path(path).resolve()))
    if parts.scheme in {"postgresql", "postgres"} and path and "/" not in path:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": path,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            # What every request asks is planned once a connection and not each time.
            "OPTIONS": {
                "server_side_binding": True,
                "prepare_threshold": 3,
                # What a search finds by its index fits in it; who waits for a lock longer than
                # SQLite would let them is told so, and holds no thread.
                "options": "-c work_mem=16MB -c lock_timeout=20s",
                **dict(parse_qsl(parts.query)),
            },
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    scheme = f"{parts.scheme}://…" if parts.scheme else "no address"  # never the password
    raise ImproperlyConfigured(
        f"{name} is {scheme}, which names no database: write sqlite:///var/gongzhi.sqlite3 or "
        f"postgresql://user:password@host:5432/name."
    )


def sqlite(path: str) -> dict[str, Any]:
    """Return Django's settings of the SQLite file at `path`."""
    return {"ENGINE": "gongzhi.base.sqlite", "NAME": path, "CONN_MAX_AGE": None}


def backend(name: str, default: str) -> str:
    """Return the variable as the dotted path of a class."""
    value = text(name, default)
    if not all(part.isidentifier() for part in value.split(".")) or "." not in value:
        raise ImproperlyConfigured(f"{name} is “{value}”: write a class such as {default}.")
    return value


def training(name: str, folder: Path) -> bool:
    """Return whether this is a training copy, which keeps everything it has in its own ``folder``.

    A file in the folder marks it, so that nobody takes real matters for training, or the reverse.
    """
    wanted, marked = flag(name), (folder / MARK).exists()
    if wanted and not marked:
        raise ImproperlyConfigured(
            f"{name} is 1, but {folder} is no training copy: make one with "
            f"“python -m gongzhi training FOLDER” and name it in GONGZHI_VAR."
        )
    if marked and not wanted:
        raise ImproperlyConfigured(f"{folder} is a training copy: set {name}=1 to start it.")
    stray = [one for one in ELSEWHERE if wanted and text(one)]
    if stray:
        raise ImproperlyConfigured(
            f"A training copy keeps everything in GONGZHI_VAR: unset {', '.join(stray)}."
        )
    return wanted


def files(name: str, default: Path) -> tuple[Path | str, dict[str, Any]]:
    """Return the folder of files and Django's settings of their storage: there, or in a bucket.

    ``s3://bucket/prefix?endpoint_url=https://…&region_name=…``; who may write there says the
    usual environment of S3 clients (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``).
    """
    parts = urlsplit(text(name))
    if parts.scheme != "s3":
        storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
        return folder(name, default), storage
    if not parts.netloc:
        raise ImproperlyConfigured(f"{name} names no bucket: write s3://bucket or a folder.")
    options: dict[str, Any] = {
        "bucket_name": parts.netloc,
        "location": unquote(parts.path).strip("/"),
        "file_overwrite": False,
    }
    options |= dict(parse_qsl(parts.query))
    options["client_config"] = _patience(options)
    return "", {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def _patience(options: dict[str, Any]) -> Any:
    """Return the configuration of an S3 client that does not hold a thread for minutes."""
    from botocore.config import Config  # only there where files are in a bucket

    return Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"total_max_attempts": 2},
        signature_version=options.get("signature_version"),
        s3={"addressing_style": options.get("addressing_style")},
    )


def private(name: str) -> tuple[set[str], list[IPv4Network | IPv6Network]]:
    """Return the hosts and the networks of the variable: where one may reach that is not public."""
    hosts, networks = set[str](), list[IPv4Network | IPv6Network]()
    for word in names(name):
        try:
            networks.append(ip_network(word.strip("[]")))
        except ValueError as error:
            if set(word) & set("/:@?# *"):
                raise ImproperlyConfigured(
                    f"{name} holds “{word}”: write hosts like hooks.example.org or networks like "
                    f"10.1.0.0/16, comma-separated, no https:// and no port."
                ) from error
            hosts.add(word.lower().rstrip("."))
    return hosts, networks


def provider(where: str, which: str, called: str) -> tuple[str, str, str]:
    """Return issuer, client and name of the identity provider from the variables of these names; "" for none.

    The issuer stays as it is written, a slash at its end too: every answer has to name the very same.
    """
    issuer, client = text(where), text(which)
    if not issuer:
        return "", "", ""
    parts = urlsplit(issuer)
    if (
        not is_safe(issuer)
        or not parts.hostname
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
    ):
        raise ImproperlyConfigured(
            f"{where} names no issuer that may be used: write one like https://id.example.org/staff "
            f"(http only on this machine), no name, password or query in it."
        )
    if not client:
        raise ImproperlyConfigured(f"{where} is set: name what it calls this site in {which}.")
    return issuer, client, text(called, parts.hostname)


def proxies(name: str) -> list[str]:
    """Return the variable's addresses and networks: of the proxies that say for whom they ask."""
    found = names(name)
    for word in found:
        try:
            ip_network(word)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} holds “{word}”: write addresses like 127.0.0.1 or networks like "
                f"172.16.0.0/12, comma-separated."
            ) from error
    return found


def assistant(where: str, with_key: str, which: str) -> tuple[str, str, str]:
    """Return address, key and model of the assistant from the variables of these names; "" for none.

    The address is the one that ``/chat/completions`` is put behind.  A key goes into a header: it is
    never told in a refusal.
    """
    address, key, model = text(where).rstrip("/"), text(with_key), text(which)
    if not address:
        return "", "", ""
    parts = urlsplit(address)
    if not is_safe(address) or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ImproperlyConfigured(
            f"{where} names no address that may be used: write one like https://example.org/v1 "
            f"(http only on this machine), no name, password or query in it."
        )
    if not model:
        raise ImproperlyConfigured(f"{where} is set: name the model of it in {which}.")
    if not (key.isascii() and key.isprintable()):
        raise ImproperlyConfigured(f"{with_key} is no key: it holds more than plain characters.")
    return address, key, model
