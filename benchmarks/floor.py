"""The least that a receipt costs: the same rows inserted by the bare driver, no framework."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from datetime import timedelta
from time import process_time
from typing import Any

import psutil
import psycopg
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.utils.timezone import now

from benchmarks.serving import used_s
from gongzhi.audit.models import Entry
from gongzhi.base.ids import uuid7
from gongzhi.base.sqlite.base import PRAGMAS
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Matter, Requester

Rows = list[tuple[str, list[Any]]]


def insert(n: int) -> tuple[float, int]:
    """Insert the rows of ``n`` receipts; return CPU-ms of each (ours and the server's) and its rows."""
    receipts = [statements() for _ in range(n)]
    act = on_postgresql if connection.vendor == "postgresql" else on_sqlite
    return act(receipts) * 1000 / n, len(receipts[0])


def statements() -> Rows:
    """Return the INSERT statements of a receipt with their values, as the driver takes them."""
    key, at = uuid7(), now()
    matter = Matter.objects.select_related("place").order_by("-received_at")[0]
    matter.pk, matter.form_key, matter.number = key, uuid7(), f"floor-{secrets.token_hex(8)}"
    requester = Requester(matter=matter, receipt_hash="0" * 64, language="zh-hans")
    entry = Entry.objects.filter(subject_type="matter", seq=1)[0]
    entry.pk, entry.subject = uuid7(), key
    job = Job(
        topic="matter", key=key, args={"verb": "receive", "seq": 1}, created_at=at, run_after=at
    )
    session = Session(
        session_key=secrets.token_hex(16),
        session_data="x" * 120,
        expire_date=at + timedelta(hours=12),
    )
    return [statement(row) for row in (matter, requester, entry, job, session)]


def statement(row: models.Model) -> tuple[str, list[Any]]:
    """Return one INSERT with its values, as Django would write them."""
    fields = [
        field for field in row._meta.concrete_fields if not isinstance(field, models.AutoField)
    ]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    mark = "%s" if connection.vendor == "postgresql" else "?"
    names, marks = ", ".join(f'"{f.column}"' for f in fields), ", ".join([mark] * len(fields))
    return f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({marks})', values  # noqa: S608


def on_postgresql(receipts: list[Rows]) -> float:
    """Return the CPU seconds of both ends of one connection."""
    with psycopg.connect(dbname=settings.DATABASES["default"]["NAME"], **server()) as bare:
        warm, rest = receipts[:10], receipts[10:]
        play(bare, warm)
        backend = psutil.Process(bare.info.backend_pid)
        app_s, database_s = process_time(), used_s(backend)
        play(bare, rest)
        used = process_time() - app_s + used_s(backend) - database_s
    return used * len(receipts) / len(rest)


def server() -> dict[str, str]:
    """Return where the server is, as the settings say."""
    known = settings.DATABASES["default"]
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return {ours: known[theirs] for theirs, ours in names.items() if known[theirs]}


def play(bare: Any, receipts: list[Rows]) -> None:
    """Insert each receipt in one transaction."""
    for rows in receipts:
        for sql, values in rows:
            bare.execute(sql, values)
        bare.commit()


def on_sqlite(receipts: list[Rows]) -> float:
    """Return the CPU seconds of this process."""
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as bare:
        for pragma in PRAGMAS.split(";"):
            bare.execute(pragma)
        began = process_time()
        play(bare, receipts)
        return process_time() - began
