from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.meetings import ics

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
