"""Where orders of authorities plug into the spine: the demo has some."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.demands.actions import plant
from gongzhi.matters.businesses import Business

DEMANDS = Business("demands", _("Orders of authorities"), plant=plant)
