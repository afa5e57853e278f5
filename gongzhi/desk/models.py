"""What the desk keeps of its own: filters that somebody saved, and moves made on many matters."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office, Role, User
from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter
from gongzhi.places.models import Place


class SavedFilter(models.Model):
    """A list as its address says it, under a name; shared with whoever serves in the same post.

    ``query`` is the query of the address; with a ``tab`` in it the list is a pile of the inbox, else
    a search.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=500)
    pinned = models.BooleanField(default=True)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="+")
    office = models.ForeignKey(Office, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return bool(self.role)


class Bulk(models.Model):
    """One move that somebody makes on many matters, each by its own action and version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    move = models.CharField(max_length=20)
    given = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.move} {self.begun_at:%Y-%m-%d %H:%M}"


class BulkItem(models.Model):
    """One matter of a bulk move: still to come, done, or refused with the sentence that says why."""

    class State(models.TextChoices):
        TO_COME = "to_come", _("waiting its turn")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="items", db_index=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.TO_COME)
    said = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["bulk", "state", "id"], name="bulk_item_state")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.state}"
