from __future__ import annotations

import json
import tracemalloc
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.exceptions import ValidationError
from xlsxwriter import Workbook

from gongzhi.tables import readers
from gongzhi.tables.fields import tables
from gongzhi.tables.readers import read_file
from gongzhi.tables.tests import make

HEAD = "id,text\n"


def rows(path, table="matters", encoding=""):
    sheet = read_file(path, tables()[table], encoding)
    return sheet.head, [(one.number, one.cells, one.fault) for one in sheet.lines]


def book(folder, lines, formula=""):
    path = folder / "file.xlsx"
    with Workbook(path) as made:
        page = made.add_worksheet()
        for n, line in enumerate(lines):
            page.write_row(n, 0, line)
        if formula:
            page.write_formula(len(lines), 0, formula)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_the_field(tmp_path, encoding):
    path = make.path(tmp_path, (HEAD + "1,路灯不亮了，晚上看不见\n").encode(encoding))
    assert rows(path) == (["id", "text"], [(2, ["1", "路灯不亮了，晚上看不见"], "")])


def test_a_named_encoding_is_taken_and_a_wrong_one_refused(tmp_path):
    path = make.path(tmp_path, (HEAD + "1,路燈不亮\n").encode("big5"))
    assert rows(path, encoding="big5")[1] == [(2, ["1", "路燈不亮"], "")]
    with pytest.raises(ValidationError, match="文件读不成文字：请选择保存时用的文字编码。"):
        rows(path, encoding="utf-8")


def test_columns_are_known_by_name_or_title_in_either_language(tmp_path):
    path = make.path(tmp_path, "自带编号,Text,反映人姓名\nA,灯坏了,王丽\n")
    assert rows(path)[0] == ["id", "text", "name"]


@pytest.mark.parametrize("name", sorted(tables()))
def test_no_two_columns_of_a_table_are_called_alike(name):
    called = [
        c for f in tables()[name].fields for c in {f.name.lower(), f.title.lower(), f.title_zh}
    ]
    assert sorted(called) == sorted(set(called))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "文件是空的：第一行要写列名。"),
        ("id,text,id\n1,a,2\n", "“id”这一列重复了。"),
        ("id,自带编号,text\n1,2,a\n", "“id”这一列重复了。"),
        ("id\n1\n", "文件中没有这些列：text。现有的列：id。"),
        ("id,text,color\n1,a,b\n", "这张表没有“color”这一列，请去掉；可用的列：id, text, "),
        ("id;text\n1;a\n", "请用逗号分列。"),
        ("id\ttext\n1\ta\n", "请用逗号分列。"),
        ("id,text,重点人员\n1,a,b\n", "“重点人”：事项类别只针对"),
        ("id,text,religion\n1,a,b\n", "“religion”"),
        (",".join(["id", "text", *map(str, range(300))]), "文件的列太多：302 列。"),
    ],
)
def test_a_head_that_is_not_the_tables_is_refused(tmp_path, content, said):
    with pytest.raises(ValidationError) as refused:
        rows(make.path(tmp_path, content))
    assert said in refused.value.messages[0]


def test_rows_keep_the_numbers_of_the_spreadsheet(tmp_path):
    path = make.path(tmp_path, HEAD + '1,a\n\n,\n2,"b\nc"\n3,d,e\n4\n')
    assert rows(path)[1] == [
        (2, ["1", "a"], ""),
        (5, ["2", "b\nc"], ""),
        (6, ["3", "d"], "这一行的格数比列数多。"),
        (7, ["4", ""], ""),
    ]


def test_a_workbook_is_read_with_its_numbers_and_days(tmp_path):
    from datetime import datetime

    path = tmp_path / "file.xlsx"
    with Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["id", "text", "received_at", "urgent"])
        page.write_row(1, 0, [7, "灯坏了", datetime(2026, 3, 1, 9, 30), True])  # noqa: DTZ001
    assert rows(path)[1] == [(2, ["7", "灯坏了", "2026-03-01 09:30:00", "True"], "")]


