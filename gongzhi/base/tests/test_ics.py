from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from gongzhi.base import ics

AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
EVENT = ics.Event(
    key=UUID(int=7),
    sequence=1,
    begins_at=AT,
    summary="吹哨报到; 260302, 路灯",
    location="临水巷口\\1",
    description="第一行\n第二行",
    url="https://example.org/meetings/7/",
)


def test_a_meeting_is_an_event_for_calendars():
    assert ics.file(EVENT, at=AT).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gongzhi//Meetings//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:00000000-0000-0000-0000-000000000007",
        "DTSTAMP:20260302T070000Z",
        "SEQUENCE:1",
        "DTSTART:20260302T070000Z",
        "DTEND:20260302T080000Z",
        "SUMMARY:吹哨报到\\; 260302\\, 路灯",
        "LOCATION:临水巷口\\\\1",
        "DESCRIPTION:第一行\\n第二行",
        "URL:https://example.org/meetings/7/",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=400))
def test_no_line_is_longer_than_75_octets_and_unfolded_it_is_whole(text):
    folded = ics.folded(text)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text


@given(st.text(max_size=200))
def test_no_text_ends_its_line(text):
    assert len(ics.escaped(text).splitlines()) <= 1


HOSTILE = "开会\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:别处;X=1,\\n"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=200))
@example(HOSTILE)
def test_an_outside_parser_reads_what_was_meant_and_one_event_only(text):
    event = replace(EVENT, summary=text, location=text, description=text)
    calendar = Calendar.from_ical(ics.file(event, at=AT))
    (found,) = calendar.walk("VEVENT")
    lines = "\n".join(text.splitlines())
    read = [str(found[name]) for name in ("SUMMARY", "LOCATION")]
    assert read == [lines, lines]
    assert (found.decoded("DTSTART"), str(found["UID"])) == (AT, str(EVENT.key))
    assert not calendar.errors
    assert not found.errors
