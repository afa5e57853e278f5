"""Where shared data plugs into the spine: the demo has a catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.matters.businesses import Business
from gongzhi.sharing.actions import plant

SHARING = Business("sharing", _("Shared data"), plant=plant)
