import django.db.models.deletion
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bots", "0003_alerts_and_care"),
        ("profiles", "0002_people_and_journey"),
    ]

    operations = [
        core.operations.CreatePartitionedModel(
            name="ProactiveMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("silence", "after a day of silence in a session"),
                            ("stage", "when a stage is completed"),
                            ("morning", "a morning question in an open session"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("cause", models.CharField(max_length=100)),
                ("local_day", models.DateField(verbose_name="day")),
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
                        related_name="proactive_messages",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "message by itself",
                "verbose_name_plural": "messages by itself",
                "db_table": "proactive_messages",
                "indexes": [
                    models.Index(fields=["bot", "profile", "local_day"], name="proactive_messages_day")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bot", "profile", "cause"), name="proactive_messages_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RotationRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("daily", "daily rotation"),
                            ("command", "fill_profiles"),
                            ("telegram", "/fill_profiles"),
                            ("staff", "staff"),
                        ],
                        max_length=16,
                        verbose_name="started by",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("stopped", "stopped"),
                            ("over_budget", "budget spent"),
                            ("failed", "failed"),
                        ],
                        default="wanted",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("is_for_all", models.BooleanField(default=False, verbose_name="everybody")),
                ("candidates", models.PositiveIntegerField(default=0, verbose_name="candidates")),
                ("processed", models.PositiveIntegerField(default=0, verbose_name="processed")),
                ("updated", models.PositiveIntegerField(default=0, verbose_name="updated")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="skipped")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                ("prompt_tokens", models.BigIntegerField(default=0, verbose_name="tokens in")),
                ("completion_tokens", models.BigIntegerField(default=0, verbose_name="tokens out")),
                ("cost_micros", models.BigIntegerField(default=0, verbose_name="cost, millionths of a USD")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("report_id", models.UUIDField(blank=True, null=True)),
                ("reports", models.PositiveIntegerField(default=0)),
                ("wanted_at", models.DateTimeField(verbose_name="wanted")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("beat_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
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
            ],
            options={
                "verbose_name": "rotation run",
                "verbose_name_plural": "rotation runs",
                "db_table": "rotation_runs",
                "indexes": [models.Index(fields=["bot", "-wanted_at"], name="rotation_runs_bot_at")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("bot",),
                        name="rotation_runs_one_running",
                    )
                ],
            },
        ),
        core.operations.TenantTable(
            table="proactive_messages",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="proactive_messages",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.TenantTable(
            table="rotation_runs",
            is_partitioned=False,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
    ]
