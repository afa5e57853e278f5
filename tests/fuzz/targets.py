"""Every parser of what comes from outside, as a function of bytes; and which errors are its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from gongzhi.base.ids import number, tidy_number, tidy_receipt_code
from gongzhi.base.post import NotTaken, Reply
from gongzhi.base.text import bigrams, clean, sought
from gongzhi.deadlines import readers as calendars
from gongzhi.exchange import readers as messages
from gongzhi.exchange import signing
from gongzhi.federation import readers as parcels
from gongzhi.mailbox.readers import mails, robots
from gongzhi.manage.forms.places import on_disk
from gongzhi.matters import readers as rows
from gongzhi.matters import receipts
from gongzhi.matters.uploads import tidy
from gongzhi.open311 import backends as open311
from gongzhi.places import readers as places
from gongzhi.tables import fields, readers
from gongzhi.upkeep.archives import ArchiveBad, Opener

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Target:
    """A parser; ``answers`` are the errors by which it refuses, ``seeds`` what it takes."""

    read: Callable[[bytes], object]
    answers: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...] = field(default=())

    def __call__(self, sent: bytes) -> None:
        """Read what was sent: whatever is raised here is a fault of ours."""
        try:
            self.read(sent)
        except self.answers:
            return


def _file(name: str, read: Callable[[Path], Iterable[object]]) -> Callable[[bytes], object]:
    def whole(sent: bytes) -> object:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(sent)
            return list(read(path))

    return whole


def _table(path: Path) -> Iterable[object]:
    return readers.read_file(path, fields.tables()["matters"]).lines


def _shapes(sent: bytes) -> object:
    with on_disk(SimpleUploadedFile("places.zip", sent)) as path:
        return list(places.read_places(path, "WGS84"))


def _cells(sent: bytes) -> object:
    """Read a text as a cell of every column of every table."""
    text = sent.decode("utf-8", "replace")
    for table in fields.tables().values():
        for one in table.fields:
            try:
                fields.written(fields.read(one, text, ZONE))
            except fields.Wrong:
                continue
    return fields.unguarded(fields.guarded(text))


def _times(sent: bytes) -> object:
    text = sent.decode("utf-8", "replace")
    calendars.faults(text)
    for read in (lambda: rows.moment(text, ZONE), lambda: messages.moment(text)):
        try:
            read()
        except ValidationError:
            continue
    return parcels.moment(text)


def _typed(sent: bytes) -> object:
    """Read a text as what people type: numbers, codes, telephones, words to search for."""
    text = sent.decode("utf-8", "replace")
    tidied = tidy_number(text)
    assert tidy_number(tidied) == tidied
    assert tidy_receipt_code(tidy_receipt_code(text)) == tidy_receipt_code(text)
    clean(text), bigrams(text), sought(text)
    return receipts.phone(text)


def _json(sent: bytes) -> object:
    said = messages.parse(sent)
    words, degrees = messages.words(200), messages.degrees(90)
    for read in (words, degrees, messages.moment, messages.email):
        try:
            read(said)
        except ValidationError:
            continue
    return said


def _level(sent: bytes) -> object:
    for one in parcels.message(sent).parcels:
        parcels.body_of(one.verb, one.body)
    return None


def _robot(sent: bytes) -> object:
    for read in (robots.unsealed, robots.wecom, robots.dingtalk):
        try:
            read(sent)
        except robots.NoMessage:
            continue
    return None


def _signature(sent: bytes) -> object:
    return signing.check(sent.decode("latin-1"), b"{}", ["k" * 32], AT)


def _foreign(sent: bytes) -> object:
    return open311._elements(Reply(200, Message(), sent), "request")  # noqa: SLF001  reads answers


def _archive(sent: bytes) -> object:
    return Opener(BytesIO(sent)).read()


HEAD = b"id,text,place,kind\n1,\xe7\x81\xaf\xe4\xb8\x8d\xe4\xba\xae,990101001001001,street_light\n"
GEO = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"990201",'
    b'"name_zh":"\xe5\x8c\xba","level":"district"},"geometry":{"type":"Polygon","coordinates":'
    b"[[[1,2],[2,2],[2,3],[1,2]]]}}]}"
)
WKT = b'code,name_zh,level,wkt\n990201,\xe5\x8c\xba,district,"POLYGON((1 2,2 2,2 3,1 2))"\n'
MAIL = (
    b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?gb2312?B?tcY=?=\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=gbk\r\n\r\n"
    b"<p>\xb5\xc6</p>\r\n--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename*="
    b"utf-8''%e7%81%af.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x--\r\n"
)
HAND = (
    b'{"parcels":[{"seq":1,"ref":"0190a000-0000-7000-8000-000000000000","verb":"hand","at":'
    b'"2026-03-02T04:00:00Z","body":{"number":"260302-001-000000-X","kind":"k","text":"t","place":'
    b'"9901","due":"2026-03-09T04:00:00Z"}}]}'
)
OPEN311 = (
    b'<?xml version="1.0"?><service_requests><request><service_request_id>1</service_request_id>'
    b"<status>open</status></request></service_requests>"
)
WECOM = b"<xml><Encrypt><![CDATA[YQ==]]></Encrypt><MsgType>text</MsgType><Content>x</Content></xml>"
DING = b'{"msgtype":"text","text":{"content":"x"},"conversationId":"c","senderId":"s","msgId":"m"}'
DAYS = b"date,works,name\n2027-01-01,no,\xe5\x85\x83\xe6\x97\xa6\n"
NUMBER = number("260301", "003", 482913).encode()
REFUSED = (ValidationError,)

TARGETS: dict[str, Target] = {
    "csv": Target(_file("rows.csv", _table), REFUSED, (HEAD, HEAD.decode().encode("gb18030"))),
    "workbook": Target(_file("rows.xlsx", _table), REFUSED),
    "json_rows": Target(_file("rows.jsonl", _table), REFUSED, (b'{"id":"1","text":"x"}\n',)),
    "cells": Target(_cells, REFUSED, (b"2026-03-01", b"=1+1", b"1e309", "是".encode())),
    "places_csv": Target(
        _file("places.csv", lambda path: places.read_places(path, "WGS84")), REFUSED, (WKT,)
    ),
    "geojson": Target(
        _file("places.geojson", lambda path: places.read_places(path, "GCJ02")), REFUSED, (GEO,)
    ),
    "shapefile": Target(_shapes, REFUSED),
    "files": Target(lambda sent: tidy(BytesIO(sent), "x"), REFUSED, (b"%PDF-1.4\n", b"RIFF")),
    "mail": Target(
        lambda sent: mails.read_mail(sent, "b@example.org"), (mails.Unreadable,), (MAIL,)
    ),
    "robot": Target(_robot, (), (WECOM, DING)),
    "json": Target(_json, (messages.NotJSON,), (b'{"a":[1,"x",null]}', b'"2026-03-02T12:00:00Z"')),
    "level": Target(_level, (parcels.Unreadable,), (HAND,)),
    "open311": Target(_foreign, (NotTaken,), (OPEN311,)),
    "times": Target(_times, (), (DAYS, b"2026-03-02 12:00", b"0001-01-01T00:00:00+14:00")),
    "typed": Target(_typed, REFUSED, (NUMBER, b"K7Q4-M2XP-9TRB", b"13900000000")),
    "signature": Target(_signature, (signing.BadSignature,), (b"t=1772424000,v1=00",)),
    "archive": Target(_archive, (ArchiveBad,)),
}
