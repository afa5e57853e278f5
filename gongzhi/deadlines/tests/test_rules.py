"""One worked example for each rule that runs a clock, by hand from the calendar.

2026: the Spring Festival is 15-23 February, with 14 and 28 February worked; 4-6 April, 1-5 May (with
9 May worked), 25-27 September and 1-7 October (with 20 September and 10 October worked) are off.
"""

from __future__ import annotations

import pytest

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines import actions
from gongzhi.deadlines.clocks import Course, Pause, Refused, due, dues, limit_of
from gongzhi.deadlines.models import Rule, Verified
from gongzhi.deadlines.readers import seeded_rules
from gongzhi.deadlines.tests.make import china, local

CHINA = china()
RULES = {facts["code"]: Rule(**facts) for facts in seeded_rules()}


def ends(code: str, *start: int) -> str:
    """When the limit of a rule is over that started then."""
    return f"{due(local(*start), RULES[code].limit, CHINA).at:%Y-%m-%d %H:%M}"


def more(code: str, *start: int) -> list[str]:
    """When it is over, and when after all the time that may be added."""
    rule = RULES[code]
    extension = limit_of(rule.more_value or 0, rule.more_unit)
    course = Course(local(*start), rule.limit, extensions=[extension])
    return [f"{one.at:%Y-%m-%d}" for one in dues(course, CHINA)]


def test_petition_forward():
    """信访工作条例(2022) 22: 15 calendar days; the Spring Festival lies inside and counts."""
    assert ends("petition.forward", 2026, 2, 10, 10) == "2026-02-25 23:59"


def test_petition_notify():
    """信访工作条例(2022) 23: 15 calendar days; the last day, 1 October, is a holiday: the 8th."""
    assert ends("petition.notify", 2026, 9, 16, 16) == "2026-10-08 23:59"


def test_petition_notify_forwarded():
    """信访工作条例(2022) 23: 15 calendar days; the 16th."""
    assert ends("petition.notify.forwarded", 2026, 4, 1, 10) == "2026-04-16 23:59"


def test_petition_objection():
    """信访工作条例(2022) 23: 5 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts."""
    assert ends("petition.objection", 2026, 2, 10, 10) == "2026-02-24 17:30"


def test_petition_handle():
    """信访工作条例(2022) 34: 60 calendar days; the last day, 11 April, is a Saturday: Monday."""
    assert ends("petition.handle", 2026, 2, 10, 10) == "2026-04-13 23:59"


def test_petition_review_apply():
    """信访工作条例(2022) 35: 30 calendar days; the last day, 1 May, is a holiday: the 6th."""
    assert ends("petition.review.apply", 2026, 4, 1, 10) == "2026-05-06 23:59"


def test_petition_review_decide():
    """信访工作条例(2022) 35: 30 calendar days; 12 March."""
    assert ends("petition.review.decide", 2026, 2, 10, 10) == "2026-03-12 23:59"


def test_petition_recheck_apply():
    """信访工作条例(2022) 36: 30 calendar days; 16 October."""
    assert ends("petition.recheck.apply", 2026, 9, 16, 16) == "2026-10-16 23:59"


def test_petition_recheck_decide():
    """信访工作条例(2022) 36: 30 calendar days; the last day, 1 May, is a holiday: the 6th."""
    assert ends("petition.recheck.decide", 2026, 4, 1, 10) == "2026-05-06 23:59"


def test_mediation_judicial_confirm_apply():
    """人民调解法 33；民事诉讼法 205: 30 calendar days; the 30th day, 12 March, is the last on which to apply."""
    assert ends("mediation.judicial_confirm.apply", 2026, 2, 10, 10) == "2026-03-12 23:59"


def test_mediation_judicial_confirm_accept():
    """法释〔2011〕5号 4: 3 calendar days; the last day, 4 April, is a holiday: the 7th."""
    assert ends("mediation.judicial_confirm.accept", 2026, 4, 1, 10) == "2026-04-07 23:59"


def test_mediation_judicial_confirm_decide():
    """法释〔2011〕5号 5: 15 calendar days; the last day, 1 October, is a holiday: the 8th."""
    assert ends("mediation.judicial_confirm.decide", 2026, 9, 16, 16) == "2026-10-08 23:59"


def test_mediation_term_sz():
    """深圳经济特区矛盾纠纷多元化解条例 25: 30 calendar days; the last day, 1 May, is a holiday: the 6th."""
    assert ends("mediation.term.sz", 2026, 4, 1, 10) == "2026-05-06 23:59"


