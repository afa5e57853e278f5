"""Gongzhi 共治: open software for shared local governance."""

__version__ = "0.1.0"
