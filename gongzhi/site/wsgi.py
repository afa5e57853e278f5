"""What a WSGI server loads: ``gongzhi.site.wsgi:application``."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")

application = get_wsgi_application()

# What start-up made stays: looking through it for garbage again and again costs every request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
