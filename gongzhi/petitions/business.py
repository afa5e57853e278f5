"""Where petitions plug into the spine: they add some to the demo."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.matters.businesses import Business
from gongzhi.petitions.actions.planting import plant

PETITIONS = Business("petitions", _("Petitions"), plant=plant)
