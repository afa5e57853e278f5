from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.advice.masking import mask

KNOWN = ["王小明", "138 0013 8000", "ming@example.org"]


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("电话138-0013-8000，或者 0991 8888123", "电话〔号码〕，或者 〔号码〕"),
        ("１３８００１３８０００，一三八零零一三八零零零", "〔号码〕，〔号码〕"),
        ("138\u200b0013\u200b8000", "〔号码〕"),
        ("身份证11010119900307888X", "身份证〔号码〕"),
        ("邮箱zhang.san@example.com请回复", "邮箱〔邮箱〕请回复"),
        ("微信号：abc_123，QQ 54321", "微信〔号码〕，〔号码〕"),
        ("见 https://example.org/?id=3 。", "见 〔网址〕 。"),
        ("一辆京A·12345和苏e12b45", "一辆〔车牌〕和〔车牌〕"),
        ("住在幸福路12号3栋2单元501室", "住在幸福路〔门牌〕"),
        ("幸福小区12-3-501漏水，三单元也漏", "幸福小区〔门牌〕漏水，〔门牌〕也漏"),
        ("I live at 12 Bridge Road, Flat 3", "I live at 〔门牌〕 Bridge Road, 〔门牌〕"),
        ("tel +86 (138) 0013 8000", "tel 〔号码〕"),
        ("我叫李雷，联系人：韩梅梅", "我叫〔姓名〕，联系人〔姓名〕"),
        ("My name is Han Meimei, please", "My name is 〔姓名〕, please"),
        ("王小明、小明、王先生和王某", "〔姓名〕、〔姓名〕、〔姓名〕和〔姓名〕"),
    ],
)
def test_what_tells_who_somebody_is_is_masked(told, left):
    assert mask(told, KNOWN) == left


@pytest.mark.parametrize(
    "told",
    [
        "2026-03-02 12:30，人民路8号线站口第3号灯杆不亮，5楼的电梯也停了。",
        "按《条例》第15条，物业费1200元，12345热线。",
        "The lamp at the corner of Bridge Road has been out since 2 March 2026.",
    ],
)
def test_what_the_matter_is_about_stays(told):
    assert mask(told, KNOWN) == told


def test_a_name_in_letters_is_masked_in_its_parts_and_no_part_of_a_word():
    told = "WANG called; Xiaoming Wang too; he wanged."
    assert mask(told, ["Wang Xiaoming"]) == "〔姓名〕 called; 〔姓名〕 〔姓名〕 too; he wanged."


@settings(max_examples=30)
@given(st.text(), st.lists(st.text(), max_size=3), st.from_regex(r"\A1[3-9]\d{9}\Z"), st.text())
def test_no_telephone_comes_through_whatever_stands_around_it(before, known, phone, after):
    assert phone not in mask(f"{before} {phone} {after}", known)
