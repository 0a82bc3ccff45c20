import django.db.models.deletion
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bots", "0001_initial"),
        ("profiles", "0001_initial"),
    ]

    operations = [
        core.operations.CreatePartitionedModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("chat_id", models.BigIntegerField(verbose_name="chat")),
                ("created_at", models.DateTimeField(verbose_name="created")),
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
                        related_name="conversations",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "conversation",
                "verbose_name_plural": "conversations",
                "db_table": "conversations",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="Session",
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
                        choices=[("natasha", "provocative"), ("diagnostic", "diagnostic")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "active"),
                            ("paused", "paused after a sign of crisis"),
                            ("completed", "completed"),
                            ("abandoned", "ended for another"),
                        ],
                        default="active",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("patterns", models.JSONField(blank=True, default=list, verbose_name="identified patterns")),
                ("core_issue", models.CharField(blank=True, max_length=500, verbose_name="core issue")),
                ("question_count", models.PositiveIntegerField(default=0, verbose_name="questions")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="session data")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("completed_at", models.DateTimeField(blank=True, null=True, verbose_name="completed")),
                ("last_error", models.CharField(blank=True, max_length=100, verbose_name="last error")),
                ("last_error_at", models.DateTimeField(blank=True, null=True, verbose_name="last error at")),
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
                    "conversation",
                    core.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="sessions",
                        to="sessions_app.conversation",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "sessions",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("user", "person"), ("bot", "bot"), ("system", "system")],
                        max_length=8,
                        verbose_name="role",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("inbound_id", models.UUIDField(blank=True, null=True)),
                ("telegram_message_id", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="at")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
                ("model", models.CharField(blank=True, max_length=100, verbose_name="model")),
                ("prompt_tokens", models.PositiveIntegerField(default=0, verbose_name="tokens in")),
                ("completion_tokens", models.PositiveIntegerField(default=0, verbose_name="tokens out")),
                ("cost_micros", models.BigIntegerField(default=0, verbose_name="cost, millionths of a USD")),
                (
                    "latency_ms",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="model's time, ms"),
                ),
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
                    "conversation",
                    core.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="messages",
                        to="sessions_app.conversation",
                    ),
                ),
                (
                    "prompt_version",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="bots.promptversion",
                    ),
                ),
                (
                    "session",
                    core.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="messages",
                        to="sessions_app.session",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "db_table": "messages",
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["bot", "profile"], name="conversations_bot_profile"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("bot", "chat_id"), name="conversations_one_a_chat"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                fields=["bot", "conversation", "-started_at"], name="sessions_bot_conversation"
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["active", "paused"])),
                fields=("bot", "conversation"),
                name="sessions_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["bot", "conversation", "-created_at"], name="messages_bot_conversation_at"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("session__isnull", False)),
                fields=["bot", "session"],
                name="messages_bot_session",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["bot", "created_at"], name="messages_bot_created"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("inbound_id__isnull", False)),
                fields=("bot", "inbound_id", "role"),
                name="messages_once_per_inbound",
            ),
        ),
        core.operations.TenantTable("conversations"),
        core.operations.TenantTable("sessions"),
        core.operations.TenantTable("messages"),
        core.operations.TenantForeignKey("conversations", "profile_id", "profiles"),
        core.operations.TenantForeignKey("sessions", "conversation_id", "conversations"),
        core.operations.TenantForeignKey("messages", "conversation_id", "conversations"),
        core.operations.TenantForeignKey("messages", "session_id", "sessions", on_delete="SET NULL"),
    ]
