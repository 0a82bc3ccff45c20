import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("bots", "0003_alerts_and_care"),
        ("profiles", "0002_people_and_journey"),
    ]

    operations = [
        core.operations.CreatePartitionedModel(
            name="JourneyProgress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("ORDINARY_WORLD", "ORDINARY_WORLD"),
                            ("CALL_TO_ADVENTURE", "CALL_TO_ADVENTURE"),
                            ("REFUSAL", "REFUSAL"),
                            ("MEETING_MENTOR", "MEETING_MENTOR"),
                            ("CROSSING_THRESHOLD", "CROSSING_THRESHOLD"),
                            ("TESTS_ALLIES_ENEMIES", "TESTS_ALLIES_ENEMIES"),
                            ("APPROACH", "APPROACH"),
                            ("ORDEAL", "ORDEAL"),
                            ("REWARD", "REWARD"),
                            ("ROAD_BACK", "ROAD_BACK"),
                            ("RESURRECTION", "RESURRECTION"),
                            ("RETURN_WITH_ELIXIR", "RETURN_WITH_ELIXIR"),
                        ],
                        max_length=32,
                        verbose_name="stage",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "current"),
                            ("completed", "completed"),
                            ("left", "left for an earlier one"),
                            ("disputed", "disputed by the person"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("confidence", models.FloatField(default=0.0, verbose_name="confidence")),
                ("evidence", models.JSONField(default=list, verbose_name="evidence")),
                ("session_id", models.UUIDField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="told")),
                (
                    "bot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="bots.bot",
                    ),
                ),
                (
                    "profile",
                    core.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="progress",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a journey",
                "verbose_name_plural": "steps of journeys",
                "db_table": "journey_progress",
                "indexes": [
                    models.Index(fields=["bot", "profile", "started_at"], name="journey_progress_profile"),
                    models.Index(
                        condition=models.Q(("outcome", "completed"), ("told_at__isnull", True)),
                        fields=["bot", "left_at"],
                        name="journey_progress_to_tell",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("bot", "profile"),
                        name="journey_progress_one_current",
                    )
                ],
            },
        ),
        core.operations.CreatePartitionedModel(
            name="Readiness",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("streams", models.JSONField(default=list, verbose_name="streams")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("chosen", models.CharField(blank=True, max_length=32, verbose_name="chosen")),
                ("chosen_at", models.DateTimeField(blank=True, null=True, verbose_name="chosen at")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                (
                    "bot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="bots.bot",
                    ),
                ),
                (
                    "profile",
                    core.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="readinesses",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "readiness",
                "verbose_name_plural": "readiness",
                "db_table": "readinesses",
                "indexes": [
                    models.Index(fields=["bot", "profile", "-created_at"], name="readinesses_profile_at")
                ],
            },
        ),
        migrations.CreateModel(
            name="StageVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("ORDINARY_WORLD", "ORDINARY_WORLD"),
                            ("CALL_TO_ADVENTURE", "CALL_TO_ADVENTURE"),
                            ("REFUSAL", "REFUSAL"),
                            ("MEETING_MENTOR", "MEETING_MENTOR"),
                            ("CROSSING_THRESHOLD", "CROSSING_THRESHOLD"),
                            ("TESTS_ALLIES_ENEMIES", "TESTS_ALLIES_ENEMIES"),
                            ("APPROACH", "APPROACH"),
                            ("ORDEAL", "ORDEAL"),
                            ("REWARD", "REWARD"),
                            ("ROAD_BACK", "ROAD_BACK"),
                            ("RESURRECTION", "RESURRECTION"),
                            ("RETURN_WITH_ELIXIR", "RETURN_WITH_ELIXIR"),
                        ],
                        max_length=32,
                        verbose_name="stage",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("ru", "ru"), ("en", "en")], max_length=8, verbose_name="language"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("description", models.TextField(max_length=1000, verbose_name="description")),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), size=30, verbose_name="questions"
                    ),
                ),
                (
                    "resistance",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), size=30, verbose_name="how people resist"
                    ),
                ),
                (
                    "intensity",
                    models.CharField(
                        choices=[("soft", "soft"), ("medium", "medium"), ("firm", "firm")],
                        max_length=8,
                        verbose_name="intensity",
                    ),
                ),
                (
                    "techniques",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), size=20, verbose_name="techniques"
                    ),
                ),
                ("is_published", models.BooleanField(default=False, verbose_name="in force")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "wording of a stage",
                "verbose_name_plural": "wordings of stages",
                "db_table": "stage_versions",
                "ordering": ["code", "language", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "language", "number"), name="stage_versions_are_numbered"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_published", True)),
                        fields=("code", "language"),
                        name="stage_versions_one_in_force",
                    ),
                ],
            },
        ),
        core.operations.TenantTable(
            table="journey_progress",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="journey_progress",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.TenantTable(
            table="readinesses",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="readinesses",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.Grant(
            tables=["stage_versions"],
            staff="SELECT, INSERT, UPDATE",
            runtime="SELECT",
        ),
    ]
