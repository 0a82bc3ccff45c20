import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bots", "0002_grant_framework_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboundUpdate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField(editable=False)),
                ("update_id", models.BigIntegerField(null=True, verbose_name="update id")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("lane", models.BigIntegerField(verbose_name="lane")),
                ("user_id", models.BigIntegerField(null=True)),
                ("may_wait", models.BooleanField(default=False)),
                ("payload", models.BinaryField()),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("epoch", models.BigIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "open"), ("done", "done"), ("buried", "buried")],
                        default="",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
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
                "verbose_name": "inbound update",
                "verbose_name_plural": "inbound updates",
                "db_table": "inbound_updates",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["bot", "seq"],
                        name="inbound_updates_open",
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "buried")),
                        fields=["bot", "seq"],
                        name="inbound_updates_buried",
                    ),
                    models.Index(fields=["bot", "user_id"], name="inbound_updates_bot_user"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("update_id__isnull", False)),
                        fields=("bot", "update_id"),
                        name="inbound_updates_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboundMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField(editable=False)),
                ("key", models.CharField(max_length=100)),
                ("chat_id", models.BigIntegerField(verbose_name="chat")),
                ("method", models.CharField(max_length=40, verbose_name="method")),
                ("params", models.JSONField()),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "reply"), (1, "operator"), (2, "started by the bot"), (3, "broadcast")],
                        default=0,
                        verbose_name="priority",
                    ),
                ),
                ("is_farewell", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("unknown", "unknown"),
                        ],
                        default="pending",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("resends", models.PositiveSmallIntegerField(default=0, verbose_name="sent again")),
                ("epoch", models.BigIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
                ("telegram_message_id", models.BigIntegerField(null=True)),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="error")),
                ("correlation_id", models.CharField(blank=True, max_length=64)),
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
                "verbose_name": "outbound message",
                "verbose_name_plural": "outbound messages",
                "db_table": "outbound_messages",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["bot", "priority", "seq"],
                        name="outbound_open",
                    ),
                    models.Index(fields=["bot", "chat_id"], name="outbound_bot_chat"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("bot", "key"), name="outbound_messages_once")
                ],
            },
        ),
        core.operations.TenantTable("inbound_updates", is_partitioned=False),
        core.operations.TenantTable("outbound_messages", is_partitioned=False),
        core.operations.NumberRows("inbound_updates", "seq"),
        core.operations.NumberRows("outbound_messages", "seq"),
    ]
