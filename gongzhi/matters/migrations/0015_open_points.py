"""Open matters by their points: what lies in a part of the map."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("matters", "0014_call_backs")]

    operations = [
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["lat", "lon"],
                name="matter_open_point",
                condition=Q(ended_at=None, lat__isnull=False),
            ),
        )
    ]
