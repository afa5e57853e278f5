"""What is typed about shared data becomes keyword arguments of one action."""

from __future__ import annotations

from gongzhi.sharing.forms.catalogue import (
    CheckForm,
    ConceptForm,
    FileForm,
    FilterItemsForm,
    ItemForm,
    RenewalForm,
    SystemForm,
    mark,
)
from gongzhi.sharing.forms.uses import (
    AskForm,
    FilterUsesForm,
    ReasonForm,
    ThemeForm,
    TransferForm,
    find_matter,
)

__all__ = [
    "AskForm",
    "CheckForm",
    "ConceptForm",
    "FileForm",
    "FilterItemsForm",
    "FilterUsesForm",
    "ItemForm",
    "ReasonForm",
    "RenewalForm",
    "SystemForm",
    "ThemeForm",
    "TransferForm",
    "find_matter",
    "mark",
]
