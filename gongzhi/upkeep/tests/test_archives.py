"""The file of a backup: what goes in comes out, and nothing else is taken for it."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.upkeep import archives
from gongzhi.upkeep.archives import MAGIC, PIECE, SEALED_KEY, ArchiveBad, Opener, Sealer

HEAD = len(MAGIC) + SEALED_KEY
SEALED_PIECE = PIECE + 16


def sealed(*written: bytes) -> bytes:
    out = BytesIO()
    sealer = Sealer(out)
    for one in written:
        sealer.write(one)
    sealer.finish()
    return out.getvalue()


def opened(content: bytes) -> bytes:
    opener = Opener(BytesIO(content))
    return b"".join(iter(lambda: opener.read(7000) or b"", b""))


@given(st.lists(st.binary(max_size=50), max_size=20), st.sampled_from([1, 7, 16]))
def test_what_was_sealed_comes_out_whatever_the_pieces(parts, size):
    before, archives.PIECE = archives.PIECE, size
    try:
        assert opened(sealed(*parts)) == b"".join(parts)
    finally:
        archives.PIECE = before


def test_nothing_that_was_sealed_can_be_read():
    secret = b"a telephone number" * 10
    assert secret[:12] not in sealed(secret)
    assert sealed(secret)[len(MAGIC) :] != sealed(secret)[len(MAGIC) :]


@pytest.mark.parametrize("at", [len(MAGIC) + 70, HEAD + 3, HEAD + SEALED_PIECE + 5, -1])
def test_a_changed_byte_is_found(at):
    content = bytearray(sealed(b"x" * (2 * PIECE + 10)))
    content[at] ^= 1
    with pytest.raises(ArchiveBad):
        opened(bytes(content))


@pytest.mark.parametrize("left", [HEAD, HEAD + 5, HEAD + SEALED_PIECE, HEAD + 2 * SEALED_PIECE, -1])
def test_a_file_that_was_cut_off_is_found_also_between_its_pieces(left):
    with pytest.raises(ArchiveBad, match="已损坏或被截断"):
        opened(sealed(b"x" * (2 * PIECE + 10))[:left])


def test_pieces_in_another_order_or_more_of_them_are_found():
    content = sealed(b"a" * PIECE + b"b" * PIECE + b"c")
    head, first, rest = (
        content[:HEAD],
        content[HEAD:][:SEALED_PIECE],
        content[HEAD + SEALED_PIECE :],
    )
    second, last = rest[:SEALED_PIECE], rest[SEALED_PIECE:]
    assert opened(head + first + second + last) == b"a" * PIECE + b"b" * PIECE + b"c"
    for other in (second + first + last, first + last, first + second + last + last):
        with pytest.raises(ArchiveBad):
            opened(head + other)


def test_what_is_no_archive_is_refused():
    for content in (b"", b"GONGZHI", b"PK\x03\x04" + b"x" * 500):
        with pytest.raises(ArchiveBad, match="不是共治的备份"):
            opened(content)


def test_an_archive_of_other_keys_is_refused_and_says_what_to_do(settings):
    content = sealed(b"x")
    settings.SEAL_KEYS = [b"another key of 32 bytes in all.."]
    with pytest.raises(ArchiveBad, match=r"请放回.*secrets\.json"):
        opened(content)


def test_an_archive_opens_with_a_key_that_was_replaced_since(settings):
    content = sealed(b"x")
    settings.SEAL_KEYS = [b"another key of 32 bytes in all..", *settings.SEAL_KEYS]
    assert opened(content) == b"x"
    for key in settings.SEAL_KEYS:
        assert key not in content
        assert b64encode(key) not in content
