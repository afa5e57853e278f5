"""A field that most forms here have."""

from __future__ import annotations

from typing import Any

from django import forms

from gongzhi.base import fields
from gongzhi.petitions.models import LONGEST_WORDS


def sentences(label: Any, *, longest: int = LONGEST_WORDS, **more: Any) -> forms.CharField:
    """Return a field for words of a petition, as long as those who raise and answer it write."""
    return fields.sentences(label, longest=longest, **more)
