"""What somebody wrote anew in a reply: without the letter it answers, and without a signature.

Line by line, each looked at with patterns that take linear time.
"""

from __future__ import annotations

import re

LONGEST_LINE = 300  # of what may begin a quotation
_QUOTES = re.compile(
    r"^-{2,} ?(原始邮件|回复的原邮件|转发的邮件|Original Message|Forwarded message|Forwarded Message) ?-{2,}"
    r"|^(On|Am|Le) [^\n]{5,200}(wrote|schrieb|a écrit)\s?[:：]$"
    r"|^(于|在)?\s?\d{4}\s?[-年/.][^\n]{3,200}写道\s?[:：]$"
    r"|^_{10,}$"
)
_HEADS = re.compile(r"^\**(发件人|寄件者|From|Von)\**\s?[:：]")
_NEXT = re.compile(
    r"^\**(发送时间|发件时间|日期|收件人|主题|抄送|Sent|Date|To|Subject|Cc)\**\s?[:：]"
)
_SIGNED = re.compile(
    r"^(-- ?|发自我的.{1,20}|来自我的.{1,20}|从.{1,20}发送|Sent from my .{1,30}|Get Outlook for .{1,20})$"
)


def newly_said(text: str) -> str:
    """Return what is new in the answer to a letter of ours."""
    lines = text.split("\n")
    kept: list[str] = []
    for n, line in enumerate(lines):
        bare = line.strip()[:LONGEST_LINE]
        if _QUOTES.match(bare) or _begins_heads(bare, lines[n + 1 : n + 3]):
            break
        kept.append(line)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    return unsigned("\n".join(kept))


def _begins_heads(bare: str, following: list[str]) -> bool:
    """Return whether the heads of a quoted mail stand here: two of them, one below the other."""
    return bool(_HEADS.match(bare)) and any(
        _NEXT.match(one.strip()[:LONGEST_LINE]) for one in following
    )


def unsigned(text: str) -> str:
    """Return ``text`` without the signature that a program put below it."""
    lines = text.split("\n")
    for n, line in enumerate(lines):
        if _SIGNED.match(line.rstrip("\n")[:LONGEST_LINE]) and n:
            return "\n".join(lines[:n]).strip()
    return text.strip()
