from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connections
from django.utils.module_loading import autodiscover_modules
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.faults import AWAY
from gongzhi.jobs import actions

PAUSE_S = 0.5
GRACE_S = 10.0  # for what recurs and is under way, once the worker is asked to stop
MAX = datetime.max.replace(tzinfo=UTC)
NICE = 5  # whoever waits for a page comes first: jobs take what it leaves of the processors


class Command(BaseCommand):
    help = "Run jobs and recurring work until stopped; several workers may run side by side."

    stopped = False
    seen = MAX  # the time when it last looked: so that a start looks for what is ahead of the clock

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="stop when nothing is due")

    def handle(self, *_args: Any, **options: Any) -> None:
        autodiscover_modules("tasks")
        for wish in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wish, self.stop)
        if options["until_idle"]:
            while not self.stopped and self.recur() + self.work():
                pass
            return
        os.nice(NICE)
        # What recurs may take minutes (the digest of a night): no job waits for it.
        recurring = Thread(target=self.go_on, args=(self.recur,))
        recurring.start()
        self.go_on(self.work)
        recurring.join(GRACE_S)
        if recurring.is_alive():
            os._exit(0)  # what it has not ended is undone with its transaction, and comes again

    def go_on(self, act: Callable[[], int]) -> None:
        """Act until stopped, with a pause where there was nothing to do; a fault stops everything."""
        try:
            while not self.stopped:
                try:
                    did = act()
                except AWAY as away:
                    self.stderr.write(f"database away, trying again: {away}")
                    close_old_connections()
                    did = 0
                if not did:
                    time.sleep(PAUSE_S)
        finally:
            self.stopped = True
            connections.close_all()  # this thread's

    def recur(self) -> int:
        """Do what recurs and is due; return how much that was."""
        before, self.seen = self.seen, now()
        if self.seen < before:
            actions.set_back(by=SYSTEM, at=self.seen)
        return actions.tick(by=SYSTEM, at=now(), stops=lambda: self.stopped)

    def work(self) -> int:
        """Run the jobs that are due; return how many.  Asked to stop, give back what was not begun."""
        jobs = actions.claim(by=SYSTEM, at=now())
        for job in jobs:
            act = actions.give_back if self.stopped else actions.run
            act(job, by=SYSTEM, at=now())
        return len(jobs)

    def stop(self, *_: object) -> None:
        self.stopped = True
