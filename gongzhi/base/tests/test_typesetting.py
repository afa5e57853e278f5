from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from gongzhi.base.typesetting import Section, Sheet, Table, pdf

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def sheet(*sections: Section, **parts) -> Sheet:
    usual = {"title": "回执", "number": "260302-001-374465-R", "pages": "第 {} 页，共 {} 页"}
    return Sheet(**(usual | {"language": "zh"} | parts), sections=sections)


def text(made: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_written_becomes_paper(words):
    assert pdf(sheet(Section("", words)), NOON).startswith(b"%PDF")


def test_characters_of_chinese_are_found_again_in_the_paper():
    assert "晚上很黑，老人摔倒过。" in text(
        pdf(sheet(Section("诉求", "晚上很黑，老人摔倒过。")), NOON)
    )


def test_a_long_table_goes_over_pages_that_are_numbered():
    rows = [(f"第 {n} 行", "办理") for n in range(200)]
    made = pdf(sheet(Section("经过", table=Table(("一", "二"), rows, (1, 1)))), NOON)
    pages = PdfReader(BytesIO(made)).pages
    assert len(pages) > 3
    assert f"共{len(pages)}页" in pages[1].extract_text().replace(" ", "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_sheet_is_the_same_paper(language):
    one = sheet(Section("", "灯已修好。"), language=language)
    assert pdf(one, NOON) == pdf(one, NOON)
