"""The scripts of the example for Kubernetes: a replica follows, and takes the primary's place."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import yaml

from tests.drills.kill import ROOT, free_port

FILE = ROOT / "deploy/kubernetes/postgres.yaml"
PATIENCE_S = 60
ROWS = 500

pytestmark = [pytest.mark.drill, pytest.mark.once]


def example() -> tuple[dict[str, str], list[str]]:
    """Return the scripts, and the arguments of the server."""
    items = {
        (one["kind"], one["metadata"]["name"]): one
        for one in yaml.safe_load(FILE.read_text())["items"]
    }
    pod = items["StatefulSet", "gongzhi-postgres"]["spec"]["template"]["spec"]
    return items["ConfigMap", "gongzhi-postgres"]["data"], pod["containers"][0]["args"]


class Server:
    """A cluster in a folder; as root it runs as the user of PostgreSQL, as in the image."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs, self.port = folder, programs, free_port()
        self.who: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
        self.env = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGDATA": str(folder),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "POSTGRES_USER": "gongzhi",
            "POSTGRES_DB": "gongzhi",
            "REPLICATION_PASSWORD": "it's long",
        }

    def run(self, *command: str, **more: str) -> None:
        subprocess.run(
            command, env=self.env | more, check=True, cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, **self.who,
        )  # fmt: skip

    @contextmanager
    def running(self, arguments: list[str]) -> Iterator[None]:
        settings = " ".join([*arguments, f"-p {self.port}", "-k ''", "-h 127.0.0.1"])
        log = str(self.folder.with_suffix(".log"))
        self.run("pg_ctl", "start", "--wait", "--log", log, "--options", settings)
        try:
            yield
        finally:
            subprocess.run(
                ["pg_ctl", "stop", "--mode", "immediate"],
                env=self.env,
                check=False,
                cwd="/",
                **self.who,
            )

    def ask(self, statement: str) -> Any:
        address = f"postgresql://gongzhi@127.0.0.1:{self.port}/gongzhi"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


def programs() -> Path:
    """Return the folder of PostgreSQL's programs."""
    found = shutil.which("pg_basebackup"), *Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders = [Path(one).resolve().parent for one in found if one]
    servers = [one for one in folders if (one / "initdb").exists()]
    if not servers:
        pytest.skip("no server of PostgreSQL is installed here")
    return servers[-1]


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that the user of PostgreSQL may write to as well."""
    with TemporaryDirectory(prefix="gongzhi-replica-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def wait(until: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_replica_follows_and_takes_the_place_of_the_primary(base):
    scripts, arguments = example()
    primary, replica = Server(base / "one", programs()), Server(base / "two", programs())
    primary.run("initdb", "--username", "gongzhi", "--auth", "trust", str(primary.folder))
    with primary.running([]):
        primary.run("createdb", "--username", "gongzhi", "gongzhi")
        primary.run("bash", "-e", "-c", scripts["primary.sh"])
    with primary.running(arguments):
        primary.ask("CREATE TABLE receipt AS SELECT 1 AS n")
        to = {"PRIMARY": "127.0.0.1", "PRIMARY_PORT": str(primary.port), "PGPASSWORD": "it's long"}
        replica.run("bash", "-c", scripts["replica.sh"], **to)
        with replica.running(arguments):
            replica.run("bash", "-c", scripts["replica.sh"], **to)  # a second start copies nothing
            primary.ask(f"INSERT INTO receipt SELECT generate_series(2, {ROWS})")
            wait(lambda: replica.ask("SELECT count(*) FROM receipt") == ROWS)
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                replica.ask("INSERT INTO receipt VALUES (0)")
            primary.run("pg_ctl", "stop", "--mode", "immediate")
            replica.run("pg_ctl", "promote", "--wait")
            replica.ask(f"INSERT INTO receipt VALUES ({ROWS + 1})")
            assert replica.ask("SELECT count(*) FROM receipt") == ROWS + 1
