"""The program's own files under names that change with their content."""

from __future__ import annotations

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Remembers the address of each file: a page asks for that of the icons a hundred times."""

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002  as above
        """Return the address of the file `name`."""
        return _url(self, name, force)


@cache
def _url(storage: StaticFiles, name: str | None, force: bool) -> str:  # noqa: FBT001
    return str(super(StaticFiles, storage).url(name, force))
