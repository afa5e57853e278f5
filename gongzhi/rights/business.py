"""Where rights plug into the spine: the demo has an assessment and requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.matters.businesses import Business
from gongzhi.rights.actions import plant

RIGHTS = Business("rights", _("Data rights"), plant=plant)
