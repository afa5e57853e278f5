"""What an answer may lack before it is sent: hints for whoever writes it, never a mark.

Words and patterns, Chinese and English; what is said is not understood.  A hint may be wrong, and
what is missing may be seen by nobody: who writes decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

LOOK_AT = 3000  # characters of what was asked
MOST_WORDS = 200  # of it that are looked for
ENOUGH = 2  # words of it that an answer to it takes up
QUESTIONS, QUESTION = 3, 60  # that are named, and characters of each
OPENING = 200  # characters in which an answer greets and repeats what it is about

_PART = re.compile(r"[。；;！!?？，,\n]|\.(?=\s|$)")
_ASKS = re.compile(
    r"请问|多少|多久|(?<![前这好十近过每])几[天点号]|[何几啥]时|什么时候|哪[里儿些个家天]|是否|能否|可否|[能可会]不[能可会]|有没有|怎[么样][办申交领报补走]"
    r"|如何[办申交领报补走]|^\s*(?:when|how|what|where|who|which|can|could|will|is|are|does|do)\b"
)
# A question that complains awaits no answer of its own.
_COMPLAINS = re.compile(r"难道|岂|何谈|凭什么|为什么|为何|到底|究竟|怎么[能可会]")
_QUESTION = re.compile(r"[^。；;！!?？\n]+[?？]?")
_OPENED = re.compile(r"如下[:,.]?|[回答函]复[:]")
_SIGNED = "0123456789年月日号./- \n"
_HAN = re.compile(r"[\u3400-\u9fff]")
# Runs of Chinese characters but for those that only join others; English words; numbers.
_JOINS = "请什的了是在不我你他她它们有和就都也很这那个一上下为以及与或到去来能会要说让被把给从对但还没再已着过吗呢吧啊么怎多少几哪谁您此其而且如果因所将等该"
_RUN = re.compile(rf"[^\W\da-z_{_JOINS}]{{2,}}|[a-z]{{3,}}|\d{{2,4}}")

# A part of an answer that only thanks, greets or hands the question on says nothing of it.
_FORMULA = re.compile(
    r"收悉|感谢|谢谢|高度重视|特此|祝您|核处|办复|阅处|(?:已|现|立即|及时|批|再)转|转(?:交|办|至|给|由|送|呈|达)|交由|呈报"
    r"|thank|pass(?:ed)? (?:it|this|your \w+) on|forwarded|referred to"
)
_DONE = re.compile(
    r"修复|维修|抢修|更换|清理|清运|清除|清扫|拆除|整改|整治|处理|处置|处罚|立案|查处|查封|关停|停工|停业|责令|督促"
    r"|约谈|安装|补办|办理|办结|退还|退款|返还|发放|支付|拨付|缴纳|补发|补偿|赔偿|开通|恢复|启动|完工|竣工|施工|动工"
    r"|建成|建设|开放|投入|纳入|列入|落实|协调|协商|检测|监测|劝导|劝离|走访|核查|核实|调查|勘查|勘察|巡查|排查"
    r"|设置|增设|调整|规范|取缔|受理|审核|审批|公示|公开|签订|召开|安排|组织|派[人出员]|施划|疏通|加固|铺设|修剪"
    r"|补种|消杀|完成|完善|解决|开展|实施|编制|收集|采纳|经查|查实|查明|现场|联系"
    r"|repaired|fixed|replaced|cleared|cleaned|removed|collected|installed|inspected|checked|tested|visited"
    r"|measured|ordered|fined|warned|issued|finished|completed|started|begun|began|scheduled|arranged|refunded"
    r"|paid|resolved|opened|closed|painted|drained|trimmed|contacted|asked|added|moved|emptied|delivered|found|done"
)
_NEXT = re.compile(
    r"将|拟|计划|预计|下一?步|今后|[建请][议您你到向携按在拨与]|可以|可[到向拨凭在通前]|可申请|需要|需[到提携先]|应[当由到该]|必须|须"
    r"|不予|不能|不得|不可|无法|不属|不在|不支持|不符|不受|不算|没有|尚未|暂未|暂不|属于|符合|具备|有效期|有权|仍可|继续"
    r"|\b(?:will|shall|please|must|plans? to|planned|going to|cannot|can|may|need|expected|intends?)\b"
)
_GROUND = re.compile(
    r"《[^》]{2,80}》|第[一二三四五六七八九十百零〇\d]{1,7}[条款]|\d{1,4}号(?:文|令|公告|\)|）|\])"
    r"|(?:根据|按照|依据|依照|按)[^，。；,;\n]{0,40}(?:规定|条例|办法|细则|标准|文件|政策|规划|方案|合同|通知|法)"
    r"|(?:经|据)[^，。；,;\n]{0,10}(?:查|核|了解|勘|测|走访|询问|鉴定|评估)|现场|实地|核实|查明|查实|属实|查看|勘查|勘察|了解(?:了|到|情况)"
    r"|踏勘|检测|监测|测量|鉴定|调取|抽检|\d(?:分贝|毫克|db)"
    r"|\b(?:section|article|art\.|paragraph|clause|rules?|regulations?|by-?laws?|act|ordinance|standard|policy"
    r"|contract|permit|according to|inspect(?:ed|ion)|on site|visited|measured|checked|tested|surveyed|found)\b"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WHEN = re.compile(
    r"\d{1,2}月(?:\d{1,2}[日号]|底|初|末|份|[上中下]旬)|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{4}年(?:\d{1,2}月|底|初|末|内|前)"
    r"|[今明昨当次即][天日]|[今明]年|[本下上这](?:周|星期|个?月|季度)|(?:周|星期|礼拜)[一二三四五六日天]|[年月季](?:底|末|内)"
    r"|[\d一二三四五六七八九十两半]{1,3}个?(?:工作日|日|天|小时|周|月|季度|年)(?:之?[内后前]|以内)"
    r"|[上下]半年|第?[一二三四]季度|\d{1,2}(?:[时点]|[:：]\d\d)"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b|\b{_MONTH} \d{{1,4}}\b"
    r"|\b(?:today|tomorrow|yesterday|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|\b(?:this|next|last) (?:week|month|quarter|year|spring|summer|autumn|winter|morning|afternoon)\b"
    r"|\b(?:within|in|after) (?:\w{1,20} )?\w{1,20} (?:work(?:ing)? )?(?:hour|day|week|month)s?\b|\bend of\b|\b\d{1,2} ?[ap]m\b"
)

# Words that stand in every message and every answer, so that they tell nothing.
_COMMON = (
    "您好 你好 尊敬 领导 书记 市长 县长 区长 局长 政府 部门 有关 相关 问题 反映 情况 请问 希望 请求 投诉 咨询 建议 举报 反应"
    " 我们 你们 他们 自己 这个 那个 这些 那些 什么 怎么 为什么 如何 是否 能否 可以 可否 已经 现在 目前 一直 没有 不能 不是"
    " 就是 还是 因为 所以 但是 而且 如果 或者 以及 进行 处理 解决 工作 人员 单位 群众 老百姓 百姓 居民 市民 网友 留言 回复"
    " 答复 谢谢 感谢 本人 大家 时候 时间 今年 去年 每天 很多 非常 严重 多次 一个 这样 这种 通过 对于 关于 要求 需要 根据"
    " 要是 重视 支持 理解 监督 关心 来信 收悉 如下 贵局 电话 联系 及时 尽快 应该 影响 导致 作为 其他 为了 只能 不会"
    " the and for with that this you your our are was were have has had not but from they there what when why how"
    " who which can could will would please thank thanks about into been its dear hello sir madam"
)
_EVERYWHERE = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Lacks:
    """What an answer seems to lack; ``questions`` are those of which it takes up no word."""

    words: bool = False  # of what was asked
    questions: tuple[str, ...] = ()
    done: bool = False  # what was done, or what follows
    ground: bool = False  # a rule, a document, or what was found
    when: bool = False  # a day or time

    def __bool__(self) -> bool:
        return bool(self.words or self.questions or self.done or self.ground or self.when)


def lacking(answer: str, asked: str, ground: str = "") -> Lacks:
    """Return what ``answer`` to ``asked`` seems to lack; ``ground`` is what stands beside it as such.

    Nothing where nothing is written yet.  Linear in the answer.
    """
    said = _said(answer)
    if not answer.strip():
        return Lacks()
    words, questions = _not_taken_up(said, asked[:LOOK_AT])
    return Lacks(
        words=words,
        questions=questions,
        done=not (_DONE.search(said) or _NEXT.search(said)),
        ground=not (ground.strip() or _GROUND.search(said)),
        when=not _WHEN.search(said),
    )


def _plain(text: str) -> str:
    """Return ``text`` in one width and case; half a character is none."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode()).casefold()


