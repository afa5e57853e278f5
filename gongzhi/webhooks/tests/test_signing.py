from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.exchange import signing
from gongzhi.exchange.signing import BadSignature, check, new_secret, sign
from gongzhi.webhooks.rules import VERBS
from gongzhi.webhooks.tests.make import NOON, at

GUIDE = Path(__file__).parents[3] / "docs" / "webhooks.md"
BODY = '{"number": "路"}'.encode()


@pytest.fixture
def theirs(monkeypatch):
    """Return what the guide tells receivers to do, run as it stands there."""
    monkeypatch.setattr(time, "time", NOON.timestamp)
    return guide()["is_ours"]


def guide():
    """Return what the code of the guide defines."""
    known: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        exec(code, known)
    return known


def test_who_signs_as_the_guide_says_is_let_in_here(theirs):
    header = guide()["signature"](BODY, "secret")
    assert header == sign(BODY, ["secret"], NOON)
    assert check(header, BODY, ["secret"], NOON)


def test_a_receiver_that_does_as_the_guide_says_takes_ours_once(theirs):
    secret = new_secret()
    header = sign(BODY, [secret], NOON)
    assert theirs(header, BODY, secret)
    assert not theirs(header, BODY, secret)
    assert theirs(sign(BODY, [secret], at(seconds=1)), BODY, secret)


def test_it_takes_ours_by_the_old_secret_and_by_the_new(theirs):
    old, new = new_secret(), new_secret()
    assert theirs(sign(BODY, [new, old], NOON), BODY, old)
    assert theirs(sign(BODY, [new, old], NOON), BODY, new)


@pytest.mark.parametrize(
    "header",
    [
        sign(BODY, ["secret"], at(minutes=-6)),
        sign(BODY, ["secret"], at(minutes=6)),
        sign(BODY, ["another"], NOON),
        sign(BODY + b" ", ["secret"], NOON),
        sign(BODY, ["secret"], NOON).replace("v1=", "v0="),
        sign(BODY, ["secret"], NOON)[:-1],
        sign(BODY, [], NOON),
        sign(BODY, ["secret"], NOON).replace("t=", "t=-"),
        sign(BODY, ["secret"], NOON).replace("t=", "t=9999999999999"),
        "t=,v1=",
        "",
    ],
)
def test_what_is_old_or_of_another_secret_or_body_is_refused_there_and_here(theirs, header):
    with pytest.raises(BadSignature):
        check(header, BODY, ["secret"], NOON)
    if header:
        assert not theirs(header, BODY, "secret")


@given(st.text(max_size=60), st.binary(max_size=20))
def test_no_header_whatever_breaks_the_check(header, body):
    with pytest.raises(BadSignature):
        check(header, body, ["secret"], NOON)


def test_what_is_signed_is_found_right_and_told():
    header = sign(BODY, ["one", "two"], NOON)
    assert header == f"t={int(NOON.timestamp())}," + ",".join(
        f"v1={check(header, BODY, [key], NOON)}" for key in ("one", "two")
    )
    assert check(header, BODY, ["other", "two"], at(minutes=5)) in header


def test_secrets_are_long_and_never_the_same():
    assert {len(new_secret()) for _each in range(9)} == {43}
    assert len({new_secret() for _each in range(9)}) == 9


def test_the_guide_names_the_header_and_every_verb():
    text = GUIDE.read_text(encoding="utf-8")
    assert f"{signing.HEADER}: t=" in text
    (listed,) = re.findall(r"The verbs: (.*?)\.", text, re.DOTALL)
    assert re.split(r",\s+", listed) == sorted(VERBS)
