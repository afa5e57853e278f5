"""The production server under measurement: started here, asked over HTTP, its CPU time counted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
from django.db import connection

from tools.run import WEB

ROOT = Path(__file__).parents[1]
PATIENCE_S = 60


@contextmanager
def serving() -> Iterator[Server]:
    """Start the server with the settings of this process's environment; stop it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = ["--host", "127.0.0.1", "--port", str(port), "gongzhi.site.wsgi:application"]
    process = subprocess.Popen(
        [sys.executable, *WEB.split(), *address],
        cwd=ROOT,
        start_new_session=True,
        stdout=sys.stderr,
    )
    try:
        wait_until_open(port)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_open(port: int) -> None:
    """Return when the server answers."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            client = HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/", headers={"Host": "localhost"})
            client.getresponse().read()
            client.close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


class Server:
    """The running server; `app_s` and `database_s` grow with what it has used."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    def app_s(self) -> float:
        """Return the CPU seconds that the server's processes have used."""
        main = psutil.Process(self.pid)
        return sum(used_s(process) for process in [main, *main.children(recursive=True)])

    def database_s(self) -> float:
        """Return the CPU seconds of the database's processes that serve it; 0 on SQLite."""
        return sum(used_s(process) for process in backends())


def backends() -> list[psutil.Process]:
    """Return the processes of the PostgreSQL server that work for the database, but for our own."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [psutil.Process(pid) for (pid,) in cursor.fetchall() if psutil.pid_exists(pid)]


def used_s(process: psutil.Process) -> float:
    """Return the CPU seconds that a process has used itself."""
    times = process.cpu_times()
    return float(times.user + times.system)
