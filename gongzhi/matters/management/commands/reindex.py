from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions import reindex
from gongzhi.matters.actions.searching import AT_ONCE
from gongzhi.matters.models import Matter


class Command(BaseCommand):
    help = "Write the search words of all matters anew, some at a time; others work meanwhile."

    def handle(self, *_args: Any, **_options: Any) -> None:
        after = None
        with tqdm(total=Matter.objects.count(), disable=None, mininterval=0.5) as bar:
            while True:
                with transaction.atomic():
                    after = reindex(after=after, by=SYSTEM, at=timezone.now())
                bar.update(AT_ONCE)
                if after is None:
                    return
