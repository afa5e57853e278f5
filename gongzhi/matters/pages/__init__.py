"""The pages of a matter: all of it on one page, its moves, its photographs, the list as a file."""

from __future__ import annotations

from gongzhi.matters.pages.files import export, photo
from gongzhi.matters.pages.moving import press, press_task
from gongzhi.matters.pages.reckoning import why
from gongzhi.matters.pages.showing import contact, show

__all__ = ["contact", "export", "photo", "press", "press_task", "show", "why"]
