import django.db.models.deletion
import gongzhi.places.models
from django.db import migrations, models


def hold_at_home(apps, schema_editor):
    """Let the centre of its own place hold every matter: nothing was handed up before."""
    apps.get_model("matters", "Matter").objects.update(desk=models.F("chain"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_accounts"),
        ("matters", "0001_matters"),
        ("places", "0001_places"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="objection",
            name="one_open_objection",
        ),
        migrations.AddField(
            model_name="matter",
            name="desk",
            field=gongzhi.places.models.PathField(default="", max_length=160),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="matter",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="matters.matter",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="task",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="objections",
                to="matters.officetask",
            ),
        ),
        migrations.AddField(
            model_name="officetask",
            name="finish_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="officetask",
            name="first",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="officetask",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)), fields=["parent"], name="matter_part"
            ),
        ),
        migrations.AddIndex(
            model_name="officetask",
            index=models.Index(
                condition=models.Q(("lead", False), ("state__in", ["given", "acknowledged"])),
                fields=["office", "finish_by"],
                name="task_open_co",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked"), ("task", None)),
                fields=("matter",),
                name="one_open_objection",
                violation_error_message="An objection is being ruled on already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked"), ("task__isnull", False)),
                fields=("task",),
                name="one_open_objection_of_a_task",
                violation_error_message="An objection is being ruled on already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="officetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["given", "acknowledged"])),
                fields=("matter", "office"),
                name="one_open_task_of_an_office",
                violation_error_message="This office works on the matter already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="officetask",
            constraint=models.CheckConstraint(
                condition=models.Q(("lead", True), ("finish_by__isnull", False), _connector="OR"),
                name="co_office_has_clock",
                violation_error_message="A co-office has a date by which it is done.",
            ),
        ),
        migrations.RunPython(hold_at_home, migrations.RunPython.noop),
    ]
