import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bots", "0001_initial"),
    ]

    operations = [
        core.operations.CreatePartitionedModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("profile_id", models.UUIDField(blank=True, null=True)),
                ("payload", models.JSONField(default=dict, verbose_name="payload")),
                ("correlation_id", models.CharField(blank=True, max_length=64)),
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
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "db_table": "events",
                "indexes": [
                    models.Index(fields=["bot", "-created_at"], name="events_bot_created"),
                    models.Index(
                        condition=models.Q(("profile_id__isnull", False)),
                        fields=["bot", "profile_id"],
                        name="events_bot_profile",
                    ),
                ],
            },
        ),
        core.operations.TenantTable("events"),
    ]
