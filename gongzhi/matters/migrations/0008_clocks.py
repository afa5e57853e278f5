import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_superior"),
        ("deadlines", "0001_deadlines"),
        ("matters", "0007_task_of_office"),
        ("places", "0001_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="contact_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="contact_rule",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deadlines.rule",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="contacted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="due_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="due_rule",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deadlines.rule",
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="mark",
            field=models.CharField(
                choices=[
                    ("soon", "due soon"),
                    ("overdue", "overdue"),
                    ("severe", "severely overdue"),
                    ("contact", "not contacted in time"),
                ],
                max_length=7,
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(
                    ("contact_by__isnull", False), ("contacted_at", None), ("ended_at", None)
                ),
                fields=["contact_by"],
                name="matter_contact",
            ),
        ),
    ]
