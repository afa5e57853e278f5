from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.faults import AWAY
from gongzhi.jobs import actions

PAUSE_S = 0.5
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
        if not options["until_idle"]:
            os.nice(NICE)
        for wish in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wish, self.stop)
        while not self.stopped:
            try:
                did = self.round()
            except AWAY as away:
                self.stderr.write(f"database away, trying again: {away}")
                close_old_connections()
                did = 0
            if not did:
                if options["until_idle"]:
                    return
                time.sleep(PAUSE_S)

    def round(self) -> int:
        """Do what is due; return how much that was.  Asked to stop, give back what was not begun."""
        before, self.seen = self.seen, now()
        if self.seen < before:
            actions.set_back(by=SYSTEM, at=self.seen)
        ticks = actions.tick(by=SYSTEM, at=now())
        jobs = actions.claim(by=SYSTEM, at=now())
        for job in jobs:
            act = actions.give_back if self.stopped else actions.run
            act(job, by=SYSTEM, at=now())
        return ticks + len(jobs)

    def stop(self, *_: object) -> None:
        self.stopped = True
