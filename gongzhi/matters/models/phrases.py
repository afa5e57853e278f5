"""Standard phrases: words for a move, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.matters.phrasing import FIELDS, fill
from gongzhi.places.models import name_for_reader


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def listed(self, on: date) -> PhraseQuerySet:
        """Return the editions in force on a day: at most one of each code."""
        return self.filter(listed_on__lte=on).filter(Q(delisted_on=None) | Q(delisted_on__gt=on))


class Phrase(models.Model):
    """One edition of standard words for ``move``, in both languages.  Never changed but to be delisted.

    Without a ``kind_code`` it is for all kinds.  ``remedy`` is there where the move has one: what the
    requester can do instead.  An edition may be replaced on the day it begins: then it never counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=60)
    edition = models.PositiveSmallIntegerField(default=1)
    move = models.CharField(_("move"), max_length=12)
    kind_code = models.SlugField(_("kind"), max_length=60, blank=True, db_index=False)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=100)
    words_zh = models.TextField(_("words in Chinese"))
    words_en = models.TextField(_("words in English"))
    remedy_zh = models.TextField(_("remedy in Chinese"), blank=True)
    remedy_en = models.TextField(_("remedy in English"), blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)
    listed_on = models.DateField(_("listed from"))
    delisted_on = models.DateField(_("listed until"), null=True, blank=True)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="phrase_edition_once"),
            models.CheckConstraint(
                condition=Q(delisted_on=None) | Q(delisted_on__gte=F("listed_on")),
                name="phrase_ends_after_it_begins",
                violation_error_message=_("A phrase does not end before the day it begins on."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)

    @property
    def words(self) -> str:
        """Return the words in the reader's language."""
        return name_for_reader(self.words_zh, self.words_en)

    @property
    def remedy(self) -> str:
        """Return the remedy in the reader's language."""
        return name_for_reader(self.remedy_zh, self.remedy_en)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what stands in each field of the move's form, in the language spoken now."""
        texts = zip(FIELDS[self.move], (self.words, self.remedy), strict=False)
        return {name: fill(text, values) for name, text in texts}
