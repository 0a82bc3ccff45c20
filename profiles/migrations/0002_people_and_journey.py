import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "__first__"),
        ("bots", "0003_alerts_and_care"),
        ("profiles", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="archived_activity",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="archived activity"),
        ),
        migrations.AddField(
            model_name="profile",
            name="bio",
            field=models.CharField(blank=True, db_default="", max_length=300, verbose_name="bio"),
        ),
        migrations.AddField(
            model_name="profile",
            name="birth_date",
            field=models.DateField(blank=True, null=True, verbose_name="born"),
        ),
        migrations.AddField(
            model_name="profile",
            name="completed_journey_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="journey completed"),
        ),
        migrations.AddField(
            model_name="profile",
            name="completed_stages",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="completed stages",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="looked_up_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="profile",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="paused"),
        ),
        migrations.AddField(
            model_name="profile",
            name="photo_file_id",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="profile",
            name="photo_id",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="profile",
            name="proactive_a_day",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="messages by itself a day"
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="purchased_stream_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="stream purchased"),
        ),
        migrations.AddField(
            model_name="profile",
            name="readiness",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                verbose_name="readiness",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="rotation_tried_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="profile",
            name="started_journey_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="journey started"),
        ),
        migrations.AddField(
            model_name="profile",
            name="timezone",
            field=models.CharField(blank=True, db_default="", max_length=64, verbose_name="time zone"),
        ),
        migrations.AddField(
            model_name="profile",
            name="visited_platform_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="platform visited"),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(fields=["bot", "journey_stage"], name="profiles_bot_stage"),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                condition=models.Q(
                    ("consented_at__isnull", False), ("is_active", True), ("is_underage", False)
                ),
                fields=["bot", "-last_seen_at"],
                include=("profile_updated_at", "rotation_tried_at"),
                name="profiles_bot_freshness",
            ),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(fields=["telegram_id"], name="profiles_telegram_id"),
        ),
        core.operations.CreatePartitionedModel(
            name="ArchivedActivity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("details", models.JSONField(blank=True, default=dict, verbose_name="details")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                ("archived_at", models.DateTimeField(verbose_name="archived")),
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
                        related_name="archived",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "archived activity",
                "verbose_name_plural": "activity archive",
                "db_table": "activity_archive",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="ChannelPost",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("channel_id", models.BigIntegerField(verbose_name="channel")),
                ("telegram_message_id", models.BigIntegerField()),
                ("text", models.TextField(verbose_name="text")),
                ("posted_at", models.DateTimeField(verbose_name="posted")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
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
                        related_name="posts",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "db_table": "channel_posts",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="Finding",
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
                            ("age", "age"),
                            ("birthday", "birthday"),
                            ("gender", "gender"),
                            ("location", "location"),
                            ("timezone", "time zone"),
                            ("occupation", "occupation"),
                            ("relationship", "relationship"),
                            ("children", "children"),
                            ("interest", "interest"),
                            ("theme", "theme"),
                            ("pattern", "pattern"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(blank=True, max_length=300, verbose_name="value")),
                ("sentence", models.CharField(blank=True, max_length=300, verbose_name="in their words")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("session", "summary of a session"),
                            ("rotation", "rotation"),
                            ("telegram", "Telegram"),
                            ("said", "said in a conversation"),
                            ("person", "corrected by the person"),
                        ],
                        max_length=16,
                        verbose_name="origin",
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("is_refused", models.BooleanField(default=False, verbose_name="struck out")),
                ("session_id", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="found")),
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
                (
                    "profile",
                    core.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="findings",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "db_table": "findings",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="LinkedChannel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("channel_id", models.BigIntegerField(verbose_name="channel")),
                ("title", models.CharField(blank=True, max_length=128, verbose_name="title")),
                ("linked_at", models.DateTimeField(verbose_name="linked")),
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
                        related_name="channels",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "linked channel",
                "verbose_name_plural": "linked channels",
                "db_table": "linked_channels",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="ProfileVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("psychological_summary", models.TextField(blank=True, verbose_name="psychological summary")),
                ("streams", models.JSONField(default=list, verbose_name="streams")),
                ("what_changed", models.CharField(blank=True, max_length=600, verbose_name="what changed")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("rotation", "rotation"),
                            ("visit", "refreshed when they wrote"),
                            ("command", "fill_profiles"),
                            ("staff", "staff"),
                            ("restored", "restored"),
                        ],
                        max_length=16,
                        verbose_name="origin",
                    ),
                ),
                ("run_id", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="at")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
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
                    "profile",
                    core.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="versions",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a profile",
                "verbose_name_plural": "versions of profiles",
                "db_table": "profile_versions",
            },
        ),
        migrations.CreateModel(
            name="Stream",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=32, unique=True, verbose_name="slug")),
                ("name_ru", models.CharField(max_length=60, verbose_name="name, Russian")),
                ("name_en", models.CharField(max_length=60, verbose_name="name, English")),
                (
                    "description_ru",
                    models.TextField(blank=True, max_length=600, verbose_name="description, Russian"),
                ),
                (
                    "description_en",
                    models.TextField(blank=True, max_length=600, verbose_name="description, English"),
                ),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="page on the platform")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered")),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "stream",
                "verbose_name_plural": "streams",
                "db_table": "streams",
                "ordering": ["position", "slug"],
            },
        ),
        migrations.AddConstraint(
            model_name="stream",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[a-z0-9-]{1,32}$")), name="streams_slug_fits_a_button"
            ),
        ),
        migrations.AddIndex(
            model_name="archivedactivity",
            index=models.Index(fields=["bot", "profile", "-created_at"], name="activity_archive_profile_at"),
        ),
        migrations.AddIndex(
            model_name="archivedactivity",
            index=models.Index(fields=["bot", "-created_at"], name="activity_archive_bot_at"),
        ),
        migrations.AddIndex(
            model_name="channelpost",
            index=models.Index(fields=["bot", "profile", "-posted_at"], name="channel_posts_profile_at"),
        ),
        migrations.AddConstraint(
            model_name="channelpost",
            constraint=models.UniqueConstraint(
                fields=("bot", "profile", "channel_id", "telegram_message_id"), name="channel_posts_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                fields=("bot", "profile", "kind", "digest"), name="findings_once"
            ),
        ),
        migrations.AddIndex(
            model_name="linkedchannel",
            index=models.Index(fields=["bot", "channel_id"], name="linked_channels_channel"),
        ),
        migrations.AddConstraint(
            model_name="linkedchannel",
            constraint=models.UniqueConstraint(
                fields=("bot", "profile", "channel_id"), name="linked_channels_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="profileversion",
            constraint=models.UniqueConstraint(
                fields=("bot", "profile", "number"), name="profile_versions_are_numbered"
            ),
        ),
        core.operations.TenantTable(
            table="activity_archive",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="activity_archive",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.TenantTable(
            table="channel_posts",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="channel_posts",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.TenantTable(
            table="findings",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="findings",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.TenantTable(
            table="linked_channels",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="linked_channels",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.TenantTable(
            table="profile_versions",
            is_partitioned=True,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.TenantForeignKey(
            table="profile_versions",
            column="profile_id",
            to="profiles",
            on_delete="CASCADE",
        ),
        core.operations.Grant(
            tables=["streams"],
            staff="SELECT, INSERT, UPDATE, DELETE",
            runtime="SELECT",
        ),
    ]
