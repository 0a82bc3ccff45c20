import django.db.models.deletion
from django.db import migrations, models

import core.fields
import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bots", "0001_initial"),
    ]

    operations = [
        core.operations.CreatePartitionedModel(
            name="Profile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("telegram_id", models.BigIntegerField(verbose_name="Telegram id")),
                ("first_name", models.CharField(blank=True, max_length=128, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=128, verbose_name="last name")),
                ("username", models.CharField(blank=True, max_length=64, verbose_name="username")),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("age", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="age")),
                ("gender", models.CharField(blank=True, max_length=16, verbose_name="gender")),
                ("location", models.CharField(blank=True, max_length=200, verbose_name="location")),
                ("interests", models.JSONField(blank=True, default=list, verbose_name="interests")),
                ("chat_style", models.CharField(blank=True, max_length=200, verbose_name="chat style")),
                ("personality", models.CharField(blank=True, max_length=200, verbose_name="personality")),
                ("psychotype", models.CharField(blank=True, max_length=16, verbose_name="psychotype")),
                ("strengths", models.JSONField(blank=True, default=list, verbose_name="strengths")),
                ("challenges", models.JSONField(blank=True, default=list, verbose_name="challenges")),
                ("psychological_summary", models.TextField(blank=True, verbose_name="psychological summary")),
                (
                    "metaphysical_profile",
                    models.JSONField(blank=True, default=dict, verbose_name="metaphysical profile"),
                ),
                ("streams", models.JSONField(blank=True, default=list, verbose_name="streams")),
                ("markers", models.JSONField(blank=True, default=dict, verbose_name="markers")),
                ("journey_stage", models.CharField(blank=True, max_length=32, verbose_name="journey stage")),
                (
                    "has_started_journey",
                    models.BooleanField(default=False, verbose_name="started the journey"),
                ),
                (
                    "has_completed_journey",
                    models.BooleanField(default=False, verbose_name="completed the journey"),
                ),
                (
                    "has_visited_platform",
                    models.BooleanField(default=False, verbose_name="visited the platform"),
                ),
                (
                    "has_purchased_stream",
                    models.BooleanField(default=False, verbose_name="purchased a stream"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_underage", models.BooleanField(default=False, verbose_name="said to be under 18")),
                ("consented_at", models.DateTimeField(blank=True, null=True, verbose_name="consented")),
                ("source", models.CharField(blank=True, max_length=64, verbose_name="source")),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen")),
                (
                    "profile_updated_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="profile updated"),
                ),
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
            ],
            options={
                "verbose_name": "profile",
                "verbose_name_plural": "profiles",
                "db_table": "profiles",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("terms", models.CharField(max_length=32, verbose_name="terms")),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("given_at", models.DateTimeField(verbose_name="given")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
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
                        related_name="consents",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "db_table": "consents",
            },
        ),
        core.operations.CreatePartitionedModel(
            name="ActivityLog",
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
                        related_name="activity",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activity log",
                "db_table": "activity_logs",
            },
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(fields=["bot", "-last_seen_at"], name="profiles_bot_last_seen"),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.UniqueConstraint(
                fields=("bot", "telegram_id"), name="profiles_one_person_a_bot"
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["bot", "profile"], name="consents_bot_profile"),
        ),
        migrations.AddIndex(
            model_name="activitylog",
            index=models.Index(fields=["bot", "profile", "-created_at"], name="activity_logs_bot_profile_at"),
        ),
        core.operations.TenantTable("profiles"),
        core.operations.TenantTable("consents"),
        core.operations.TenantTable("activity_logs"),
        core.operations.TenantForeignKey("consents", "profile_id", "profiles"),
        core.operations.TenantForeignKey("activity_logs", "profile_id", "profiles"),
    ]