def test_mediation_term_nb():
    """宁波市人民调解条例 27: 1 month; a month to the day."""
    assert ends("mediation.term.nb", 2026, 2, 10, 10) == "2026-03-10 23:59"


def test_admin_mediation_accept_sz():
    """深圳经济特区矛盾纠纷多元化解条例 46: 5 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts."""
    assert ends("admin_mediation.accept.sz", 2026, 2, 10, 10) == "2026-02-24 17:30"


def test_admin_mediation_accept_complex_sz():
    """深圳经济特区矛盾纠纷多元化解条例 46: 10 work days; the make-up Sunday of 20 September counts, 25 September does not."""
    assert ends("admin_mediation.accept.complex.sz", 2026, 9, 16, 16) == "2026-09-30 17:30"


def test_admin_mediation_transfer_sz():
    """深圳经济特区矛盾纠纷多元化解条例 45: 3 work days; the third work day is the make-up Sunday."""
    assert ends("admin_mediation.transfer.sz", 2026, 9, 16, 16) == "2026-09-20 17:30"


def test_labour_mediation():
    """劳动争议调解仲裁法 14: 15 calendar days; the Spring Festival lies inside and counts."""
    assert ends("labour_mediation", 2026, 2, 10, 10) == "2026-02-25 23:59"


def test_reconsider_apply():
    """行政复议法(2023) 20: 60 calendar days; the last day, 11 April, is a Saturday: Monday."""
    assert ends("reconsider.apply", 2026, 2, 10, 10) == "2026-04-13 23:59"


def test_reconsider_review():
    """行政复议法(2023) 30、88: 5 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts."""
    assert ends("reconsider.review", 2026, 2, 10, 10) == "2026-02-24 17:30"


def test_reconsider_decide():
    """行政复议法(2023) 62: 60 calendar days; the last day, 31 May, is a Sunday: Monday."""
    assert ends("reconsider.decide", 2026, 4, 1, 10) == "2026-06-01 23:59"


def test_reconsider_decide_simple():
    """行政复议法(2023) 62: 30 calendar days; 12 March."""
    assert ends("reconsider.decide.simple", 2026, 2, 10, 10) == "2026-03-12 23:59"


def test_foi_reply():
    """政府信息公开条例(2019) 33: 20 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts, so does 28 February."""
    assert ends("foi.reply", 2026, 2, 10, 10) == "2026-03-16 17:30"


def test_foi_proactive():
    """政府信息公开条例(2019) 26: 20 work days; the National Day is skipped, the make-up days count."""
    assert ends("foi.proactive", 2026, 9, 16, 16) == "2026-10-20 17:30"


def test_foi_correction():
    """政府信息公开条例(2019) 30: 7 work days; 6 April is a holiday."""
    assert ends("foi.correction", 2026, 4, 1, 10) == "2026-04-13 17:30"


def test_foi_third_party():
    """政府信息公开条例(2019) 32: 15 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts, so does 28 February."""
    assert ends("foi.third_party", 2026, 2, 10, 10) == "2026-03-09 17:30"


def test_foi_joint():
    """政府信息公开条例(2019) 34: 15 work days; 6 April is a holiday."""
    assert ends("foi.joint", 2026, 4, 1, 10) == "2026-04-23 17:30"


def test_decision_public_comment():
    """重大行政决策程序暂行条例 15: 30 calendar days; a minimum does not roll: it is open through 1 May."""
    assert ends("decision.public_comment", 2026, 4, 1, 10) == "2026-05-01 23:59"


def test_decision_hearing_material():
    """重大行政决策程序暂行条例 16: 7 calendar days; seven days before the hearing of 1 April."""
    assert ends("decision.hearing_material", 2026, 4, 1, 10) == "2026-03-25 23:59"


def test_decision_legality():
    """重大行政决策程序暂行条例 26: 7 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts."""
    assert ends("decision.legality", 2026, 2, 10, 10) == "2026-02-26 17:30"


def test_residents_meeting_notice():
    """城市居民委员会组织法(2025修订) 26: 10 calendar days; ten days before the meeting of 1 April."""
    assert ends("residents_meeting.notice", 2026, 4, 1, 10) == "2026-03-22 23:59"


def test_residents_affairs_publish():
    """城市居民委员会组织法(2025修订) 34: 15 calendar days; a minimum does not roll: up through 1 October."""
    assert ends("residents_affairs.publish", 2026, 9, 16, 16) == "2026-10-01 23:59"


