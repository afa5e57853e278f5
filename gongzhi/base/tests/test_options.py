from __future__ import annotations

from gongzhi.base.templatetags.options import options


def test_options_are_drawn_with_the_chosen_one_and_in_groups():
    drawn = options([("a", "甲"), ("组", {"b": "乙", "c": "丙"})], "b")

    assert drawn == (
        '<option value="a">甲</option>'
        '<optgroup label="组"><option value="b" selected>乙</option>'
        '<option value="c">丙</option></optgroup>'
    )


def test_a_label_cannot_break_out_of_its_option():
    assert options([('"', "<b>")]) == '<option value="&quot;">&lt;b&gt;</option>'


def test_nothing_is_chosen_where_nothing_was():
    assert options([("", "全部"), ("a", "甲")], "") == (
        '<option value="" selected>全部</option><option value="a">甲</option>'
    )
