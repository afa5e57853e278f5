"""A crowd that reads without a pause, and a few who send: ``python -m tests.drills.crowd``.

Runs on the empty database of the settings and prints what it found as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import django

from tests.drills.kill import PEOPLE, Drill, Person, free_port, plant

READERS = 80  # more than both processes of the server let wait
LONGEST_S = 60


def read(port: int, enough: threading.Event, answers: Counter[str]) -> None:
    """Ask for the first page again and again, and note what was answered."""
    while not enough.is_set():
        line = HTTPConnection("127.0.0.1", port, timeout=LONGEST_S)
        line.request("GET", "/", headers={"Host": "localhost"})
        answer = line.getresponse()
        answer.read()
        line.close()
        again = f" in {answer.getheader('Retry-After')} s" if answer.status == 503 else ""
        answers[f"{answer.status}{again}"] += 1


def main() -> None:
    """Let all come at once until the few have their receipts; count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receipts", type=int, default=20)
    receipts = parser.parse_args().receipts
    django.setup()
    from gongzhi.matters.queries import by_receipt

    plant()
    drill = Drill(free_port())
    answers: Counter[str] = Counter()
    enough = threading.Event()
    people = [Person(drill, n) for n in range(PEOPLE)]
    try:
        drill.start_web()
        people[0].insist("GET", "/", None)  # it is open
        drill.refused = 0
        with ThreadPoolExecutor(READERS + PEOPLE) as pool:
            readers = [pool.submit(read, drill.port, enough, answers) for _ in range(READERS)]
            try:
                for one in [pool.submit(who.raise_matters, receipts // PEOPLE) for who in people]:
                    one.result()
            finally:
                enough.set()
            for one in readers:
                one.result()
    finally:
        drill.stop()
    said = {
        "shown": len(drill.shown),
        "shown_but_lost": sum(not by_receipt(one.number, one.code) for one in drill.shown),
        "senders_sent_away": drill.refused,
        "readers": answers,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
