"""Two installations hand matters to each other while processes are killed and the line between them is cut.

A township raises and hands up, a district handles; both are real: server, worker, database each.  In the
end both histories are read and have to say the same.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any

from tests.drills.kill import ROOT, end
from tests.drills.line import Line
from tools.run import WEB, WORK

PEOPLE = "tests.drills.level_people"
SIDES = ("lower", "upper")
QUIET_S = 240  # in which something has to arrive as long as anything is under way
LONGEST_CUT_S = 5.0


@dataclass
class House:
    """One installation: its settings, and the processes that serve it."""

    side: str
    env: dict[str, str]
    port: int = 0
    line: Line | None = None
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def begin(self) -> None:
        """Find a port, lay the line to it and make the database."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.line = Line(self.port)
        self.env |= {"GONGZHI_PRIVATE_HOSTS": "127.0.0.1"}
        subprocess.run([sys.executable, "-m", "tools.prepare"], cwd=ROOT, env=self.env, check=True)

    @property
    def address(self) -> str:
        assert self.line
        return f"http://127.0.0.1:{self.line.port}"

    def ask(self, *arguments: str) -> dict[str, Any]:
        """Have something done in its settings and return what was told last."""
        done = subprocess.run(
            [sys.executable, "-m", PEOPLE, *arguments, "--side", self.side],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
        return told

    def start(self, what: str, *more: str) -> None:
        """Start the web server, a worker, or the people."""
        address = ["--host", "127.0.0.1", "--port", str(self.port), "gongzhi.site.wsgi:application"]
        commands = {
            "web": [*WEB.replace("--workers 2", "--workers 1").split(), *address],
            "worker": WORK.split(),
            "people": ["-m", PEOPLE, "play", "--side", self.side, *more],
        }
        self.running[what] = subprocess.Popen(
            [sys.executable, *commands[what]],
            cwd=ROOT,
            env=self.env,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )

    def kill(self, what: str) -> None:
        """Kill one of its processes at once."""
        end(self.running.pop(what))

    def wait_until_open(self) -> None:
        for _try in range(200):
            asking = HTTPConnection("127.0.0.1", self.port, timeout=5)
            with suppress(OSError, HTTPException), closing(asking) as connection:
                connection.request("GET", "/")
                connection.getresponse().read()
                return
            time.sleep(0.1)
        raise RuntimeError("the server does not open")


@dataclass
class Told:
    """What came of it."""

    lower: dict[str, Any]
    upper: dict[str, Any]
    kills: Counter[str]
    seconds: float

    @property
    def differences(self) -> list[str]:
        """Return in what both histories differ, matter by matter."""
        here = {one["ref"]: one for one in self.lower["shared"]}
        there = {one["ref"]: one for one in self.upper["shared"]}
        found = [f"{ref}: at one end alone" for ref in here.keys() ^ there.keys()]
        for ref in here.keys() & there.keys():
            found += [f"{ref}: {what}" for what in differ(here[ref], there[ref])]
        return found


def differ(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return in what two histories of one matter differ: words, order, number, ends, answers."""
    found = []
    if ours["told"] != theirs["heard"]:
        found.append("what the lower told is not what the upper heard")
    if theirs["told"] != ours["heard"]:
        found.append("what the upper told is not what the lower heard")
    if ours["their_number"] != theirs["number"] or theirs["their_number"] != ours["number"]:
        found.append("the numbers differ")
    if not ours["ended"] and ours["state"] == "closed" and theirs["state"] != "closed":
        found.append(f"closed below, {theirs['state']} above")
    if ours["ended"] and theirs["state"] not in ("refused", "withdrawn", "closed", "forced"):
        found.append(f"back below, {theirs['state']} above")
    if not ours["ended"] and ours["verbs"].get("answer", 0) < theirs["verbs"].get("inspect", 0):
        found.append("an answer is missing below")
    if theirs["verbs"]["receive"] != 1:
        found.append("received twice")
    return found


def play(
    envs: dict[str, dict[str, str]],
    *,
    matters: int,
    kills: int,
    cuts: int,
    seed: int = 7,
    wait: bool,
) -> Told:
    """Let ``matters`` go up and come back through ``kills`` and ``cuts``; return both histories.

    Unless ``wait``, leases of those that were killed end at once.
    """
    lower, upper = houses = [House(side, envs[side]) for side in SIDES]
    begun = time.monotonic()
    stop, progress = (Path(envs["lower"]["GONGZHI_VAR"]) / name for name in ("stop", "progress"))
    for house in houses:
        house.begin()
    tokens = [
        one.ask("plant", "--address", other.address, "--name", name)["token"]
        for one, other, name in ((lower, upper, "区级平台"), (upper, lower, "街道平台"))
    ]
    lower.ask("link", "--address", upper.address, "--token", tokens[1])
    upper.ask("link", "--address", lower.address, "--token", tokens[0])
    killed: Counter[str] = Counter()
    try:
        for house in houses:
            house.start("web")
            house.start("worker")
            house.wait_until_open()
        says = ["--matters", str(matters), "--progress", str(progress)]
        lower.start("people", *says, "--seed", str(seed))
        upper.start("people", "--stop", str(stop), "--seed", str(seed + 1))
        over = threading.Event()
        marks = spread(kills, cuts, 2 * matters, Random(seed))
        trouble = threading.Thread(
            target=make_trouble, args=[houses, marks, progress, Random(seed), over, killed]
        )
        trouble.start()
        try:
            _mind(houses, says, seed, wait=wait)
        finally:
            over.set()
        trouble.join()
        wait_until_quiet(houses, wait=wait)
    finally:
        stop.touch()
        for house in houses:
            for what in list(house.running):
                house.kill(what)
            if house.line:
                house.line.close()
    dumped = [house.ask("dump") for house in houses]
    return Told(dumped[0], dumped[1], killed, time.monotonic() - begun)


def _mind(houses: list[House], says: list[str], seed: int, *, wait: bool) -> None:
    """Wait until the people below are done; they start anew where they were ended by a kill."""
    lower, n = houses[0], 0
    while (code := lower.running["people"].poll()) != 0:
        if code == -signal.SIGKILL:
            n += 1
            lower.start("people", *says, "--seed", str(seed + 100 * n))
        elif code is not None:
            raise RuntimeError("the people below gave up")
        elif not wait:
            hurry(houses)
        time.sleep(1 if wait else 10)


def hurry(houses: list[House]) -> None:
    """End the leases of those that were killed."""
    for house in houses:
        house.ask("hurry")


def spread(kills: int, cuts: int, whole: int, random: Random) -> list[tuple[float, str]]:
    """Return at which progress to kill and to cut: at random, all over the ``whole``."""
    acts = ["kill"] * kills + ["cut"] * cuts
    return sorted((random.uniform(0, whole), act) for act in acts)


def make_trouble(  # noqa: PLR0917
    houses: list[House],
    marks: list[tuple[float, str]],
    progress: Path,
    random: Random,
    over: threading.Event,
    killed: Counter[str],
) -> None:
    """Kill and cut as what is raised and ended reaches each of the ``marks``."""
    for mark, act in marks:
        while _read(progress) < mark:
            if over.wait(0.5):
                return
        house = random.choice(houses)
        if act == "cut":
            assert house.line
            house.line.cut()
            over.wait(random.uniform(0.5, LONGEST_CUT_S))
            house.line.mend()
            killed["cut"] += 1
            continue
        what = random.choice(["web", "worker", "people"])
        killed[f"{house.side} {what}"] += 1
        if what == "people" and house.side == "lower":  # `_mind` starts them anew
            with suppress(ProcessLookupError):
                os.killpg(house.running["people"].pid, signal.SIGKILL)
            continue
        house.kill(what)
        over.wait(random.uniform(0, 2))
        stop = Path(houses[0].env["GONGZHI_VAR"]) / "stop"
        house.start(what, *(["--stop", str(stop)] if what == "people" else []))


def _read(progress: Path) -> int:
    try:
        return int(progress.read_text(encoding="utf-8") or 0)
    except FileNotFoundError:
        return 0


def wait_until_quiet(houses: list[House], *, wait: bool) -> None:
    """Return once nothing waits at either end.

    :raises RuntimeError: something still does, and nothing has happened for some minutes
    """
    last: list[dict[str, Any]] = []
    until = 0.0
    while True:
        left = [house.ask("waiting") for house in houses]
        if not any(one["jobs"] or one["waiting"] for one in left):
            return
        if left != last:
            last, until = left, time.monotonic() + QUIET_S
        elif time.monotonic() > until:
            raise RuntimeError(f"left: {left}")
        if not wait:
            hurry(houses)
        time.sleep(1)
