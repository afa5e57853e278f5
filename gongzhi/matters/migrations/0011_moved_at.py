"""When a matter last moved, by which lists can be in order."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

LATEST = (
    "ended_at",
    "resolved_at",
    "answered_at",
    "acknowledged_at",
    "dispatched_at",
    "accepted_at",
    "received_at",
)


def fill(apps, schema_editor):
    apps.get_model("matters", "Matter").objects.update(moved_at=Coalesce(*LATEST))


class Migration(migrations.Migration):
    dependencies = [("matters", "0010_files")]

    operations = [
        migrations.AddField(
            "matter",
            "moved_at",
            models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("matter", models.Index(fields=["moved_at", "id"], name="matter_moved")),
    ]
