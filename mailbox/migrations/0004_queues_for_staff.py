import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    """What staff ask to be done with a queue, and an index of what could not be delivered."""

    dependencies = [
        ("bots", "0008_sign_in"),
        ("mailbox", "0003_people_and_journey"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clearing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("action", models.CharField(max_length=8, verbose_name="action")),
                ("shelf", models.CharField(max_length=12, verbose_name="queue")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="kind")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[("wanted", "waiting"), ("running", "running"), ("done", "done")],
                        default="wanted",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("after_seq", models.BigIntegerField(default=0)),
                ("until_seq", models.BigIntegerField()),
                ("total", models.PositiveIntegerField(verbose_name="rows")),
                ("looked_at", models.PositiveIntegerField(default=0, verbose_name="looked at")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("asked_by", models.IntegerField(verbose_name="by")),
                ("address", models.CharField(blank=True, max_length=45)),
                ("wanted_at", models.DateTimeField(verbose_name="wanted")),
                ("beat_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
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
                "verbose_name": "work on a queue",
                "verbose_name_plural": "work on queues",
                "db_table": "clearings",
                "indexes": [models.Index(fields=["bot", "-wanted_at"], name="clearings_bot_at")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=("bot", "shelf"),
                        name="clearings_one_under_way",
                    )
                ],
            },
        ),
        core.operations.TenantTable("clearings", is_partitioned=False),
        core.operations.FigureTable("clearings", is_partitioned=False),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", False), models.Q(("error", ""), _negated=True)),
                fields=["bot", "seq"],
                name="outbound_undelivered",
            ),
        ),
    ]