def test_a_workbook_with_formulas_is_refused(tmp_path):
    path = book(tmp_path, [["id", "text"]], '=HYPERLINK("x")')
    with pytest.raises(ValidationError, match="工作簿里有公式：请复制后只粘贴数值，再发送。"):
        rows(path)


def test_a_workbook_that_unpacks_too_large_is_refused_whatever_its_index_says(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(readers, "MOST_UNPACKED", 1 << 20)
    path = tmp_path / "file.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (2 << 20))
    assert path.stat().st_size < 10_000
    with pytest.raises(ValidationError, match="工作簿解开后超过 160 MB：请改用 CSV。"):
        rows(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"id,text\n"])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    with pytest.raises(ValidationError, match="这不是工作簿"):
        rows(make.path(tmp_path, content, "file.xlsx"))


def test_a_list_in_json_and_an_object_a_line_say_the_same(tmp_path):
    told = [{"id": 1, "text": "灯坏了", "urgent": True, "lat": None}, {"id": "b", "text": "坑"}]
    whole = make.path(tmp_path, json.dumps(told), "a.json")
    lines = make.path(tmp_path, "\n".join(map(json.dumps, told)), "a.jsonl")
    assert rows(whole) == rows(lines)
    head, found = rows(whole)
    assert [dict(zip(head, cells, strict=True))["urgent"] for _n, cells, _f in found] == [
        "true",
        "",
    ]


@pytest.mark.parametrize(
    "content",
    ["", "{}", "3", "[1]", "[[1]]", '[{"id": 1}', "\xff", "[" * 100_000, '{"a": 1}'],
)
def test_what_is_no_list_of_objects_is_refused(tmp_path, content):
    with pytest.raises(ValidationError, match="JSON"):
        rows(make.path(tmp_path, content.encode("latin-1"), "a.json"))


def test_an_object_with_other_names_or_deep_values_is_a_refused_row(tmp_path):
    told = [{"id": 1, "text": "a"}, {"id": 2, "text": "b", "x": 1}, {"id": 3, "text": ["c"]}]
    _head, found = rows(make.path(tmp_path, json.dumps(told), "a.json"))
    assert [fault for _n, _cells, fault in found] == [
        "",
        "“x”不是这张表的列，或者不是单个值。",
        "“text”不是这张表的列，或者不是单个值。",
    ]


def test_too_large_files_rows_and_other_sorts_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValidationError, match="请发送"):
        rows(make.path(tmp_path, HEAD, "a.exe"))
    monkeypatch.setattr(readers, "LONGEST_ROW", 10)
    path = make.path(tmp_path, HEAD + f"1,{'a' * 11}\n2,b\n")
    assert [fault for _n, _cells, fault in rows(path)[1]] == ["这一行太长。", ""]
    monkeypatch.setattr(readers, "MOST_ROWS", 1)
    with pytest.raises(ValidationError, match="文件超过 1 行：请分几份发送。"):
        rows(path)
    monkeypatch.setitem(readers.MOST, ".csv", 10)
    with pytest.raises(ValidationError, match="文件超过 0 MB"):
        rows(path)


def test_a_long_file_is_read_in_little_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(HEAD)
        file.writelines(f"{n},{'a' * 80}\n" for n in range(60_000))
    tracemalloc.start()
    n = sum(1 for _line in read_file(path, tables()["matters"]).lines)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n == 60_000
    assert peak < 3 << 20


def test_rows_of_a_workbook_keep_their_numbers_past_empty_ones(tmp_path):
    path = book(tmp_path, [["id", "text"], [], ["1", "a"], [], ["2", "b"]])
    assert [number for number, _cells, _fault in rows(path)[1]] == [3, 5]
    path = book(tmp_path, [[], ["id", "text"], ["1", "a"]])
    with pytest.raises(ValidationError, match="文件是空的：第一行要写列名。"):
        rows(path)
