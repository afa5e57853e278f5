"""Templates that are drawn only while somebody reads the page: an answer's status does not need them."""

from __future__ import annotations

from typing import Any

from django.template.backends.django import DjangoTemplates
from django.utils.safestring import SafeString


class Blank:
    """A template of which nothing is drawn."""

    def render(self, context: Any = None, request: Any = None) -> SafeString:
        return SafeString("")


class Drawing(DjangoTemplates):
    """Django's templates, or blank ones while ``is_on`` is false."""

    app_dirname = "templates"
    is_on = True

    def get_template(self, template_name: str) -> Any:
        return super().get_template(template_name) if Drawing.is_on else Blank()
