"""Answers written for these tests, each with what somebody who reads it misses in it."""

from __future__ import annotations

import csv
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.advice.answers import Lacks, lacking

LAMP = "柳岸路口的路灯不亮了\n晚上很黑，老人出门不方便。请问什么时候能修好？"
NOISE = "夜市音响太吵\n青石街夜市每晚放音响到凌晨，多次打电话没人管，希望控制音量。"
SCHOOL = "咨询转学手续\n孩子在外地读三年级，下学期想转到区里的小学，请问需要哪些材料？户口不在本区能否办理？"
BIN = "Bins on Mill Lane are overflowing. When will they be emptied? Rats come at night."


def missed(asked, answer, ground=""):
    """Return which of the hints speak."""
    lacks = lacking(answer, asked, ground)
    return {name for name in Lacks.__slots__ if getattr(lacks, name)}


@pytest.mark.parametrize(
    ("asked", "answer", "misses"),
    [
        (LAMP, "您好！3月2日我所到柳岸路口查看，是路灯电缆老化，当天已更换，晚上恢复照明。", set()),
        (LAMP, "路灯是电缆断了。已向厂家订购配件，预计下周五前修好柳岸路口全部路灯。", {"ground"}),
        (LAMP, "经现场查看，柳岸路口路灯的灯头损坏，我们会尽快更换。", {"when"}),
        (LAMP, "您好，您的留言已收悉，已转交相关单位办理，感谢您的支持！", {"words", "done", "ground", "when"}),
        (LAMP, "网友您好！您反映的柳岸路口路灯不亮的问题已收悉，现回复如下：我局高度重视，已转市政所。2026年3月2日", {"words", "done", "ground", "when"}),
        (LAMP, "经查，公园门口的树木已于3月1日修剪。", {"words"}),
        (LAMP, "已收悉", {"words", "done", "ground", "when"}),
        (NOISE, "执法队3月1日晚到青石街夜市检查，测得音响65分贝，超过标准，已责令摊主把音量调到限值以下。", set()),
        (NOISE, "根据《噪声污染防治法》第六十四条，我局已责令青石街夜市停用音响。", {"when"}),
        (NOISE, "已约谈夜市管理方，每晚22点后一律关闭音响，3月底前复查。", {"ground"}),
        (NOISE, "噪音问题一直是我们工作的重点，感谢理解。", {"words", "done", "ground", "when"}),
        (NOISE, "您好，夜市的音响属于生活噪声，请拨打社区电话。2026年3月5日", {"ground", "when"}),
        (SCHOOL, "按《中小学学籍管理办法》第十二条，转学需带户口簿、学籍证明到接收小学办理；户口不在本区的，还要居住证。8月20日至25日受理。", set()),
        (SCHOOL, "建议您直接向教育局咨询。", {"words", "questions", "ground", "when"}),
        (SCHOOL, "转学手续请在每学期开学前两周内到小学办理，材料见区教育网公布的办事规定。", {"ground"}),
        (BIN, "We inspected Mill Lane on 2 March, emptied all bins the same day and ordered two more collections a week.", set()),
        (BIN, "The bins on Mill Lane will be emptied soon.", {"ground", "when"}),
        (BIN, "Thank you. We have passed it on to the contractor.", {"words", "done", "ground", "when"}),
        (BIN, "Under section 45 of the Act bins are emptied weekly; on Mill Lane it was missed on Monday and done today.", set()),
        (BIN, "The swimming pool is closed until Friday according to the maintenance plan.", {"words"}),
        (LAMP, "We inspected the lamp on Monday and replaced the cable.", set()),  # another language
        (BIN, "3月2日已到现场清运垃圾桶。", set()),
    ],
)  # fmt: skip
def test_what_a_reader_misses_is_hinted_at(asked, answer, misses):
    assert missed(asked, answer) == misses


def test_the_questions_that_no_word_takes_up_are_named():
    lacks = lacking("转学需要学籍证明等材料，8月20日起到小学提交。", SCHOOL)
    assert lacks.questions == ("户口不在本区能否办理？",)
    many = "。".join(f"第{n}栋电梯何时更换" for n in "甲乙丙丁戊")
    assert len(lacking("已收悉", many).questions) <= 3
    assert lacking("已收悉", "难道路灯坏了就没人管吗？").questions == ()


def test_a_ground_that_stands_beside_the_answer_is_one():
    said = "路灯已于今天修好，柳岸路口恢复照明。"
    assert missed(LAMP, said) == {"ground"}
    assert missed(LAMP, said, "《城市照明管理规定》") == set()


@pytest.mark.parametrize("said", ["", "  \n", "\u3000"])
def test_before_anything_is_written_nothing_is_said(said):
    assert not lacking(said, LAMP)


TEXTS = st.one_of(st.text(max_size=200), st.text("路灯经查3月日2。？，已转复:如下 a", max_size=200))


@given(answer=TEXTS, asked=TEXTS, ground=st.text(max_size=20))
def test_whatever_is_written_is_read_and_a_word_more_takes_no_done_away(answer, asked, ground):
    lacks = lacking(answer, asked, ground)
    assert len(lacks.questions) <= 3
    if answer.strip():
        more = lacking(answer + "\n3月2日经现场查看，已修复。\n好", asked, ground)
        assert not any((more.done, more.ground, more.when))


@pytest.mark.parametrize(
    "unit",
    [
        "路",
        "灯\n",
        "3月",
        "经据",
        "根据",
        "如下",
        "请问？",
        "1 ",
        "a ",
        "😀",
        "\ud800",
        "如何办" * 9 + "。",
    ],
)
def test_a_hundred_thousand_characters_are_read_in_a_moment(unit):
    long = (unit * 100_000)[:99_999] + "完"
    begun = process_time()
    lacking(long, long)
    assert process_time() - begun < 2


def test_real_answers_take_up_what_was_asked_more_than_answers_to_others(shared):
    with shared("messages/replies_2816.csv").open(encoding="utf-8", newline="") as file:
        rows = Random(7).sample(list(csv.DictReader(file)), 400)
    asked = [f"{row['title']}\n{row['text']}" for row in rows]
    own = sum(lacking(row["reply"], one).words for row, one in zip(rows, asked, strict=True))
    others = [*asked[1:], asked[0]]
    wrong = sum(lacking(row["reply"], one).words for row, one in zip(rows, others, strict=True))
    assert own < 0.25 * len(rows)
    assert wrong > 0.6 * len(rows)
