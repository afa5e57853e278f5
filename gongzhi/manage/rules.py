"""Who manages the installation."""

from __future__ import annotations

from typing import ParamSpec

from django.utils.translation import gettext_lazy

from gongzhi.accounts.http import staff_who
from gongzhi.audit.actors import Actor

P = ParamSpec("P")


def may_manage(by: Actor) -> bool:
    """Return whether ``by`` may see and change places, catalogue, offices, people and jobs."""
    return by.is_administrator()


administrators_only = staff_who(may_manage, gettext_lazy("These pages are for administrators."))
