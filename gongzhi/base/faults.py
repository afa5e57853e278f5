"""Whether a fault is ours, or of a part that we need and that is away."""

from __future__ import annotations

import errno

from django.db import InterfaceError, InternalError, OperationalError

# What a database says that is away, too slow or may not be written to.
AWAY = (OperationalError, InterfaceError, InternalError)
NO_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def is_away(fault: BaseException | None) -> bool:
    """Return whether a fault is of a part that we need: database, disk, bucket of files."""
    if isinstance(fault, OSError):
        return fault.errno in NO_PLACE
    # The library of buckets is only there where there is a bucket.
    return isinstance(fault, AWAY) or type(fault).__module__.startswith("botocore.")
