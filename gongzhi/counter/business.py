"""Where the counter plugs into the spine: it adds seats to the demo."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.counter.actions import plant
from gongzhi.matters.businesses import Business

COUNTER = Business("counter", _("Counter"), plant=plant)