def _said(answer: str) -> str:
    """Return what an answer says: without greeting, thanks, handing on and the day it is signed on."""
    plain = _plain(answer).strip()
    opened = [found.end() for found in _OPENED.finditer(plain[:OPENING])]
    body = plain[opened[-1] :] if opened else plain
    parts = (part for part in _PART.split(body) if not _FORMULA.search(part))
    return "\n".join(parts).rstrip(_SIGNED)


def _not_taken_up(said: str, asked: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether too few words of what was asked are in an answer, and which questions have none.

    Not told where both are written in different scripts.
    """
    if bool(_HAN.search(said)) != bool(_HAN.search(asked)) and said:
        return False, ()
    words = _words(_plain(asked))
    taken = sum(word in said for word in words)
    questions = (part.strip()[:QUESTION] for part in _QUESTION.findall(asked))
    named = tuple(dict.fromkeys(one for one in questions if _is_open(one, said)))[:QUESTIONS]
    return bool(words) and taken < min(ENOUGH, max(1, len(words) // 2)), named


def _is_open(question: str, said: str) -> bool:
    """Return whether a sentence asks for something to be told, and an answer holds none of its words."""
    plain = _plain(question)
    if not _ASKS.search(plain) or _COMPLAINS.search(plain):
        return False
    words = _words(plain)
    return len(words) >= ENOUGH and not any(word in said for word in words)


def _words(text: str) -> list[str]:
    """Return what tells what a text is about, each once: pairs of characters, words, numbers."""
    found: dict[str, None] = {}
    for run in _RUN.findall(text):
        parts = map("".join, pairwise(run)) if _HAN.match(run) else [run.removesuffix("s")]
        found.update(dict.fromkeys(part for part in parts if part not in _EVERYWHERE))
    return list(found)[:MOST_WORDS]
