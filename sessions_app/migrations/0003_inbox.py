import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0005_alert_of_broadcasts"),
        ("sessions_app", "0002_people_and_journey"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                ("text", models.TextField(max_length=3000, verbose_name="text")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "saved reply",
                "verbose_name_plural": "saved replies",
                "db_table": "saved_replies",
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="message",
            name="operator",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("session_id", models.UUIDField(blank=True, null=True)),
                ("inbound_id", models.UUIDField()),
                ("text", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("is_sent", models.BooleanField(default=False, verbose_name="sent")),
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
                        related_name="drafts",
                        to="sessions_app.conversation",
                    ),
                ),
                (
                    "decided_by",
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
                "verbose_name": "draft of an answer",
                "verbose_name_plural": "drafts of answers",
                "db_table": "drafts",
                "indexes": [
                    models.Index(fields=["bot", "conversation"], name="drafts_conversation"),
                    models.Index(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=["bot", "created_at"],
                        name="drafts_open",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("bot", "inbound_id"), name="drafts_once")],
            },
        ),
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "the bot"),
                            ("human", "a person of the team"),
                            ("drafts", "the bot, once a person agrees"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="who answers",
                    ),
                ),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken over")),
                (
                    "hand_back_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="back to the bot at"),
                ),
                (
                    "need",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing"),
                            ("crisis", "sign of crisis"),
                            ("asked", "asked for a human"),
                            ("failed", "the bot could not answer"),
                            ("staff", "marked by staff"),
                        ],
                        max_length=8,
                        verbose_name="needs a human",
                    ),
                ),
                ("needed_at", models.DateTimeField(blank=True, null=True, verbose_name="since")),
                ("snoozed_until", models.DateTimeField(blank=True, null=True, verbose_name="put off until")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
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
                        related_name="inbox_items",
                        to="sessions_app.conversation",
                    ),
                ),
                (
                    "operator",
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
                "verbose_name": "conversation in the inbox",
                "verbose_name_plural": "inbox",
                "db_table": "inbox_items",
                "indexes": [
                    models.Index(
                        condition=models.Q(("needed_at__isnull", False)),
                        fields=["bot", "needed_at"],
                        name="inbox_items_needed",
                    ),
                    models.Index(
                        condition=models.Q(("hand_back_at__isnull", False)),
                        fields=["bot", "hand_back_at"],
                        name="inbox_items_taken",
                    ),
                    models.Index(
                        condition=models.Q(("assigned_to__isnull", False)),
                        fields=["bot", "assigned_to"],
                        name="inbox_items_assigned",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bot", "conversation"), name="inbox_items_one_a_conversation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="note")),
                ("created_at", models.DateTimeField(verbose_name="at")),
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
                        related_name="notes",
                        to="sessions_app.conversation",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "db_table": "inbox_notes",
                "indexes": [
                    models.Index(
                        fields=["bot", "conversation", "created_at"], name="inbox_notes_conversation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxRead",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("read_at", models.DateTimeField(verbose_name="read")),
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
                        related_name="reads",
                        to="sessions_app.conversation",
                    ),
                ),
                ("reader_id", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "read conversation",
                "verbose_name_plural": "read conversations",
                "db_table": "inbox_reads",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bot", "conversation", "reader_id"), name="inbox_reads_once"
                    )
                ],
            },
        ),
        core.operations.TenantTable(table="drafts", is_partitioned=False),
        core.operations.TenantForeignKey(
            table="drafts", column="conversation_id", to="conversations", on_delete="CASCADE"
        ),
        core.operations.TenantTable(table="inbox_items", is_partitioned=False),
        core.operations.TenantForeignKey(
            table="inbox_items", column="conversation_id", to="conversations", on_delete="CASCADE"
        ),
        core.operations.TenantTable(table="inbox_notes", is_partitioned=False),
        core.operations.TenantForeignKey(
            table="inbox_notes", column="conversation_id", to="conversations", on_delete="CASCADE"
        ),
        core.operations.TenantTable(table="inbox_reads", is_partitioned=False),
        core.operations.TenantForeignKey(
            table="inbox_reads", column="conversation_id", to="conversations", on_delete="CASCADE"
        ),
        core.operations.Grant(
            tables=["saved_replies"], staff="SELECT, INSERT, UPDATE, DELETE", runtime="SELECT"
        ),
        # Numbered rows need their sequence, too.
        migrations.RunSQL(
            "GRANT USAGE ON SEQUENCE saved_replies_id_seq TO app_staff",
            "REVOKE ALL ON SEQUENCE saved_replies_id_seq FROM app_staff",
        ),
    ]
