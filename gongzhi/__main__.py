"""Run one of Gongzhi's commands: ``python -m gongzhi COMMAND``."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")
    try:
        ManagementUtility(["gongzhi", *sys.argv[1:]]).execute()
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
