"""A telephone that hears and sees: a note that is spoken, the code on a label, kinds without network."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import segno
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.telephones import PATIENCE_MS, without_network

PRETENDED = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
WIDE, HIGH = 640, 480


def film(said: str, file: Path) -> Path:
    """Write what a camera sees that is held over a label: one picture, as YUV4MPEG2."""
    matrix = segno.make(said, error="m").matrix
    side = len(matrix)
    scale = (HIGH - 80) // side
    left, top = (WIDE - side * scale) // 2, (HIGH - side * scale) // 2
    light = bytearray(b"\xd0" * (WIDE * HIGH))
    for y, row in enumerate(matrix):
        dark = b"".join((b"\x20" if cell else b"\xd0") * scale for cell in row)
        for line in range(top + y * scale, top + (y + 1) * scale):
            light[line * WIDE + left : line * WIDE + left + len(dark)] = dark
    grey = b"\x80" * (WIDE * HIGH // 2)
    head = f"YUV4MPEG2 W{WIDE} H{HIGH} F5:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + (b"FRAME\n" + light + grey) * 2)
    return file


def kept(town, query: str, *values: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(f"file:{town.folder / 'gongzhi.sqlite3'}?mode=ro", uri=True) as database:
        return database.execute(query, values).fetchall()


def test_what_is_spoken_goes_along_as_a_recording(telephone, town):
    worker = telephone(*PRETENDED)
    worker.signs_in()
    worker.goes("/field/report/")
    page, text = worker.page, "听得见井盖响"
    Person.wrote.add(text)
    photos = page.locator("[data-photos]").first
    photos.get_by_role("button", name="用说的").click()
    expect(photos.get_by_role("button", name="停止")).to_contain_text("0:02", timeout=PATIENCE_MS)
    photos.get_by_role("button", name="停止").click()
    expect(photos.locator("[data-previews] audio")).to_have_count(1)
    page.locator("[name=text]").fill(text)
    page.locator("form[data-act] button[type=submit]").click()
    page.wait_for_url("**/field/report/*/")
    rows = kept(
        town,
        "SELECT a.sort, a.file FROM matters_attachment a JOIN matters_matter m ON m.id = a.matter_id"
        " WHERE m.text = ?",
        text,
    )
    assert [(sort, Path(file).suffix) for sort, file in rows] == [("recording", ".mp3")]


def test_a_label_is_read_and_kinds_are_suggested_without_network(telephone, town, tmp_path):
    label = film(f"{town.address}/raise/?place={town.community}", tmp_path / "label.y4m")
    worker = telephone(*PRETENDED, f"--use-file-for-fake-video-capture={label}")
    worker.signs_in()
    page, text = worker.page, "路灯不亮，扫码上报"
    Person.wrote.add(text)
    with without_network(town):
        worker.goes("/field/report/")
        page.locator("[name=text]").fill(text)
        expect(page.locator("[data-chips] [data-kind]").first).to_have_attribute(
            "data-kind", town.kind, timeout=PATIENCE_MS
        )
        page.get_by_role("button", name="扫码").click()
        expect(page.locator("[name=code]")).to_have_value(
            f"{town.address}/raise/?place={town.community}", timeout=PATIENCE_MS
        )
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.locator("form[data-act] button[type=submit]").click()
        page.wait_for_url("**/offline/")
    worker.syncs()
    worker.all_arrived()
    rows = kept(
        town,
        "SELECT p.code FROM matters_matter m JOIN places_place p ON p.id = m.place_id"
        " WHERE m.text = ?",
        text,
    )
    assert rows == [(town.community,)]


@pytest.mark.parametrize("name", ["用说的", "扫码"])
def test_a_refused_device_is_told_and_words_can_be_typed(telephone, name):
    worker = telephone("--deny-permission-prompts")
    worker.signs_in()
    worker.goes("/field/report/")
    worker.page.get_by_role("button", name=name).first.click()
    expect(worker.page.locator("#messages .notice--warning")).to_contain_text("浏览器设置")