def test_villagers_affairs_publish():
    """村民委员会组织法(2025修正) 35: 15 calendar days; up through 25 February."""
    assert ends("villagers_affairs.publish", 2026, 2, 10, 10) == "2026-02-25 23:59"


def test_hotline_weifang():
    """潍坊市12345政务服务便民热线条例 20: 5 work days; the Spring Festival is skipped, the make-up Saturday of 14 February counts."""
    assert ends("hotline.weifang", 2026, 2, 10, 10) == "2026-02-24 17:30"


def test_hotline_jinan():
    """济南市12345市民服务热线条例 24: 5 work days; the make-up Sunday of 20 September counts."""
    assert ends("hotline.jinan", 2026, 9, 16, 16) == "2026-09-22 17:30"


def test_accident_unit():
    """生产安全事故报告和调查处理条例 9: 1 hour; one hour, office hours or not."""
    assert ends("accident.unit", 2026, 9, 16, 16) == "2026-09-16 17:00"


def test_accident_level():
    """生产安全事故报告和调查处理条例 11: 2 hours; two hours, office hours or not."""
    assert ends("accident.level", 2026, 9, 16, 16) == "2026-09-16 18:00"


def test_accident_supplement():
    """生产安全事故报告和调查处理条例 13: 30 calendar days; a span of days that does not roll: through 1 May."""
    assert ends("accident.supplement", 2026, 4, 1, 10) == "2026-05-01 23:59"


def test_accident_supplement_fire():
    """生产安全事故报告和调查处理条例 13: 7 calendar days; a span of days that does not roll: 17 February lies in the festival."""
    assert ends("accident.supplement.fire", 2026, 2, 10, 10) == "2026-02-17 23:59"


def test_accident_report():
    """生产安全事故报告和调查处理条例 29: 60 calendar days; the last day, 15 November, is a Sunday: Monday."""
    assert ends("accident.report", 2026, 9, 16, 16) == "2026-11-16 23:59"


def test_video_retain():
    """公共安全视频图像信息系统管理条例(2025) 17: 30 calendar days; a minimum does not roll: kept through 1 May."""
    assert ends("video.retain", 2026, 4, 1, 10) == "2026-05-01 23:59"


def test_pipl_impact_record():
    """个人信息保护法 56: 3 years; three years, kept through that Saturday."""
    assert ends("pipl.impact_record", 2026, 2, 10, 10) == "2029-02-10 23:59"


def test_csl_log_retention():
    """网络安全法(2025修正) 23: 6 months; six months, kept through the National Day."""
    assert ends("csl.log_retention", 2026, 4, 1, 10) == "2026-10-01 23:59"


def test_inspection_recheck_apply():
    """政府督查工作条例 17: 30 calendar days; the last day, 1 May, is a holiday: the 6th."""
    assert ends("inspection.recheck.apply", 2026, 4, 1, 10) == "2026-05-06 23:59"


def test_inspection_recheck_decide():
    """政府督查工作条例 17: 30 calendar days; 16 October."""
    assert ends("inspection.recheck.decide", 2026, 9, 16, 16) == "2026-10-16 23:59"


def test_land_arbitration():
    """农村土地承包经营纠纷调解仲裁法 47: 60 calendar days; the last day, 11 April, is a Saturday: Monday."""
    assert ends("land_arbitration", 2026, 2, 10, 10) == "2026-04-13 23:59"


# --- With all the time that may be added.


def test_a_petition_with_its_extension():
    """信访工作条例(2022) 34: received 2026-02-10, 60 days to Monday 13 April, and 30 more."""
    assert more("petition.handle", 2026, 2, 10) == ["2026-04-13", "2026-05-13"]


def test_information_with_its_extension():
    """政府信息公开条例(2019) 33: 20 work days, and 20 more; 1-5 May is off, 9 May is worked."""
    assert more("foi.reply", 2026, 2, 10) == ["2026-03-16", "2026-04-14"]


def test_judicial_confirmation_with_its_extension():
    """法释〔2011〕5号 5: 15 days, and 10 more; 26 April is a Sunday."""
    assert more("mediation.judicial_confirm.decide", 2026, 4, 1) == ["2026-04-16", "2026-04-27"]


def test_a_reconsideration_with_its_extension():
    """行政复议法(2023) 62: 60 days, and 30 more."""
    assert more("reconsider.decide", 2026, 2, 10) == ["2026-04-13", "2026-05-13"]


def test_an_accident_report_with_its_extension():
    """生产安全事故报告和调查处理条例 29: 60 days, and 60 more."""
    assert more("accident.report", 2026, 2, 10) == ["2026-04-13", "2026-06-12"]


