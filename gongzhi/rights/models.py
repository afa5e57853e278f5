"""Subject requests, holds, terms, sweeps, looks that were unusual, impact assessments."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.audit.models import Look
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal
from gongzhi.deadlines.models import Rule
from gongzhi.matters.models import Matter
from gongzhi.parties.businesses import Files, files_of
from gongzhi.parties.models import Party
from gongzhi.places.models import PathField
from gongzhi.rights.states import OPEN, Sort, State

# Whose data: the person of one matter, who may be nameless, or one of the people of a sealed file.
Whose = Matter | Party
ASKED_ALREADY = _("You have asked for this already: the answer is to come.")


def in_chinese() -> bool:
    """Return whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


class SubjectRequest(models.Model):
    """What the person of one matter, or one of the people of a sealed file, asks about their own data.

    Sealed: their words, the contact they want in place of the old one, and what they were answered.
    ``asker`` is the party of a file, and ``chain`` the path of its place; that of a matter stands in the
    matter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="+")
    asker = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+")
    chain = PathField(blank=True)
    sort = models.CharField(max_length=8, choices=Sort)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_rule = models.ForeignKey(Rule, models.PROTECT, related_name="+", db_index=False)
    provisional = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "sort"],
                name="asked_once_at_a_time",
                condition=Q(state__in=sorted(OPEN)),
                violation_error_message=ASKED_ALREADY,
            ),
            models.UniqueConstraint(
                fields=["asker", "sort"],
                name="party_asked_once_at_a_time",
                condition=Q(state__in=sorted(OPEN)),
                violation_error_message=ASKED_ALREADY,
            ),
            models.CheckConstraint(
                condition=Q(matter=None) ^ Q(asker=None), name="asked_by_person_or_party"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="request_open", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.get_sort_display()}: {self.get_state_display()}"

    @property
    def whose(self) -> Whose:
        """Return whose data are asked about."""
        whose = self.matter or self.asker
        assert whose  # noqa: S101  one of them, says a constraint
        return whose

    @property
    def files(self) -> Files | None:
        """Return what the business of a party says of its files; ``None`` for a matter."""
        return files_of(self.asker) if self.asker else None

    @property
    def said(self) -> dict[str, Any]:
        """What is sealed: ``words``, ``contact``, ``answer`` and ``remedy``; empty once it is erased."""
        return unseal(bytes(self.sealed), self.pk.hex) if self.sealed else {}

    @property
    def is_open(self) -> bool:
        """Return whether it waits for an answer."""
        return self.state in OPEN


class Hold(models.Model):
    """That nothing of a matter is erased, on which ground and until when at most."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")
    ground = models.CharField(_("ground in law, and why"), max_length=300)
    until = models.DateField(_("at most until"))
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_hold_at_a_time",
                condition=Q(lifted_at=None),
                violation_error_message=_("It is held already: lift that hold first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} until {self.until}"


class Term(models.Model):
    """How long is kept what was raised as a kind and ended with a result; empty means any."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind_code = models.SlugField(max_length=60, blank=True)
    result = models.CharField(max_length=10, blank=True)
    contact_days = models.PositiveSmallIntegerField(
        _("contact: days after the end"),
        validators=[MinValueValidator(30), MaxValueValidator(1830)],
    )
    words_months = models.PositiveSmallIntegerField(
        _("words and files: months after the end"),
        validators=[MinValueValidator(6), MaxValueValidator(360)],
    )
    ground_zh = models.CharField(_("why so long"), max_length=300)
    ground_en = models.CharField(_("the same in English"), max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind_code", "result"],
                name="term_once",
                violation_error_message=_("There is a term for this already: change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind_code or '*'} {self.result or '*'}"

    @property
    def ground(self) -> str:
        """Return why so long, in the reader's language."""
        return self.ground_zh if in_chinese() or not self.ground_en else self.ground_en


class Sweep(models.Model):
    """What one night erased because its time was over: how much, never of whom."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    contacts = models.PositiveIntegerField(default=0)
    matters = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class LookLimits(models.Model):
    """From when on looking at people's data is unusual; one row, see `queries.look_limits`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    most_an_hour = models.PositiveSmallIntegerField(
        _("looks of one colleague in an hour, from which on they are many"),
        default=30,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
    )
    night_from = models.TimeField(_("night begins"), default=time(22))
    night_to = models.TimeField(_("night ends"), default=time(6))
    elsewhere = models.BooleanField(
        _("a matter outside the places and offices of who looked"), default=True
    )
    examined_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.most_an_hour} / {self.night_from}-{self.night_to}"


class UnusualLook(models.Model):
    """A look that somebody should ask about, why, and what they found."""

    look = models.OneToOneField(Look, models.CASCADE, primary_key=True, related_name="+")
    reasons = models.CharField(max_length=60)
    noted_at = models.DateTimeField()
    found = models.TextField(blank=True)
    by_label = models.CharField(max_length=120, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["noted_at"], name="unusual_open", condition=Q(settled_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.look_id} {self.reasons}"


class Assessment(models.Model):
    """An impact assessment (《个人信息保护法》 art. 55, 56): public once somebody else approved it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    name_zh = models.CharField(_("what is assessed"), max_length=120)
    name_en = models.CharField(_("the same in English"), max_length=160, blank=True)
    lawful = models.TextField(_("Are purpose and means lawful, proper and necessary?"))
    effects = models.TextField(_("What does it do to the people concerned, and what can go wrong?"))
    measures = models.TextField(_("What protects them, and is it enough?"))
    written_by = models.UUIDField(null=True, blank=True)
    written_at = models.DateTimeField()
    approved_by = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(_("look at it again by"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by="")
                | (Q(approved_at__isnull=False) & ~Q(approved_by="")),
                name="assessment_approved_by_somebody",
                violation_error_message=_("Who approves an assessment is named."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return what is assessed, in the reader's language."""
        return self.name_zh if in_chinese() or not self.name_en else self.name_en
