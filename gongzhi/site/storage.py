"""The program's own files under names that change with their content."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

HASHED = re.compile(r".+\.[0-9a-f]{12}\.\w+")


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Remembers the address of each file: a page asks for that of the icons a hundred times."""

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002  as above
        """Return the address of the file `name`."""
        return _url(self, name, force)


@cache
def _url(storage: StaticFiles, name: str | None, force: bool) -> str:  # noqa: FBT001
    return str(super(StaticFiles, storage).url(name, force))


class Static(WhiteNoiseMiddleware):  # type: ignore[misc]  # untyped
    """Serves the program's own files, and those that another release has laid beside them.

    While a release comes in, a page of one may ask the server of the other for its styles.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look once more for what was not there when this process started."""
        path = request.path_info
        if (
            path not in self.files
            and path.startswith(self.static_prefix)
            and HASHED.fullmatch(path)
        ):
            self._look(path)
        response: HttpResponseBase = super().__call__(request)
        return response

    def _look(self, path: str) -> None:
        root = os.path.realpath(self.static_root)
        file = os.path.realpath(Path(root, path.removeprefix(self.static_prefix)))
        if file.startswith(f"{root}{os.sep}") and Path(file).is_file():
            self.add_file_to_dictionary(path, file)