def test_land_arbitration_with_its_extension():
    """农村土地承包经营纠纷调解仲裁法 47: 60 days, and 30 more."""
    assert more("land_arbitration", 2026, 2, 10) == ["2026-04-13", "2026-05-13"]


# --- With time that is not counted.


def test_mediation_term_national():
    """人民调解工作若干规定(司法部令第75号) 33: 30 calendar days; the last day, 1 May, is a holiday: the 6th."""
    assert ends("mediation.term.national", 2026, 4, 1, 10) == "2026-05-06 23:59"


def test_hotline_bj_emergency():
    """北京市12345热线服务与管理规范(征求意见稿): 2 hours around the clock: past the end of the office day."""
    assert ends("hotline.bj.emergency", 2026, 9, 16, 16) == "2026-09-16 18:00"


def test_hotline_bj_utility():
    """北京市12345热线服务与管理规范(征求意见稿): 24 hours around the clock."""
    assert ends("hotline.bj.utility", 2026, 4, 1, 10) == "2026-04-02 10:00"


def test_hotline_bj_normal():
    """北京市12345热线服务与管理规范(征求意见稿): 7 calendar days; the last day, 17 February, is a holiday: the 24th."""
    assert ends("hotline.bj.normal", 2026, 2, 10, 10) == "2026-02-24 23:59"


def test_hotline_bj_complex():
    """北京市12345热线服务与管理规范(征求意见稿): 15 calendar days; the last day, 1 October, is a holiday: the 8th."""
    assert ends("hotline.bj.complex", 2026, 9, 16, 16) == "2026-10-08 23:59"


def test_center_dongzhi_simple():
    """东至县综治中心做法: 1 calendar day; the next."""
    assert ends("center.dongzhi.simple", 2026, 4, 1, 10) == "2026-04-02 23:59"


def test_center_dongzhi_normal():
    """东至县综治中心做法: 7 calendar days; 8 April, a Wednesday."""
    assert ends("center.dongzhi.normal", 2026, 4, 1, 10) == "2026-04-08 23:59"


def test_center_dongzhi_complex():
    """东至县综治中心做法: 20 calendar days; February has 28: 2 March."""
    assert ends("center.dongzhi.complex", 2026, 2, 10, 10) == "2026-03-02 23:59"


def test_hazard_listed_qd():
    """青岛市安全隐患“3+X”挂牌督办(2012): 1 year; to the day."""
    assert ends("hazard.listed.qd", 2026, 9, 16, 16) == "2027-09-16 23:59"


def test_pipl_request_practice():
    """行业惯例: 15 work days; four before the Spring Festival with its make-up Saturday, eleven after it."""
    assert ends("pipl.request.practice", 2026, 2, 10, 10) == "2026-03-09 17:30"


def test_good_samaritan():
    """见义勇为奖励和保护（各地不同）: 1 year; to the day."""
    assert ends("good_samaritan", 2026, 4, 1, 10) == "2027-04-01 23:59"


