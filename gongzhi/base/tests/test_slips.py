"""One QR code for everything that somebody keeps: it opens the follow page and fills in both."""

from __future__ import annotations

import segno

from gongzhi.base.slips import follow, qr
from gongzhi.base.templatetags.slips import slip_qr

NUMBER, CODE = "260302-001-482913-N", "ABCD-EFGH-JKMN"


def test_it_holds_the_address_of_the_follow_page_and_keeps_the_code_from_every_log(settings):
    settings.ORIGIN = "https://gongzhi.example.org"
    said = "https://gongzhi.example.org/follow/?number=260302-001-482913-N"
    assert follow(NUMBER) == said
    assert qr(NUMBER, CODE) == segno.make(f"{said}#{CODE}", error="m", micro=False)


def test_without_a_code_there_is_none():
    assert slip_qr(NUMBER, "") == ""
    assert slip_qr(NUMBER, CODE).startswith("data:image/svg+xml")
