from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal
from gongzhi.exchange.models import Client
from gongzhi.federation.backends import Line
from gongzhi.federation.states import State
from gongzhi.matters.models import Matter
from gongzhi.matters.states import State as MatterState

LONGEST_FAULT = 300


class Peer(models.Model):
    """Another installation, a level above or below ours; ``office`` stands for it among our offices.

    It calls us as ``client``; by what is sealed we call it.  Of our parcels ``n_told`` were written and
    ``n_taken`` are kept there; of its own ``n_heard`` are kept here.  ``skew_s`` is by how many seconds
    its clock is ahead of ours.  ``compared`` is what the last comparison of both ledgers found.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    office = models.OneToOneField(Office, models.PROTECT, related_name="peer")
    client = models.OneToOneField(Client, models.PROTECT, related_name="peer")
    is_above = models.BooleanField()
    address = models.URLField(max_length=300)
    sealed = models.BinaryField(null=True)
    n_told = models.BigIntegerField(default=0)
    n_taken = models.BigIntegerField(default=0)
    n_heard = models.BigIntegerField(default=0)
    fails = models.PositiveIntegerField(default=0)
    again_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=LONGEST_FAULT, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    skew_s = models.IntegerField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    compared = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.office.name

    @property
    def line(self) -> Line:
        """Where it is, and the token that it gave us; empty while it has not."""
        known = unseal(bytes(self.sealed), self.pk.hex) if self.sealed else {}
        return Line(self.address, str(known.get("token", "")))

    @property
    def n_waiting(self) -> int:
        """How many of our parcels are not kept there yet."""
        return self.n_told - self.n_taken


class Handed(models.Model):
    """A matter that two installations have in common, under the same ``ref`` in both.

    ``is_ours``: it was raised here and is handled there.  Else it was handed to us, and ``matter`` is
    what stands for it here.  ``number``, ``state`` and ``due_at`` are as told from there last.
    ``told`` and ``heard`` are digests over all that was said of it so far: when nothing is under way,
    what one has told is what the other has heard.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ref = models.UUIDField(default=uuid7)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="handed", db_index=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="handed")
    is_ours = models.BooleanField()
    number = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    n_told = models.PositiveIntegerField(default=0)
    told = models.CharField(max_length=64, blank=True)
    n_heard = models.PositiveIntegerField(default=0)
    heard = models.CharField(max_length=64, blank=True)
    handed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "peer", "is_ours"],
                condition=models.Q(ended_at=None),
                name="handed_once",
                violation_error_message=_("It is with this level already."),
            ),
            models.UniqueConstraint(fields=["peer", "ref"], name="handed_ref_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} ↔ {self.peer_id}"

    @property
    def state_label(self) -> str:
        """How it stands there, in words."""
        return str(MatterState(self.state).label) if self.state else ""


class Parcel(models.Model):
    """One thing said of a handed matter, in the order of its installation: ours, or theirs.

    ``done_at`` is when it was kept at the other end (ours) or here (theirs); ``fault`` why what it
    asks for could not be done.  ``body`` is emptied once it is long done; the digest stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="parcels", db_index=False)
    is_ours = models.BooleanField()
    seq = models.BigIntegerField()
    ref = models.UUIDField()
    verb = models.CharField(max_length=12)
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=LONGEST_FAULT, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["peer", "is_ours", "seq"], name="parcel_once")
        ]
        indexes = [
            models.Index(
                fields=["peer", "seq"], name="parcel_fault", condition=models.Q(fault__gt="")
            ),
            models.Index(fields=["done_at"], name="parcel_done"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"

    @property
    def wire(self) -> dict[str, Any]:
        """The parcel as it is sent."""
        said = {"seq": self.seq, "ref": self.ref.hex, "verb": self.verb, "body": self.body}
        return said | {"at": self.at.isoformat()}
