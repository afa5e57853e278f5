from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Post, Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions.planting import appoint_people, found_offices, list_duties
from gongzhi.matters.businesses import BUSINESSES
from gongzhi.matters.management.commands.simulate import play, refuse_among_real
from gongzhi.places import synthetic
from gongzhi.places.actions import plant_district
from gongzhi.places.models import Place

PASSWORD = "gongzhi-demo"  # noqa: S105  of an invented district, printed for everybody
MATTERS = {"demo": 25_000, "district": 800_000}
MONTHS = 12


class Command(BaseCommand):
    help = "Plant the synthetic district: places, offices, people of every role, a year of matters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=sorted(MATTERS), default="demo")
        parser.add_argument("--matters", type=int, help="how many; 0 for none")
        parser.add_argument("--months", type=int, default=MONTHS)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--processes", type=int)
        parser.add_argument("--sign-ins", action="store_true", help="only print who can sign in")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["sign_ins"]:
            self._plant(**options)
        self._sign_ins()

    def _plant(
        self, *, size: str, matters: int | None, months: int, seed: int, **options: Any
    ) -> None:
        refuse_among_real()
        at = timezone.now()
        # All were there before the first matter came.
        before = at - timedelta(days=months * 31 + 30)
        call_command("seed", stdout=self.stdout)
        try:
            plant_district(size, by=SYSTEM, at=before)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        district = Place.objects.select_related("level").get(code=synthetic.CODE)
        found_offices(district, by=SYSTEM, at=before)
        list_duties(district, by=SYSTEM, at=before)
        appoint_people(district, password=PASSWORD, by=SYSTEM, at=before)
        if matters == 0:
            return
        play(
            self.stdout,
            at=at,
            months=months,
            matters=MATTERS[size] if matters is None else matters,
            seed=seed,
            processes=options["processes"],
        )
        for business in BUSINESSES.values():
            if business.plant:
                business.plant(by=SYSTEM, at=at)

    def _sign_ins(self) -> None:
        district = Place.objects.filter(code=synthetic.CODE).first()
        if district is None:
            return
        held = Post.objects.held(timezone.now()).filter(place__path__startswith=district.path)
        by_role: dict[str, list[str]] = {}
        for role, name in held.order_by("user__username").values_list("role", "user__username"):
            by_role.setdefault(role, []).append(name)
        if not by_role:
            return
        self.stdout.write(
            _("Demo sign-ins, all with the password %(password)s:") % {"password": PASSWORD}
        )
        for role in Role:
            if role in by_role:
                self.stdout.write(f"  {role.label}  {'  '.join(by_role[role])}")
