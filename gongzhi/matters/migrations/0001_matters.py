import django.db.models.deletion
import gongzhi.base.ids
import gongzhi.places.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_accounts"),
        ("places", "0001_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="KindClass",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("name_zh", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=80)),
                ("rank", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("form_key", models.UUIDField(null=True, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("accepted", "accepted"),
                            ("dispatched", "sent to an office"),
                            ("handling", "being handled"),
                            ("answered", "answered, to be checked"),
                            ("resolved", "checked, you are asked"),
                            ("closed", "closed"),
                            ("refused", "not accepted"),
                            ("withdrawn", "withdrawn"),
                            ("merged", "joined to another matter"),
                            ("deferred", "deferred"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("resume_to", models.CharField(blank=True, max_length=10)),
                ("kind_code", models.SlugField(db_index=False, max_length=60)),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField(max_length=5000)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "web page"),
                            ("qr", "code at a place"),
                            ("counter", "counter"),
                            ("hotline", "hotline"),
                            ("field", "grid worker"),
                            ("file", "file"),
                        ],
                        max_length=8,
                    ),
                ),
                ("chain", gongzhi.places.models.PathField(max_length=160)),
                ("district", models.CharField(max_length=24)),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("urgent", models.BooleanField(default=False)),
                ("danger", models.CharField(blank=True, max_length=20)),
                ("public", models.BooleanField()),
                ("sealed", models.BooleanField(default=False)),
                ("synthetic", models.BooleanField(default=False)),
                ("bounces", models.PositiveSmallIntegerField(default=0)),
                ("rounds", models.PositiveSmallIntegerField(default=0)),
                ("solved", models.BooleanField(null=True)),
                ("satisfied", models.PositiveSmallIntegerField(null=True)),
                ("occurred_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("answer_by", models.DateTimeField(null=True)),
                ("first_answer_by", models.DateTimeField(null=True)),
                ("provisional", models.BooleanField(default=False)),
                ("counted_from", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Kind",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.SlugField(max_length=60)),
                ("edition", models.PositiveSmallIntegerField(default=1)),
                ("topic", models.CharField(blank=True, max_length=30)),
                ("name_zh", models.CharField(max_length=60, verbose_name="name in Chinese")),
                ("name_en", models.CharField(max_length=100, verbose_name="name in English")),
                ("hint_zh", models.CharField(blank=True, max_length=200)),
                ("hint_en", models.CharField(blank=True, max_length=300)),
                (
                    "object",
                    models.CharField(
                        choices=[
                            ("place", "a place"),
                            ("asset", "an asset"),
                            ("service", "a service"),
                            ("own_request", "the requester's own request"),
                        ],
                        max_length=12,
                        verbose_name="object",
                    ),
                ),
                ("duty", models.SlugField(max_length=40, verbose_name="duty of which office")),
                ("level", models.CharField(blank=True, max_length=20)),
                ("limit_value", models.PositiveSmallIntegerField(verbose_name="time limit")),
                (
                    "limit_unit",
                    models.CharField(
                        choices=[
                            ("work_day", "work day"),
                            ("calendar_day", "calendar day"),
                            ("work_hour", "work hour"),
                            ("urgent_hour", "urgent hour"),
                        ],
                        max_length=12,
                        verbose_name="unit",
                    ),
                ),
                (
                    "urgent_value",
                    models.PositiveSmallIntegerField(verbose_name="urgent time limit"),
                ),
                (
                    "urgent_unit",
                    models.CharField(
                        choices=[
                            ("work_day", "work day"),
                            ("calendar_day", "calendar day"),
                            ("work_hour", "work hour"),
                            ("urgent_hour", "urgent hour"),
                        ],
                        max_length=12,
                        verbose_name="unit",
                    ),
                ),
                (
                    "inspection",
                    models.CharField(
                        choices=[
                            ("visit", "by a visit"),
                            ("photo", "by photographs"),
                            ("none", "by the answer alone"),
                        ],
                        max_length=6,
                    ),
                ),
                ("public", models.BooleanField(verbose_name="on the public board")),
                ("settles", models.BooleanField(verbose_name="may be settled on the spot")),
                (
                    "sealed",
                    models.BooleanField(
                        default=False, verbose_name="leaves the house only as number and state"
                    ),
                ),
                ("danger", models.BooleanField(default=False)),
                (
                    "ground",
                    models.CharField(blank=True, max_length=300, verbose_name="legal ground"),
                ),
                ("ground_en", models.CharField(blank=True, max_length=400)),
                ("ground_source", models.CharField(blank=True, max_length=120)),
                (
                    "evidence",
                    models.CharField(blank=True, max_length=200, verbose_name="evidence required"),
                ),
                ("evidence_en", models.CharField(blank=True, max_length=300)),
                ("keywords", models.TextField(blank=True)),
                ("business", models.SlugField(blank=True, max_length=30)),
                ("listed_on", models.DateField(verbose_name="listed from")),
                (
                    "delisted_on",
                    models.DateField(blank=True, null=True, verbose_name="listed until"),
                ),
                (
                    "kind_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kinds",
                        to="matters.kindclass",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Requester",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="requester",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("receipt_hash", models.CharField(max_length=64)),
                ("phone_hash", models.CharField(blank=True, max_length=64)),
                ("email_hash", models.CharField(blank=True, max_length=64)),
                ("sealed", models.BinaryField(null=True)),
                ("no_contact", models.BooleanField(default=False)),
                ("language", models.CharField(default="zh-hans", max_length=8)),
            ],
        ),
        migrations.AddField(
            model_name="matter",
            name="kind",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="matters.kind",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined",
                to="matters.matter",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="office",
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
            name="place",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="places.place",
            ),
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("solved", "solved"),
                            ("unsolved", "not solved"),
                            ("no_contact", "not reached"),
                            ("declined", "did not want to say"),
                        ],
                        max_length=10,
                    ),
                ),
                ("satisfied", models.PositiveSmallIntegerField(null=True)),
                ("comment", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("work_days", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("upheld", "granted"),
                            ("dismissed", "dismissed"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("ruled_at", models.DateTimeField(null=True)),
                ("ruling", models.TextField(blank=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Deferral",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("reason", models.TextField()),
                ("owner", models.CharField(max_length=120)),
                ("review_on", models.DateField()),
                ("deferred_at", models.DateTimeField()),
                ("resumed_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deferrals",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("report", "when raised"),
                            ("before", "before"),
                            ("after", "after"),
                            ("added", "added later"),
                        ],
                        max_length=6,
                    ),
                ),
                ("file", models.FileField(max_length=120, upload_to="")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("text", models.TextField()),
                ("ground", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("said", "from the requester"),
                            ("told", "to the requester"),
                            ("note", "note"),
                        ],
                        max_length=4,
                    ),
                ),
                ("text", models.TextField()),
                ("by_label", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("ground", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("upheld", "granted"),
                            ("dismissed", "dismissed"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("ruled_at", models.DateTimeField(null=True)),
                ("ruling", models.TextField(blank=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objections",
                        to="matters.matter",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfficeTask",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("lead", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "given"),
                            ("acknowledged", "acknowledged"),
                            ("done", "done"),
                            ("returned", "returned"),
                        ],
                        default="given",
                        max_length=12,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("acknowledge_by", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="matters.matter",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("question", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waitings",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="kind",
            constraint=models.UniqueConstraint(
                fields=("code", "edition"), name="kind_edition_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="kind",
            constraint=models.CheckConstraint(
                condition=models.Q(("object__in", ["place", "asset", "service", "own_request"])),
                name="kind_object_is_no_person",
                violation_error_message="A kind is about a place, an asset, a service or the person's own request; never about a person, a gathering or a dwelling.",
            ),
        ),
        migrations.AddConstraint(
            model_name="kind",
            constraint=models.CheckConstraint(
                condition=models.Q(("limit_value__gte", 1), ("urgent_value__gte", 1)),
                name="kind_has_limits",
                violation_error_message="A time limit is at least 1.",
            ),
        ),
        migrations.AddIndex(
            model_name="requester",
            index=models.Index(
                condition=models.Q(("phone_hash__gt", "")),
                fields=["phone_hash"],
                name="requester_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="requester",
            index=models.Index(
                condition=models.Q(("email_hash__gt", "")),
                fields=["email_hash"],
                name="requester_email",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["due_at", "id"],
                name="matter_open_due",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["chain", "state"],
                name="matter_open_chain",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["office", "due_at"],
                name="matter_open_office",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["kind_code", "state", "received_at"], name="matter_kind"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["chain", "received_at"], name="matter_chain"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["received_at", "id"], name="matter_received"),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["closed", "merged", "refused", "resolved", "withdrawn"]),
                    ("due_at__isnull", False),
                    _connector="OR",
                ),
                name="open_matter_has_clock",
                violation_error_message="An open matter has a due time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["closed", "merged", "refused", "withdrawn"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["closed", "merged", "refused", "withdrawn"]),
                            _negated=True,
                        ),
                        ("ended_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="ended_matter_has_end",
                violation_error_message="A matter has an end when it has ended, and only then.",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["dispatched", "handling"]), _negated=True),
                    ("office__isnull", False),
                    _connector="OR",
                ),
                name="dispatched_matter_has_office",
                violation_error_message="A dispatched matter has an office.",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "merged"), _negated=True),
                    ("merged_into__isnull", False),
                    _connector="OR",
                ),
                name="merged_matter_has_target",
                violation_error_message="A joined matter names the one it was joined to.",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("satisfied", None), ("satisfied__range", (1, 5)), _connector="OR"
                ),
                name="satisfied_1_to_5",
                violation_error_message="Choose from 1 to 5.",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("matter",),
                name="one_open_extension",
                violation_error_message="More time has been asked for already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("matter",),
                name="one_open_objection",
                violation_error_message="An objection is being ruled on already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="officetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lead", True), ("state__in", ["given", "acknowledged"])),
                fields=("matter",),
                name="one_lead_at_a_time",
                violation_error_message="One office leads at a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)),
                fields=("matter",),
                name="one_open_question",
                violation_error_message="A question is open already: wait for its answer.",
            ),
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=gongzhi.base.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("soon", "due soon"),
                            ("overdue", "overdue"),
                            ("severe", "severely overdue"),
                        ],
                        max_length=7,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="matters.matter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("matter", "mark", "due_at"), name="reminded_once"
                    )
                ],
            },
        ),
    ]
