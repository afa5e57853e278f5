"""Reminders of the tasks of co-offices."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("matters", "0017_follow_up_links")]

    operations = [
        migrations.AddField(
            "reminder",
            "task",
            models.ForeignKey(
                "matters.officetask", models.CASCADE, null=True, related_name="+", db_index=False
            ),
        ),
        migrations.RemoveConstraint("reminder", "reminded_once"),
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint(
                fields=["matter", "mark", "due_at"], name="reminded_once", condition=Q(task=None)
            ),
        ),
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint(
                fields=["task", "mark", "due_at"],
                name="reminded_of_task_once",
                condition=Q(task__isnull=False),
            ),
        ),
    ]
