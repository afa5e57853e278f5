from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_superior"), ("matters", "0003_search_words")]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="about_office",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.office",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="kept_from",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(about_office=None) | models.Q(public=False, sealed=True),
                name="complaint_is_sealed",
                violation_error_message="A complaint about an office is sealed.",
            ),
        ),
    ]
