from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from gongzhi.accounts.actions import found
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.deadlines.models import Calendar
from gongzhi.matters.actions.catalogue import seed_catalogue
from gongzhi.matters.actions.duties import list_duty
from gongzhi.matters.actions.importing import import_messages
from gongzhi.matters.models import Answer, Matter
from gongzhi.matters.readers import columns, read_rows
from gongzhi.matters.states import State
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
HEAD = "编号,主题,时间,详情,答复,答复时间\n"
GOOD = "7,路灯,2025-04-25 09:32:09,路口的路灯不亮了,已修好,2025-05-09 10:02:08\n"
MAP = "id=编号,title=主题,time=时间,text=详情,reply=答复,reply_time=答复时间"


@pytest.fixture
def town():
    made = make.town()
    seed_catalogue(by=SYSTEM, at=AT)
    found(
        code="governance_center",
        duty="governance_center",
        name_zh="综治中心",
        name_en="Governance centre",
        place=made.district,
        calendar=Calendar.objects.get(),
        by=SYSTEM,
        at=AT,
    )
    return made


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "messages.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


def load(path: Path, **says):
    return import_messages(read_rows(path, columns(MAP)), source="t", by=SYSTEM, at=AT, **says)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_message_is_received_and_answered_at_its_true_times(town, file, encoding):
    made = load(file(HEAD + GOOD, encoding))

    matter = Matter.objects.get()
    assert (made.n_received, made.refused) == (1, [])
    assert (matter.state, matter.channel) == (State.CLOSED, "file")
    assert matter.received_at == datetime(2025, 4, 25, 1, 32, 9, tzinfo=UTC)
    assert matter.answered_at == datetime(2025, 5, 9, 2, 2, 8, tzinfo=UTC)
    assert Answer.objects.get().text == "已修好"
    assert matter.kind_code == "street_light"
    assert broken(matter.pk) == []
    assert made.median_days() == pytest.approx(14.0208, abs=0.001)


def test_a_message_goes_to_the_office_that_the_duty_list_names(town, file):
    list_duty(
        kind_code="street_light",
        place=town.district,
        level=town.district.level,
        lead=town.roads,
        listed_on=date(2026, 1, 1),
        by=SYSTEM,
        at=AT,
    )
    load(file(HEAD + GOOD))
    assert Matter.objects.get().office == town.roads


def test_the_same_file_again_adds_nothing(town, file):
    load(file(HEAD + GOOD))
    again = load(file(HEAD + GOOD + GOOD.replace("7,", "8,")))
    assert (again.n_received, again.n_known, Matter.objects.count()) == (1, 1, 2)


def test_a_dry_run_stores_nothing(town, file):
    before = Entry.objects.count()
    made = load(file(HEAD + GOOD), dry_run=True)
    assert (made.n_received, Matter.objects.count(), Entry.objects.count()) == (1, 0, before)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("7,路灯,昨天,坏了,,\n", "昨天"),
        ("7,路灯,2036-04-25 09:32:09,坏了,,\n", "将来"),
        ("7,路灯,2025-04-25 09:32:09,,,\n", "请简单写几句|几句"),
        ("7,路灯,2025-04-25 09:32:09,坏了,好了,2024-01-01 00:00:00\n", "早于"),
        (f"7,路灯,2025-04-25 09:32:09,{'长' * 6000},,\n", "5000"),
    ],
)
def test_a_bad_row_is_refused_with_its_number_and_the_rest_is_taken(town, file, row, why):
    made = load(file(HEAD + GOOD + row.replace("7,", "8,", 1)))
    assert made.n_received == Matter.objects.count() == 1
    (refusal,) = made.refused
    assert refusal.number == 3
    assert any(part in refusal.sentence for part in why.split("|"))


def test_a_missing_column_is_named_and_nothing_is_read(town, file):
    with pytest.raises(ValidationError, match="答复时间"):
        load(file(HEAD.replace("答复时间", "别的") + GOOD))


def test_a_wrong_encoding_is_said_in_a_sentence(town, file):
    path = file(HEAD + GOOD, "gb18030")
    with pytest.raises(ValidationError, match="utf-8"):
        list(read_rows(path, columns(MAP), encoding="utf-8"))


@pytest.mark.parametrize("mapped", ["when=时间", "time", "time="])
def test_a_map_that_says_nothing_is_refused(mapped):
    with pytest.raises(ValidationError):
        columns(mapped)


def test_a_formula_is_words_and_nothing_else(town, file):
    load(file(HEAD + GOOD.replace("路口的路灯不亮了", "=cmd|' /C calc'!A0 路灯")))
    assert Matter.objects.get().text.endswith("=cmd|' /C calc'!A0 路灯")


def test_a_workbook_is_read_like_a_file_of_commas(town, tmp_path):
    path = tmp_path / "messages.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("留言")
        for n, line in enumerate((HEAD, GOOD)):
            sheet.write_row(n, 0, line.strip().split(","))
    assert load(path).n_received == 1


def test_without_a_district_the_command_says_what_to_do(file):
    with pytest.raises(CommandError):
        call_command("import", "messages", str(file(HEAD + GOOD)), map=MAP)


def test_real_messages_walk_the_whole_loop_and_the_figures_come_out(town, shared):
    """11.2 days and 61.5 %: the README of the data, which nobody of this project wrote."""
    path = shared("messages/replies_2816.csv")
    out, err = StringIO(), StringIO()
    call_command("import", "messages", str(path), stdout=out, stderr=err)

    lines = out.getvalue().splitlines()
    assert err.getvalue() == ""
    assert "2816" in lines[0]
    assert "11.2" in lines[1]
    assert "61.5" in lines[1]
    assert Matter.objects.filter(state=State.CLOSED).count() == 2816
    assert [broken(pk) for pk in Matter.objects.values_list("pk", flat=True)[:20]] == [[]] * 20
