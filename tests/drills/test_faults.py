"""A part that we need is taken away and given back: what was shown is there, and it goes on by itself."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.drills.faults import POISONS
from tests.drills.reliability import CASES, NotHere, told

KIND = "postgresql" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "sqlite"
MINE = [name for name, kind in CASES if kind == KIND]
# While these last, a page that only reads is shown all the same.
STILL_READ = {"read_only", "bucket", "clock", "poison"}

pytestmark = pytest.mark.drill


@pytest.mark.parametrize("name", MINE)
def test_what_was_shown_is_there_once_and_it_comes_back_by_itself(name):
    try:
        found = told(name, KIND)
    except NotHere as why:
        pytest.skip(str(why))

    assert found["shown"] > 0
    assert found["matters"] == found["shown"]
    nothing = ("shown_but_lost", "photos_lost", "chains_broken", "jobs_left", "letters_twice")
    for what in (
        *nothing,
        "letters_unsent",
        "never_delivered",
        "again_but_not_counted",
        "notices_twice",
    ):
        assert found[what] == 0, what
    if name in STILL_READ:
        assert set(found["visitor"]) == {"shown"}
    if name == "poison":
        # Ten tries each; the first may have been one for all, as they were claimed together.
        assert 9 * POISONS < found["ended"] <= 10 * POISONS
