from __future__ import annotations

from django.db import models

from gongzhi.accounts.models import User


class Act(models.Model):
    """An act that a device sent: its key was made there, so that it is done once however often it comes.

    ``digest`` binds it to who sent it and to where, by a hash that its own key salts: acts of one
    person cannot be put together.  ``acted_at`` is when it was done by the clock of the device, as
    far as that could be set right; after a week only the days are known.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=200)
    acted_at = models.DateTimeField(null=True)
    acted_on = models.DateField()
    received_at = models.DateTimeField(null=True, db_index=True)
    received_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.received_on} {self.id}"


class Device(models.Model):
    """A device on which somebody keeps pages and acts, so that they can be wiped from it.

    ``label`` is what its browser calls itself in a word or two; where it is, nobody asks.  ``sign_in``
    is the session in which it was last used: who ends that has the device wiped.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    since = models.DateField()
    seen_on = models.DateField()
    sign_in = models.UUIDField(null=True)
    wiped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label
