"""The settings under test: the real ones with known secrets and a database of their own.

``GONGZHI_DATABASE`` chooses PostgreSQL, ``GONGZHI_TEST_DB`` the name of its test database.
SQLite is a real file, so that its lock and its log are tested too.
"""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

KEPT = {"GONGZHI_DATABASE", "GONGZHI_TEST_DB", "GONGZHI_SHARED", "GONGZHI_SHARED_EXPECTED"}
for _name in [n for n in os.environ if n.startswith("GONGZHI_") and n not in KEPT]:
    del os.environ[_name]  # what somebody runs here must not change what the tests find

_folder = TemporaryDirectory(prefix="gongzhi-test-")
os.environ |= {"GONGZHI_SECRETS": "test", "GONGZHI_VAR": _folder.name}

from gongzhi.site.settings import *  # noqa: E402, F403
from gongzhi.site.settings import DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

_sqlite = DATABASES["default"]["ENGINE"] == "gongzhi.base.sqlite"
DATABASES["default"]["TEST"] = {
    "NAME": f"{_folder.name}/test.sqlite3" if _sqlite else os.environ.get("GONGZHI_TEST_DB")
}

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MIDDLEWARE.remove("gongzhi.site.storage.Static")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PLACES_RECHECK_S = 0  # the atlas looks at its stamp at every call, so that query counts stay alike