# Our own rules of the loop and of meetings; the office day is 08:30-12:00 and 13:30-17:30.
OWN = {
    # 4 work hours from 16:00: an hour and a half of that day, two and a half of the next.
    "meeting.answer": ((2026, 9, 16, 16), "2026-09-17 11:00"),
    "loop.dispatch": ((2026, 9, 16, 16), "2026-09-17 11:00"),
    # 4 work hours from 10:00, around the noon break.
    "loop.acknowledge": ((2026, 2, 10, 10), "2026-02-10 15:30"),
    # Hours that are urgent run on after the office has closed.
    "meeting.answer.urgent": ((2026, 9, 16, 17, 15), "2026-09-16 18:15"),
    "loop.accept.urgent": ((2026, 9, 16, 17, 15), "2026-09-16 18:15"),
    "loop.dispatch.urgent": ((2026, 9, 16, 17, 15), "2026-09-16 18:15"),
    "loop.acknowledge.urgent": ((2026, 9, 16, 17, 15), "2026-09-16 18:15"),
    "loop.contact.urgent": ((2026, 9, 16, 16), "2026-09-16 18:00"),
    # 1 work day: the make-up Saturday of 14 February after a Friday.
    "loop.accept": ((2026, 2, 13, 10), "2026-02-14 17:30"),
    "loop.contact": ((2026, 2, 13, 10), "2026-02-14 17:30"),
    # 2 work days: Thursday and Friday.
    "meeting.consult": ((2026, 4, 1, 10), "2026-04-03 17:30"),
    # 3 work days: 2, 3 and, after the holiday, 7 April.
    "loop.inspect": ((2026, 4, 1, 10), "2026-04-07 17:30"),
    "loop.inspect.urgent": ((2026, 4, 1, 10), "2026-04-07 17:30"),
    # 14 calendar days, which end on a holiday all the same: nobody has to act on it.
    "loop.link": ((2026, 9, 20, 10), "2026-10-04 23:59"),
    # 5 work days: 17, 18, the make-up Sunday of the 20th, 21 and 22 September.
    "loop.follow_up": ((2026, 9, 16, 16), "2026-09-22 17:30"),
    "loop.follow_up.urgent": ((2026, 9, 16, 16), "2026-09-22 17:30"),
    # Errands of grid workers, counted as those above.
    "rights.answer": ((2026, 3, 2, 10), "2026-03-23 17:30"),
    "errand.verify": ((2026, 9, 16, 16), "2026-09-17 11:00"),
    "errand.verify.urgent": ((2026, 9, 16, 17, 15), "2026-09-16 18:15"),
    "errand.inspect": ((2026, 2, 13, 10), "2026-02-14 17:30"),
    "errand.inspect.urgent": ((2026, 9, 16, 16), "2026-09-16 20:00"),
    "errand.visit": ((2026, 4, 1, 10), "2026-04-07 17:30"),
    "errand.deliver": ((2026, 4, 1, 10), "2026-04-03 17:30"),
    "errand.deliver.urgent": ((2026, 9, 16, 16), "2026-09-16 20:00"),
}


@pytest.mark.parametrize("code", OWN)
def test_own_rules(code):
    start, end = OWN[code]
    assert ends(code, *start) == end


def test_asking_a_third_party_is_not_counted():
    """政府信息公开条例(2019) 33: asked on 2 March, answered on 9 March: five work days more."""
    pause = Pause(local(2026, 3, 2, 9), local(2026, 3, 9, 9), "征求第三方意见")
    end = due(local(2026, 2, 10), RULES["foi.reply"].limit, CHINA, [pause]).at
    assert f"{end:%Y-%m-%d}" == "2026-03-23"


def test_a_hearing_is_not_counted():
    """信访工作条例(2022) 36: the 20 days of a hearing come on top of the 30."""
    pause = Pause(local(2026, 2, 20), local(2026, 3, 12), "听证")
    end = due(local(2026, 2, 10), RULES["petition.recheck.decide"].limit, CHINA, [pause]).at
    assert f"{end:%Y-%m-%d}" == "2026-04-01"


# --- The rules as they come.


@pytest.mark.parametrize("code", ["petition.representatives", "hotline.answer", "pipl.request"])
def test_what_counts_no_time_lets_no_clock_run(code):
    """信访工作条例(2022) 20 counts persons; a hotline rings for seconds; “及时” is no number."""
    with pytest.raises(Refused, match="no length of time"):
        _ = RULES[code].limit


def test_every_seeded_rule_says_how_it_was_checked_in_both_languages():
    for rule in RULES.values():
        assert rule.verified in Verified.values
        assert rule.trigger_zh
        assert rule.trigger_en
        assert bool(rule.note_zh) == bool(rule.note_en)
        assert rule.source or rule.verified == Verified.NONE
        if rule.verified == Verified.TEXT:
            assert rule.article


def test_every_rule_that_runs_a_clock_has_its_example_here():
    said = {name.removeprefix("test_") for name in globals()} | {c.replace(".", "_") for c in OWN}
    runs = [r for r in RULES.values() if r.unit not in ("person", "second", "promptly")]
    assert {r.code.replace(".", "_") for r in runs} - said == set()


def test_every_row_of_the_table_is_there(shared):
    """A row that held several limits became several rules."""
    import csv

    split = {"center.dongzhi", "inspection.recheck"}
    file = shared("law/tables/statutory_deadlines.csv")
    with file.open(encoding="utf-8", newline="") as table:
        wanted = {row["id"] for row in csv.DictReader(table)} - split
    assert wanted - set(RULES) == set()


def test_seeding_adds_every_rule_once_and_leaves_newer_versions_alone(db):
    at = local(2026, 1, 1)
    assert actions.seed_rules(by=SYSTEM, at=at) == len(RULES)
    newer = actions.add_rule("hotline.jinan", value=4, by=SYSTEM, at=at)
    assert (actions.seed_rules(by=SYSTEM, at=at), newer.version) == (0, 2)
