"""A morning of the field: what hundreds of workers did without network comes in within minutes.

``python -m benchmarks.morning [--workers 510] [--acts 60] [--minutes 10] [--only postgresql] [--write]``:
each worker's device sends its acts one after another, as the page does; one in three was settled on
the spot, one in five has a photograph.  Web server and worker run as `make run` starts them.  Then it
waits some minutes for photographs to be written anew, and counts what came and how many still wait.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from io import BytesIO
from random import Random
from statistics import quantiles
from typing import Any
from uuid import uuid4

from benchmarks import fixture
from benchmarks.pages import write
from benchmarks.requests import sign_in

DATABASES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
MATTERS = 20_000
LINES = 24  # devices that send at the same moment
PHOTO = (2000, 1500)  # to what the page makes photographs smaller
SEED = 20260301
AIM_MS = 1000
PATIENCE_S = 300  # how long photographs are waited for once the last act came
HEAD = (
    "| database | acts | with a photo | within | lost | application CPU-ms each | database | p50 ms "
    f"| p95 ms (≤ {AIM_MS}) | the last act | photos ready |\n"
    "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


@dataclass(slots=True)
class Device:
    """What one worker did: acts in their order, and the session they are sent with."""

    session: str
    place: str
    acts: int
    begins: float  # s after the first
    random: Random
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    """Measure each database in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=510)
    parser.add_argument("--acts", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(measure(given.workers, given.acts, given.minutes * 60))
        return
    asked = [f"--{name}={getattr(given, name)}" for name in ("workers", "acts", "minutes")]
    rows = [of(name, asked) for name in ([given.only] if given.only else DATABASES)]
    print("\n".join([HEAD, *rows]))
    if given.write:
        write("\n".join([HEAD, *rows]), "morning")


def of(name: str, asked: list[str]) -> str:
    """Return the row of one database."""
    with fixture.server() if name == "postgresql" else nullcontext("") as address:
        database = (
            fixture.on_postgresql(MATTERS, address)
            if name == "postgresql"
            else fixture.on_sqlite(MATTERS)
        )
        fixture.command(database, "-m", "tools.prepare")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.morning", "--here", *asked],
            env=fixture.environment(database),
            stdout=subprocess.PIPE,
            check=True,
        )
    return f"| {DATABASES[name]} {done.stdout.decode().strip()}"


# --- In the process that measures.


def measure(workers: int, acts: int, seconds: float) -> str:
    """Let ``workers`` send ``acts`` each within ``seconds``; return the row without its first cell."""
    import django

    django.setup()
    from benchmarks.serving import serving
    from gongzhi.matters.models import Attachment, Matter
    from gongzhi.offline.models import Act
    from tools.run import WORK

    devices = list(begun(workers, acts, seconds))
    photo = photograph()
    before = Matter.objects.count()
    with serving() as server, subprocess.Popen([sys.executable, *WORK.split()]) as worker:
        app, database = server.app_s(), server.database_s()
        began = time.monotonic()
        try:
            with ThreadPoolExecutor(LINES) as lines:
                sent = [lines.submit(send, server.port, one, began, photo) for one in devices]
            photos = sum(one.result() for one in sent)
            last = time.monotonic() - began
            app, database = server.app_s() - app, server.database_s() - database
            raws = Attachment.objects.exclude(raw="")
            until = time.monotonic() + PATIENCE_S
            while raws.exists() and time.monotonic() < until:
                time.sleep(1)
            written = time.monotonic() - began
        finally:
            worker.terminate()
    n = workers * acts
    lost = 2 * n - (Matter.objects.count() - before) - Act.objects.count()
    came = Attachment.objects.filter(matter__channel="field").exclude(file="", raw="")
    lost += photos - came.count()
    waiting = came.exclude(raw="").count()
    cuts = quantiles((one for device in devices for one in device.seconds), n=20)
    cells = (
        f"{n:,}",
        f"{photos:,}",
        f"{seconds / 60:g} min",
        str(lost),
        f"{app * 1000 / n:.1f}",
        f"{database * 1000 / n:.1f}",
        f"{cuts[9] * 1000:.0f}",
        f"{cuts[18] * 1000:.0f}",
        f"{last / 60:.1f} min",
        f"{photos - waiting:,} after {written / 60:.1f} min",
    )
    return "| " + " | ".join(cells) + " |"


def begun(workers: int, acts: int, seconds: float) -> Iterator[Device]:
    """Yield the devices, each with a grid worker of a grid of their own, in the order they begin."""
    from django.utils.timezone import now

    from gongzhi.accounts.actions import appoint, open_account
    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.places.models import Place

    grids = Place.objects.filter(level__code="grid").order_by("code")[:workers]
    for n, grid in enumerate(grids):
        name, at = f"walker{n}", now()
        user = open_account(
            username=name, name_zh=name, name_en=name, password="", by=SYSTEM, at=at
        )
        appoint(user, role=Role.GRID_WORKER, place=grid, by=SYSTEM, at=at)
        begins = seconds * 0.95 * n / workers
        yield Device(sign_in(user), grid.code, acts, begins, Random(SEED + n))  # noqa: S311


def photograph() -> bytes:
    """Return a photograph as the page sends it: noise and edges, which cost what a street costs."""
    from PIL import Image

    noise = Image.effect_noise(PHOTO, 40).convert("RGB")
    street = Image.linear_gradient("L").resize(PHOTO).convert("RGB")
    out = BytesIO()
    Image.blend(noise, street, 0.6).save(out, "JPEG", quality=85)
    return out.getvalue()


def send(port: int, device: Device, began: float, photo: bytes) -> int:
    """Send the acts of a device once its time has come; return how many had a photograph."""
    time.sleep(max(0.0, began + device.begins - time.monotonic()))
    line, photos = HTTPConnection("127.0.0.1", port, timeout=120), 0
    for n in range(device.acts):
        shown = [photo] if n % 5 == 0 else []
        fields = {
            "form_key": str(uuid4()),
            "text": f"有东西挡路，{device.random.randrange(10**6)}号。",
            "kind": "parking_place" if n % 3 == 0 else "street_light",
            "place": device.place,
            "settled": "no",
        }
        if n % 3 == 0:
            fields |= {"settled": "yes", "done": "已拧紧。"}
        sent = time.perf_counter()
        told = _post(line, device.session, fields, shown)
        device.seconds.append(time.perf_counter() - sent)
        if "done" not in told:
            raise RuntimeError(f"{device.place}: {told}")
        photos += len(shown)
    line.close()
    return photos


def _post(
    line: HTTPConnection, session: str, fields: dict[str, str], photos: list[bytes]
) -> dict[str, Any]:
    """Send one act as the page's sender does; return what the server said."""
    edge, moment, token = "edge-of-a-part", datetime.now(UTC).isoformat(), "x" * 32
    parts = [f'"{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    head = b'"photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    parts += [head + photo for photo in photos]
    before = f"--{edge}\r\nContent-Disposition: form-data; name=".encode()
    body = b"".join(before + part + b"\r\n" for part in parts) + f"--{edge}--\r\n".encode()
    headers = {
        "Host": "localhost",
        "Accept": "application/json",
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": f"csrftoken={token}; sessionid={session}",
        "X-CSRFToken": token,
        "Gongzhi-Act": str(uuid4()),
        "Gongzhi-Acted": moment,
        "Gongzhi-Clock": moment,
    }
    line.request("POST", "/field/report/", body, headers)
    answer = line.getresponse()
    told: dict[str, Any] = json.loads(answer.read() or f'{{"status": {answer.status}}}')
    return told


if __name__ == "__main__":
    main()
