"""What a JSON pointer (RFC 6901) leads to in a document."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

LONGEST = 200


def is_pointer(text: str) -> bool:
    """Return whether ``text`` is a pointer: empty for the whole, else parts that each follow a stroke."""
    bare = text.replace("~0", "").replace("~1", "")
    return len(text) <= LONGEST and "~" not in bare and (not text or text.startswith("/"))


def find(document: Any, pointer: str) -> Any:
    """Return what ``pointer`` leads to; ``None`` where it leads nowhere, or to null."""
    here = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict):
            here = here.get(name)
        elif isinstance(here, list) and name.isascii() and name.isdecimal() and len(name) < 6:  # noqa: PLR2004
            here = here[int(name)] if int(name) < len(here) else None
        else:
            return None
    return here


# --- Where an administrator says what stands where.

Asked = Mapping[str, tuple[Any, str]]  # name of ours → label, usual pointer


def ask(form: forms.Form, asked: Asked, *, needed: Container[str], help_text: Any) -> None:
    """Add a field ``at_…`` for each pointer to ``form``; the first one has the help."""
    for name, (label, usual) in asked.items():
        form.fields[f"at_{name}"] = forms.CharField(
            label=label,
            max_length=LONGEST,
            required=name in needed,
            initial=usual,
            help_text="" if any(one.startswith("at_") for one in form.fields) else help_text,
            widget=forms.TextInput(attrs={"spellcheck": "false"}),
        )


def gathered(form: forms.Form, asked: Asked) -> dict[str, Any]:
    """Return what was said with the pointers as ``mapping``; one that is none is an error of its field."""
    said, mapping = form.cleaned_data, {}
    for name in asked:
        pointer = said.pop(f"at_{name}", "").strip()
        if not is_pointer(pointer):
            form.add_error(f"at_{name}", _("Write a JSON pointer such as /data/text."))
        elif pointer:
            mapping[name] = pointer
    return said | {"mapping": mapping}
