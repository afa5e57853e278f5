from __future__ import annotations

import random
import tracemalloc
from time import process_time

import pytest
from django.utils.translation import override

from tests.fuzz.making import changed, seeds
from tests.fuzz.targets import TARGETS

INPUTS = 100  # of each parser in every run; longer: python -m tests.fuzz
LARGER = 8
# Reading eight times as much may take, and hold, eight times as much, and as much again for chance;
# below these floors nothing is measured but noise.
MOST_TIMES, FLOOR_S, FLOOR_BYTES = 24, 0.02, 1 << 20
GROWS = (
    "csv",
    "json_rows",
    "cells",
    "places_csv",
    "mail",
    "robot",
    "json",
    "open311",
    "times",
    "typed",
)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept_is_taken_or_refused(name):
    for sent in seeds(name):
        TARGETS[name](sent)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_taken_or_refused(name):
    drawn = random.Random(name)  # the same in every run: python -m tests.fuzz seeks others
    for _n in range(INPUTS):
        sent = changed(name, drawn)
        try:
            TARGETS[name](sent)
        except Exception as fault:
            said = f"keep as tests/fuzz/corpus/{name}/<what it is>: {sent!r}"
            raise AssertionError(said) from fault


@pytest.mark.parametrize("name", GROWS)
@pytest.mark.parametrize(
    "piece", [b"[", b'"', b",", b"<a>", b"=?utf-8?B?", b"\n", b"1", b" \t", b"(", b"&"]
)
def test_what_is_larger_costs_no_more_than_it_is_larger(name, piece):
    size = 8_000 // len(piece)
    small, large = (_cost(name, piece * n) for n in (size, size * LARGER))
    for floor, least, most in zip((FLOOR_S, FLOOR_BYTES), small, large, strict=True):
        assert most <= MOST_TIMES * max(least, floor)


def _cost(name: str, sent: bytes) -> tuple[float, float]:
    """Return the seconds of the processor, the least of three tries, and the most bytes held at once."""
    took = min(_seconds(name, sent) for _time in range(3))  # Python tidies up in one of them
    tracemalloc.start()
    try:
        TARGETS[name](sent)
        return took, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _seconds(name: str, sent: bytes) -> float:
    began = process_time()
    TARGETS[name](sent)
    return process_time() - began
