"""Where open data plugs into the spine: the demo has its files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.matters.businesses import Business
from gongzhi.opendata.actions import publish

OPENDATA = Business("opendata", _("Open data"), plant=publish)
