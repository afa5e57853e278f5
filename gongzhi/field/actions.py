"""Reporting from the field; what it does stands where rounds can use it too."""

from __future__ import annotations

from gongzhi.matters.actions import spot as report

__all__ = ["report"]
