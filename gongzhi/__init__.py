"""Gongzhi 共治: open software for shared local governance."""

from __future__ import annotations

__version__ = "0.1.0"
