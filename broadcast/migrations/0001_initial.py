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
        ("bots", "0005_alert_of_broadcasts"),
        ("profiles", "0005_age_is_adult"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "bot_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="bots"
                    ),
                ),
                ("criteria", models.TextField(blank=True, max_length=2000, verbose_name="criteria")),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                ("media", models.CharField(blank=True, max_length=8, verbose_name="media")),
                (
                    "control_percent",
                    models.PositiveSmallIntegerField(default=0, verbose_name="held back as control, %"),
                ),
                (
                    "test_percent",
                    models.PositiveSmallIntegerField(default=100, verbose_name="try the texts on, %"),
                ),
                ("winner", models.CharField(blank=True, max_length=16, verbose_name="text for the rest")),
                ("quiet_from", models.PositiveSmallIntegerField(default=21, verbose_name="quiet from, hour")),
                (
                    "quiet_until",
                    models.PositiveSmallIntegerField(default=9, verbose_name="quiet until, hour"),
                ),
                (
                    "cap_a_day",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=2,
                        help_text="Counted over all broadcasts of the bot; empty: without limit.",
                        null=True,
                        verbose_name="broadcasts a person a day",
                    ),
                ),
                (
                    "rate",
                    models.FloatField(
                        blank=True,
                        help_text="Each bot; empty: as the bot may.",
                        null=True,
                        verbose_name="messages a second",
                    ),
                ),
                (
                    "is_paid",
                    models.BooleanField(
                        default=False,
                        help_text="Up to 1000 messages a second, for which Telegram takes Stars from the bot.",
                        verbose_name="paid broadcast",
                    ),
                ),
                (
                    "error_percent",
                    models.PositiveSmallIntegerField(
                        default=5, verbose_name="pause at errors, % of the last 200"
                    ),
                ),
                (
                    "errors_in_row",
                    models.PositiveSmallIntegerField(default=20, verbose_name="pause at errors in a row"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("awaiting", "to be confirmed"),
                            ("scheduled", "scheduled"),
                            ("freezing", "collecting recipients"),
                            ("running", "running"),
                            ("paused", "paused"),
                            ("finished", "finished"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60, verbose_name="reason")),
                ("asked_by_telegram_id", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("scheduled_at", models.DateTimeField(blank=True, null=True, verbose_name="scheduled for")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("report_id", models.UUIDField(blank=True, null=True)),
                ("report_digest", models.CharField(blank=True, max_length=64)),
                ("reports", models.PositiveIntegerField(default=0)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
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
                "verbose_name": "broadcast",
                "verbose_name_plural": "broadcasts",
                "db_table": "broadcasts",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="BroadcastFile",
            fields=[
                (
                    "broadcast",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="file",
                        serialize=False,
                        to="broadcast.broadcast",
                    ),
                ),
                (
                    "bot_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("filename", models.CharField(max_length=120, verbose_name="file")),
                ("content_type", models.CharField(max_length=60, verbose_name="type")),
                ("content", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
            ],
            options={
                "verbose_name": "file of a broadcast",
                "verbose_name_plural": "files of broadcasts",
                "db_table": "broadcast_files",
            },
        ),
        migrations.CreateModel(
            name="BroadcastChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "bot_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("action", models.CharField(max_length=32, verbose_name="action")),
                ("state", models.CharField(max_length=16, verbose_name="state")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("by_telegram_id", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="broadcast.broadcast",
                    ),
                ),
                (
                    "by",
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
                "verbose_name": "change of a broadcast",
                "verbose_name_plural": "changes of broadcasts",
                "db_table": "broadcast_changes",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="BroadcastShare",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("frozen_to", models.UUIDField(blank=True, null=True)),
                ("frozen_at", models.DateTimeField(blank=True, null=True)),
                ("media_id", models.UUIDField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("total", models.PositiveIntegerField(default=0, verbose_name="recipients")),
                ("spare", models.PositiveIntegerField(default=0, verbose_name="for the better text")),
                ("released", models.PositiveIntegerField(default=0, verbose_name="in the outbox")),
                ("deferred", models.PositiveIntegerField(default=0, verbose_name="deferred")),
                ("sent", models.PositiveIntegerField(default=0, verbose_name="sent")),
                ("blocked", models.PositiveIntegerField(default=0, verbose_name="blocked")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                ("unknown", models.PositiveIntegerField(default=0, verbose_name="unknown")),
                ("held", models.PositiveIntegerField(default=0, verbose_name="held back")),
                ("control", models.PositiveIntegerField(default=0, verbose_name="control")),
                ("erased", models.PositiveIntegerField(default=0, verbose_name="erased")),
                ("replied", models.PositiveIntegerField(default=0, verbose_name="replied")),
                ("clicked", models.PositiveIntegerField(default=0, verbose_name="clicked")),
                ("deleted", models.PositiveIntegerField(default=0, verbose_name="deleted again")),
                ("recent", models.CharField(blank=True, max_length=200)),
                ("replies_until", models.DateTimeField(blank=True, null=True)),
                ("first_sent_at", models.DateTimeField(blank=True, null=True)),
                ("last_sent_at", models.DateTimeField(blank=True, null=True)),
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
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="broadcast.broadcast",
                    ),
                ),
            ],
            options={
                "verbose_name": "share of a broadcast",
                "verbose_name_plural": "shares of broadcasts",
                "db_table": "broadcast_shares",
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("broadcast_id", models.UUIDField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("spare", "for the better text"),
                            ("deferred", "deferred"),
                            ("released", "in the outbox"),
                            ("sent", "sent"),
                            ("blocked", "blocked"),
                            ("failed", "failed"),
                            ("unknown", "unknown"),
                            ("held", "held back"),
                            ("control", "control"),
                            ("erased", "erased"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("variant", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="text")),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                ("not_before", models.DateTimeField(blank=True, null=True, verbose_name="deferred until")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("outbound_id", models.UUIDField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("telegram_message_id", models.BigIntegerField(blank=True, null=True)),
                ("replied_at", models.DateTimeField(blank=True, null=True, verbose_name="replied")),
                ("clicked_at", models.DateTimeField(blank=True, null=True, verbose_name="clicked")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted again")),
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
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="broadcasts",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "recipient",
                "verbose_name_plural": "recipients",
                "db_table": "broadcast_recipients",
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("criteria", models.TextField(max_length=2000, verbose_name="criteria")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "created_by",
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
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "db_table": "segments",
                "ordering": ["name"],
            },
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(fields=["-created_at"], name="broadcasts_created"),
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("state__in", ["scheduled", "freezing", "running", "paused"])),
                fields=["state", "scheduled_at"],
                name="broadcasts_live",
            ),
        ),
        migrations.AddIndex(
            model_name="broadcastshare",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)),
                fields=["bot", "id"],
                name="broadcast_shares_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastshare",
            constraint=models.UniqueConstraint(
                fields=("bot", "broadcast"), name="broadcast_shares_one_a_bot"
            ),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                fields=["bot", "broadcast_id", "state", "id"], name="broadcast_recipients_state"
            ),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                condition=models.Q(("state", "deferred")),
                fields=["bot", "broadcast_id", "not_before"],
                name="broadcast_recipients_deferred",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(
                fields=("bot", "profile", "broadcast_id"), name="broadcast_recipients_once"
            ),
        ),
        core.operations.SharedTable(table="broadcasts"),
        core.operations.SharedTable(table="broadcast_changes"),
        core.operations.SharedTable(table="broadcast_files"),
        core.operations.TenantTable(table="broadcast_shares", is_partitioned=False),
        core.operations.TenantTable(table="broadcast_recipients", is_partitioned=False),
        core.operations.TenantForeignKey(
            table="broadcast_recipients", column="profile_id", to="profiles", on_delete="SET NULL"
        ),
        core.operations.Grant(tables=["segments"], staff="SELECT, INSERT, UPDATE, DELETE", runtime="SELECT"),
    ]
