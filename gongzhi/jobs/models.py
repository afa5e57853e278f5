from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One thing to be done after a commit; the row goes when its effect is there.

    Its key is a running number, which no address shows: jobs of one ``key`` run in that order.
    """

    topic = models.CharField(max_length=40)
    key = models.UUIDField(null=True)
    args = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["failed_at", "run_after"], name="job_next"),
            models.Index(fields=["key", "id"], name="job_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Beat(models.Model):
    """When something that recurs is next due; whoever moves the date forward does it."""

    name = models.CharField(max_length=120, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
