from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal
from gongzhi.matters.uploads import TYPES, Sort
from gongzhi.parties.reach import Reach


class Sealed(models.Model):
    """A row whose words are sealed, bound to its key: nobody reads them in the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sealed = models.BinaryField()

    class Meta:
        abstract = True

    @cached_property
    def said(self) -> dict[str, Any]:
        """The words, unsealed; reading them is for whom the rules of the file let in."""
        return unseal(bytes(self.sealed), self.pk.hex)


class Party(Sealed):
    """Somebody of a sealed file; ``acts_for`` is whom a representative or proxy stands for.

    ``file`` is the key of the file and ``business`` the namespace of its addresses; ``number`` is the
    file's, by which together with the receipt code a party comes in.  ``role`` is the business's word.
    """

    version = models.PositiveIntegerField(default=1)
    file = models.UUIDField(db_index=True)
    business = models.SlugField(max_length=20)
    number = models.CharField(max_length=24, db_index=True)
    role = models.SlugField(max_length=20)
    acts_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="acted_for_by")
    receipt_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=8, default="zh-hans")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return f"{self.role} of {self.number}"

    def get_absolute_url(self) -> str:
        """Return the page on which this party reads the file."""
        return reverse(f"{self.business}:mine", args=[self.pk])

    @property
    def reach(self) -> Reach:
        """How they are reached: for messages, and for whom `actions.look` has let in."""
        return Reach(**self.said)

    @property
    def name(self) -> str:
        return str(self.said.get("name", ""))

    @property
    def is_erased(self) -> bool:
        """Return whether nothing is left of who they are: nobody joins without a name."""
        return not self.said


class Paper(Sealed):
    """A document, photo or recording of a sealed file, stored encrypted.

    ``room`` is the party whose private room it lies in, empty for the joint room; ``giver`` who
    handed it in, empty for whoever works on the file.
    """

    file = models.UUIDField(db_index=True)
    room = models.UUIDField(null=True)
    giver = models.ForeignKey(Party, models.PROTECT, null=True, related_name="papers")
    sort = models.CharField(max_length=9, choices=Sort)
    stored = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    n_bytes = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sort} of {self.file}"

    @property
    def name(self) -> str:
        return str(self.said.get("name", ""))

    @property
    def mime(self) -> str:
        return TYPES[Sort(self.sort)]


class Signature(Sealed):
    """What somebody signed: the digest of a document, when, and by which proof.

    Sealed are the name and the drawing (PNG, as base64).  ``signer`` is empty where a mediator or an
    official signed.  ``witnessed`` says that it was signed at the counter, before staff, not by code.
    """

    file = models.UUIDField(db_index=True)
    signer = models.ForeignKey(Party, models.PROTECT, null=True, related_name="signatures")
    by_id = models.UUIDField(null=True)
    document = models.CharField(max_length=64)
    witnessed = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "signer"],
                name="party_signs_once",
                violation_error_message=_("This was signed already."),
            )
        ]

    def __str__(self) -> str:
        return f"signature on {self.document[:12]}"

    @property
    def name(self) -> str:
        return str(self.said.get("name", ""))

    @property
    def drawing(self) -> str:
        """The drawn signature as a PNG in base64."""
        return str(self.said.get("drawing", ""))
