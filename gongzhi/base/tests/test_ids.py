from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.base import ids


def test_a_uuid7_sorts_by_time_and_says_its_version():
    early, late = ids.uuid7(1_000), ids.uuid7(2_000)
    assert early < late
    assert (early.version, early.variant) == (7, "specified in RFC 4122")
    assert early.int >> 80 == 1_000


def test_the_check_character_is_the_published_one():
    """The example of the Global Release Identifier standard, which uses ISO 7064 MOD 37,36."""
    assert ids.check_character("A12425GABC1234002") == "M"


DIGITS = st.integers(0, 999_999)


@given(DIGITS, st.integers(0, 15), st.sampled_from(ids.ALPHABET))
def test_one_wrong_character_is_found(serial, at, other):
    written = ids.number("260301", "003", serial)
    bare = written.replace("-", "")
    typed = bare[:at] + other + bare[at + 1 :]
    assert ids.tidy_number(typed) == (written if other == bare[at] else "")


def test_a_number_is_read_however_it_is_typed():
    written = ids.number("260301", "003", 482913)
    assert ids.tidy_number(f" {written.lower().replace('-', ' ')} ") == written


def test_a_receipt_code_is_read_however_it_is_typed():
    code = ids.new_receipt_code()
    assert ids.tidy_receipt_code(code.lower().replace("-", " ")) == code
