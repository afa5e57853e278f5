from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_accounts")]

    operations = [
        migrations.AddField(
            model_name="office",
            name="superior",
            field=models.ForeignKey(
                blank=True,
                help_text="Which office it answers to.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="below",
                to="accounts.office",
            ),
        ),
    ]
