import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "__first__"),
        ("bots", "0002_grant_framework_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="bot",
            name="daily_budget_usd",
            field=models.FloatField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(0.0)],
                verbose_name="budget a day, USD",
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="platform_url",
            field=models.URLField(blank=True, max_length=300, verbose_name="platform"),
        ),
        migrations.AddField(
            model_name="bot",
            name="proactive_a_day",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[django.core.validators.MaxValueValidator(10)],
                verbose_name="messages by itself a day",
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="proactive_from",
            field=models.PositiveSmallIntegerField(
                default=9,
                validators=[django.core.validators.MaxValueValidator(23)],
                verbose_name="not before, hour",
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="proactive_off",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("silence", "after a day of silence in a session"),
                        ("stage", "when a stage is completed"),
                        ("morning", "a morning question in an open session"),
                    ],
                    max_length=16,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="what the bot does not start by itself",
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="proactive_until",
            field=models.PositiveSmallIntegerField(
                default=21,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(24),
                ],
                verbose_name="not after, hour",
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="rotation_budget_usd",
            field=models.FloatField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(0.0)],
                verbose_name="of it for keeping profiles, USD",
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="timezone",
            field=models.CharField(default="Europe/Moscow", max_length=64, verbose_name="time zone"),
        ),
        migrations.CreateModel(
            name="Alert",
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
                            ("error", "critical error"),
                            ("model_unreachable", "model unreachable"),
                            ("model_back", "model back"),
                            ("task_failed", "background task failed"),
                            ("bot_deaf", "bot deaf"),
                            ("bot_crashed", "bot crashed"),
                            ("token_revoked", "token revoked"),
                            ("budget_spent", "budget spent"),
                            ("crisis", "sign of crisis"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="subject")),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="detail")),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("is_current", models.BooleanField(default=True, editable=False)),
                ("count", models.PositiveIntegerField(default=1, verbose_name="times")),
                ("first_at", models.DateTimeField(verbose_name="first")),
                ("last_at", models.DateTimeField(verbose_name="last")),
                ("notified_at", models.DateTimeField(blank=True, null=True, verbose_name="told")),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True, verbose_name="acknowledged")),
                (
                    "acknowledged_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="bots.bot",
                        verbose_name="bot",
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "db_table": "alerts",
                "ordering": ["-last_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("notified_at__isnull", True)),
                        fields=["first_at"],
                        name="alerts_to_tell",
                    ),
                    models.Index(fields=["-last_at"], name="alerts_last"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("fingerprint",),
                        name="alerts_one_current",
                    )
                ],
            },
        ),
        core.operations.Grant(
            tables=["alerts"],
            staff="SELECT, INSERT, UPDATE",
            runtime="SELECT, INSERT, UPDATE",
        ),
    ]
