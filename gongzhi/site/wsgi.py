"""What a WSGI server loads: ``gongzhi.site.wsgi:application``."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")

# Threads that wait hold no connection: those at work share as many as they need.
_database = settings.DATABASES["default"]
if _database["ENGINE"].endswith("postgresql"):
    _database["CONN_MAX_AGE"] = 0  # given back after each request, not closed
    _database["OPTIONS"]["pool"] = {
        "min_size": settings.AT_WORK,
        "max_size": 4 * settings.AT_WORK,  # who takes away a long file has one beside them
        "timeout": 10,  # s; a server that starts again is waited for, one that is away is told
    }

# Limits count by address: behind a proxy it is the one that the proxy names, never one that a
# client names to us.
application = wrap_wsgi_with_proxy_headers(get_wsgi_application(), settings.PROXIES)
# All pages are read in before the first visitor comes, who would wait for that and hold up the others.
reverse("portal:home")

# What start-up made stays: looking through it for garbage again and again costs every request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
