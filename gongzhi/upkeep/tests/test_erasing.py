"""What was erased since is erased again, from the list outside the database."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions.erasing import LIST
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make
from gongzhi.upkeep import actions

NEVER = "01890000-0000-7000-8000-000000000000"


def test_each_matter_of_the_list_that_is_here_is_erased_once(town, settings, tmp_path, capsys):
    settings.VAR = tmp_path
    gone, kept = make.matter(town, text="张先生家的灯。"), make.matter(town)
    lines = [f"2026-11-26T10:00:00Z, {key}" for key in (gone.pk, NEVER, gone.pk)]
    (tmp_path / LIST).write_text("\n".join([*lines, "", ""]))

    call_command("erase_again")
    assert "再次清除：1。" in capsys.readouterr().out
    gone.refresh_from_db()
    assert gone.is_erased
    assert not Matter.objects.get(pk=kept.pk).is_erased
    call_command("erase_again")
    assert "再次清除：0。" in capsys.readouterr().out


def test_what_is_no_list_erases_nothing(town, tmp_path):
    matter = make.matter(town)
    (tmp_path / "list").write_text(f"2026-11-26T10:00:00Z, {matter.pk}\nnonsense\n")
    for wrong in ("list", "nowhere"):
        with pytest.raises(CommandError, match="不是清除名单"):
            call_command("erase_again", str(tmp_path / wrong))
    assert not Matter.objects.get(pk=matter.pk).is_erased


def test_only_the_operator_erases_again(town, tmp_path):
    with pytest.raises(PermissionDenied, match="运维人员"):
        actions.erase_again(tmp_path, by=town.staff("administrator"), at=make.NOON)
    with pytest.raises(PermissionDenied, match="运维人员"):
        actions.restore(tmp_path, by=town.staff("administrator"), at=make.NOON)
    assert SYSTEM.is_administrator()
