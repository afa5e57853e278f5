"""Who may wipe what is kept on a device."""

from __future__ import annotations

from gongzhi.audit.actors import Actor
from gongzhi.offline.models import Device


def may_wipe(by: Actor, device: Device) -> bool:
    """Return whether ``by`` may have ``device`` wiped: whose it is, or an administrator."""
    return by.id == device.user_id or by.is_administrator()
