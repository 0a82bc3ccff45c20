import django.db.models.deletion
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0004_days_of_bots"),
        ("profiles", "0007_block_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="rotationrun",
            name="is_picked",
            field=models.BooleanField(db_default=False, default=False, verbose_name="picked people"),
        ),
        migrations.RemoveConstraint(
            model_name="rotationrun",
            name="rotation_runs_one_running",
        ),
        migrations.AddConstraint(
            model_name="rotationrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_picked", False), ("state", "running")),
                fields=("bot",),
                name="rotation_runs_one_running",
            ),
        ),
        migrations.CreateModel(
            name="RotationPick",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("run_id", models.UUIDField()),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "waiting"),
                            ("updated", "renewed"),
                            ("skipped", "nothing new"),
                            ("failed", "failed"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="result",
                    ),
                ),
                ("picked_at", models.DateTimeField(verbose_name="picked")),
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
                        related_name="rotation_picks",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "picked person",
                "verbose_name_plural": "picked people",
                "db_table": "rotation_picks",
                "indexes": [models.Index(fields=["bot", "profile"], name="rotation_picks_bot_profile")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bot", "run_id", "profile"), name="rotation_picks_once_a_run"
                    )
                ],
            },
        ),
        core.operations.TenantTable(
            table="rotation_picks",
            is_partitioned=False,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="rotation_picks",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
    ]
