"""What was changed, removed or put elsewhere is found and named, also by who only has an export."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate, now

from gongzhi.audit import chain
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.matters.tests import make
from gongzhi.upkeep import actions
from gongzhi.upkeep.models import Digest
from gongzhi.upkeep.queries import faults
from gongzhi.upkeep.tasks import digest


@pytest.fixture
def matter(town):
    return make.walk(town, make.matter(town), "accept", "dispatch")


def after(days: int = 1):
    """Return a time on a later day, when digests are made."""
    return now() + timedelta(days=days)


def digests(days: int = 1) -> int:
    return actions.digest(by=SYSTEM, at=after(days))


def verify(**options) -> str:
    out = StringIO()
    call_command("verify", stdout=out, **options)
    return out.getvalue()


def refused(**options) -> list[str]:
    """Return the faults that the command prints before it ends with an error."""
    out = StringIO()
    with pytest.raises(CommandError, match="历史与写入时不一致"):
        call_command("verify", stdout=out, **options)
    return out.getvalue().splitlines()


def test_what_was_not_touched_is_whole(matter):
    assert digests() == 1
    assert "历史完整" in verify()


def test_a_changed_entry_is_named(matter):
    history(matter.pk).filter(seq=2).update(verb="matter.refuse")
    assert refused() == [f"{matter.pk}: entry 2 was changed"]


def test_changed_words_are_named(matter):
    history(matter.pk).filter(seq=1).update(told={"by": "别人"})
    assert refused() == [f"{matter.pk}: the words of entry 1 were changed"]


def test_a_removed_entry_is_named(matter):
    history(matter.pk).filter(seq=2).delete()
    assert f"{matter.pk}: entry 2 is missing or out of order" in refused()


def test_entries_in_another_order_are_named(matter):
    for old, new in ((1, 9), (2, 1), (9, 2)):
        history(matter.pk).filter(seq=old).update(seq=new)
    assert {f"{matter.pk}: entry {n} was changed" for n in (1, 2, 3)} == set(refused())


def test_an_entry_moved_to_another_history_is_named(town, matter):
    other = make.matter(town)
    history(matter.pk).filter(seq=3).update(subject=other.pk, seq=2)
    assert refused() == [f"{other.pk}: entry 2 was changed"]


def test_the_last_entry_removed_shows_by_the_digest(matter):
    digests()
    history(matter.pk).filter(seq=3).delete()
    assert refused() == [f"{matter.pk}: entry 3 is gone, a digest covers it"]


def test_a_whole_history_removed_shows_by_the_digest(matter):
    digests()
    history(matter.pk).delete()
    assert refused() == [f"{matter.pk}: entry 3 is gone, a digest covers it"]


def test_a_history_rewritten_with_good_hashes_shows_by_the_digest(matter):
    digests()
    rewrite(matter.pk, seq=2, verb="matter.refuse")
    assert list(chain.broken(history(matter.pk))) == []
    assert refused() == [f"{matter.pk}: entry 3 is not the one its digest covers"]


def rewrite(subject, *, seq, **changes):
    """Change an entry and make all hashes anew, as somebody would who knows the code."""
    prev = chain.START
    for one in history(subject):
        if one.seq == seq:
            vars(one).update(changes)
        said = {"subject": subject, "seq": one.seq, "verb": one.verb, "at": one.at}
        said |= {"by_id": one.by_id, "facts": one.facts, "commitment": one.commitment}
        prev = one.hash = chain.link(prev=prev, **said)
        one.save()


def test_a_day_is_covered_by_the_next_one(matter):
    digests()
    assert digests(3) == 2
    first, second, third = Digest.objects.order_by("day")
    assert (second.before, third.before) == (first.value, second.value)
    assert first.before == chain.START
    assert digests(3) == 0


def test_a_changed_list_of_heads_or_a_removed_day_shows(matter):
    digests()
    digests(3)
    Digest.objects.order_by("day")[1].delete()
    third = Digest.objects.latest("day")
    broke = f"the digest of {third.day} does not follow from its heads and the day before"
    assert refused() == [broke]
    default_storage.delete(third.file.name or "")
    assert refused() == [f"the heads of {third.day} are gone: {third.file.name}"]


def test_whoever_kept_a_digest_can_have_it_compared(matter):
    digests()
    kept = Digest.objects.get().value
    assert "历史完整" in verify(digest=kept.upper())
    assert refused(digest="0" * 64) == ["您给出的摘要不属于本系统。"]


def test_digests_are_made_at_night_by_the_program_alone(town):
    night = after().replace(hour=19)  # 3 o'clock in Beijing
    digest(night.replace(hour=16))
    assert not Digest.objects.exists()
    digest(night)
    assert Digest.objects.get().day == localdate(night) - timedelta(days=1)
    with pytest.raises(PermissionDenied):
        actions.digest(by=town.staff("administrator"), at=night)


def test_many_histories_cost_the_same_memory_and_are_looked_at_once(town, queries):
    for _n in range(5):
        make.matter(town)
    with queries("verify"):
        assert list(faults()) == []


# --- From an export alone.


def alone(folder) -> subprocess.CompletedProcess[str]:
    """Check a folder with nothing but Python: no environment, no database, no other file of ours."""
    script = folder.parent / "chain.py"
    shutil.copy(chain.__file__, script)
    command = [sys.executable, "-I", "-S", str(script), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={})


def test_an_export_is_checked_alone_and_holds_no_words(matter, tmp_path):
    digests()
    verify(export=tmp_path / "out")
    done = alone(tmp_path / "out")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert "同志" not in (tmp_path / "out/entries.jsonl").read_text()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows[:1] + rows[2:], "entry 2 is missing or out of order"),
        (lambda rows: rows[:-1], "is gone, a digest covers it"),
        (lambda rows: [rows[0].replace("receive", "refuse"), *rows[1:]], "entry 1 was changed"),
    ],
)
def test_an_export_that_was_touched_shows_it_alone(matter, tmp_path, spoil, said):
    digests()
    verify(export=tmp_path / "out")
    file = tmp_path / "out/entries.jsonl"
    rows = [row for row in file.read_text().splitlines(keepends=True) if matter.pk.hex in row]
    others = [row for row in file.read_text().splitlines(keepends=True) if row not in rows]
    file.write_text("".join(others + spoil(rows)))
    done = alone(tmp_path / "out")
    assert done.returncode == 1
    assert said in done.stdout


def test_an_export_goes_into_a_new_folder_only(matter, tmp_path):
    with pytest.raises(CommandError, match="已存在"):
        verify(export=tmp_path)
