"""Gongzhi 共治: open software for shared local governance."""
