from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import announce, appoint, open_account
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.places.models import Place


class Command(BaseCommand):
    help = "Open the account of an administrator; the password is asked for, or read from a pipe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sign_in", help="sign-in name")
        parser.add_argument("name", help="their name")

    def handle(self, *_args: Any, **options: Any) -> None:
        place = _whole()
        password = read_password()
        at = timezone.now()
        try:
            validate_password(password)
            with transaction.atomic():
                user = open_account(
                    username=options["sign_in"],
                    name_zh=options["name"],
                    name_en="",
                    password=password,
                    by=SYSTEM,
                    at=at,
                )
                appoint(user, role=Role.ADMINISTRATOR, place=place, by=SYSTEM, at=at)
                announce(user, verb="account.open", by_hand=True, by=SYSTEM, at=at)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        said = {"name": options["sign_in"], "place": place.name}
        self.stdout.write(_("“%(name)s” can sign in now as administrator of %(place)s.") % said)


def _whole() -> Place:
    """Return the largest place: an administrator serves the whole installation."""
    place = Place.objects.filter(parent=None).order_by("code").first()
    if place is None:
        raise CommandError(
            _("There are no places yet: take in a file of places first (import_places).")
        )
    return place


def read_password() -> str:
    """Return the password: typed twice at a terminal, else the first line of what is piped in.

    :raises CommandError: the two differ
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass(_("Password: "))
    if getpass(_("Once more: ")) != password:
        raise CommandError(_("The two differ; nothing was done."))
    return password
