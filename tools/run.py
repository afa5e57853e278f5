"""Set up, start and keep running: the web server and one worker. Ctrl-C stops both.

``GONGZHI_PORT`` (8000), ``GONGZHI_LISTEN`` (127.0.0.1), ``GONGZHI_DEMO`` (1) and every setting of
``gongzhi/site/settings.py`` may be given as environment variables.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools.setup import PYTHON, ROOT, check_folder, ensure, say, stop

HIGHEST = 65_535
QUICK_S = 5  # whoever dies sooner than this has a fault that a restart does not cure
TRIES = 3
PATIENCE_S = 10
WEB = "-m granian --interface wsgi --workers 2 --blocking-threads 64 --no-ws --log-level error"
WORK = "-m gongzhi work"


def main() -> None:
    """Prepare everything, then watch over both processes until somebody stops it."""
    for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, signal.default_int_handler)
    port, listen = read_port(), os.environ.get("GONGZHI_LISTEN", "127.0.0.1")
    check_port(listen, port)
    ensure("run")
    check_folder(Path(os.environ.get("GONGZHI_VAR") or ROOT / "var"))
    os.environ.setdefault("GONGZHI_ORIGIN", f"http://localhost:{port}")
    command("-m", "tools.prepare")
    address = ["--host", listen, "--port", str(port), "gongzhi.site.wsgi:application"]
    children = [
        Child("网站", "web server", [*WEB.split(), *address]),
        Child("后台任务", "worker", WORK.split()),
    ]
    try:
        wait_until_open(listen, port, children)
        greet(port)
        while True:
            for child in children:
                child.mind()
            time.sleep(0.5)
    finally:
        end(children)


def read_port() -> int:
    """Return the port asked for."""
    value = os.environ.get("GONGZHI_PORT", "8000")
    if not value.isdigit() or not 0 < int(value) <= HIGHEST:
        stop(
            f"GONGZHI_PORT 是“{value}”，应为 1 到 65535 之间的数字。",
            f"GONGZHI_PORT is “{value}”: write a number between 1 and 65535.",
        )
    return int(value)


def check_port(listen: str, port: int) -> None:
    """End with a sentence when the port is not to be had."""
    with socket.socket(socket.AF_INET6 if ":" in listen else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen, port))
        except OSError as error:
            stop(
                f"端口 {port} 无法使用（{error.strerror}）。可能已有一个程序在运行；"
                f"请先停止它，或换一个端口：GONGZHI_PORT={port + 1} make run",
                f"Port {port} cannot be used ({error.strerror}). Another program may be running "
                f"there: stop it, or choose another port: GONGZHI_PORT={port + 1} make run",
            )


def command(*arguments: str) -> None:
    """Run one command of ours to its end; end ourselves when it fails (it said why)."""
    result = subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False)
    if result.returncode:
        raise SystemExit(result.returncode)


class Child:
    """One process of ours, started again when it dies."""

    def __init__(self, chinese: str, english: str, arguments: list[str]) -> None:
        """Start it."""
        self.chinese, self.english, self.arguments = chinese, english, arguments
        self.deaths = 0
        self.start()

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it only through us."""
        self.since = time.monotonic()
        self.process: subprocess.Popen[Any] = subprocess.Popen(
            [str(PYTHON), *self.arguments], cwd=ROOT, start_new_session=True
        )

    def mind(self) -> None:
        """Start it again when it has died; give up when it dies at once, again and again."""
        if self.process.poll() is None:
            return
        quick = time.monotonic() - self.since < QUICK_S
        self.deaths = self.deaths + 1 if quick else 1
        if quick and self.deaths >= TRIES:
            stop(
                f"{self.chinese}一启动就退出，已试 {TRIES} 次；原因见上面的输出。",
                f"The {self.english} ended at once {TRIES} times; the reason is printed above.",
            )
        say(
            f"{self.chinese}意外退出（代码 {self.process.returncode}），正在重新启动。",
            f"The {self.english} ended unexpectedly (code {self.process.returncode}); "
            "starting it again.",
        )
        self.sweep()
        self.start()

    def sweep(self) -> None:
        """End what it started itself and left behind."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def wait_until_open(listen: str, port: int, children: list[Child]) -> None:
    """Return when the web server takes connections."""
    at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen, listen)  # noqa: S104  all are heard here
    while True:
        try:
            socket.create_connection((at, port), timeout=1).close()
        except OSError:
            for child in children:
                child.mind()
            time.sleep(0.1)
        else:
            return


def greet(port: int) -> None:
    """Print the addresses, the demo sign-ins and how to stop."""
    site = f"http://localhost:{port}"
    say("共治已启动。", "Gongzhi is running.")
    for path, chinese, english in (
        ("/", "群众：提交与查询", "residents"),
        ("/desk/", "工作人员", "staff"),
        ("/field/", "网格员手机端", "grid workers, on a phone"),
        ("/manage/", "管理", "administration"),
    ):
        print(f"  {site + path:<32} {chinese} · {english}")
    print(flush=True)
    command("-m", "gongzhi", "demo", "--sign-ins")
    say("按 Ctrl-C 停止。", "Press Ctrl-C to stop.")


def end(children: list[Child]) -> None:
    """Ask both to finish what they are doing; insist after a while."""
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + PATIENCE_S
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        child.sweep()
        child.process.wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        say("\n已停止。数据都已保存。", "Stopped. Everything is saved.")
        sys.exit(0)
