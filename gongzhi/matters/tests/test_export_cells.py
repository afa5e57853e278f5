from __future__ import annotations

import csv

from hypothesis import example, given
from hypothesis import strategies as st

from gongzhi.matters.pages.export import END, plain, quoted


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2))
@example(["供水，排水", 'the "old" market, east', "=cmd()", "two\r\nlines"])
def test_a_line_of_quoted_cells_reads_back_as_it_was_written(names):
    line = ",".join(map(quoted, names)) + END
    assert list(csv.reader([line], strict=True)) == [[plain(name) for name in names]]
