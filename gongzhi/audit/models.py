from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal


class Entry(models.Model):
    """What was done to what, by whom and when.  Rows are added, never changed; words can be erased.

    ``facts`` are public of kind (states, codes, numbers); ``told`` holds words and the actor's
    label, which may name a person, and stands in the chain only as a salted commitment.  ``by_id``
    is who did it as `audit.actors.signed` writes it: nothing can be asked by author.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_type = models.CharField(max_length=30)
    subject = models.UUIDField()
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    told = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    commitment = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "seq"],
                name="entry_once",
                violation_error_message=_("Somebody else was first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject_type} {self.subject}"

    @property
    def by_label(self) -> str:
        """Return who did it, as written then."""
        return str(self.told.get("by", ""))


class Look(models.Model):
    """One conscious look at a person's data: who, when, at which matter, what for; never the data.

    ``purpose`` is a code; what somebody wrote instead is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    purpose = models.CharField(max_length=120, blank=True)
    sealed = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_label} {self.subject}"

    @property
    def why(self) -> str:
        """What the look was for: the code, or the words, for whom they may be shown to."""
        if self.sealed is None:
            return self.purpose
        return str(unseal(bytes(self.sealed), self.pk.hex)["why"])
