import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                ("token_sealed", models.TextField(editable=False)),
                ("token_fingerprint", models.CharField(editable=False, max_length=64, unique=True)),
                ("token_hint", models.CharField(editable=False, max_length=40, verbose_name="token")),
                (
                    "telegram_id",
                    models.BigIntegerField(blank=True, editable=False, null=True, verbose_name="Telegram id"),
                ),
                (
                    "username",
                    models.CharField(blank=True, editable=False, max_length=64, verbose_name="username"),
                ),
                ("api_url", models.URLField(max_length=300, verbose_name="Bot API address")),
                (
                    "language",
                    models.CharField(
                        choices=[("ru", "Russian"), ("en", "English")],
                        default="ru",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                (
                    "wanted_state",
                    models.CharField(
                        choices=[("running", "running"), ("paused", "paused"), ("stopped", "stopped")],
                        default="stopped",
                        max_length=16,
                        verbose_name="wanted state",
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1, editable=False)),
                ("has_own_process", models.BooleanField(default=False, verbose_name="process of its own")),
                (
                    "burst_wait",
                    models.FloatField(
                        default=0.8,
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(10.0),
                        ],
                        verbose_name="burst wait, s",
                    ),
                ),
                (
                    "sends_per_second",
                    models.FloatField(
                        blank=True,
                        default=30.0,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0.1)],
                        verbose_name="messages a second",
                    ),
                ),
                (
                    "chat_sends_per_second",
                    models.FloatField(
                        blank=True,
                        default=1.0,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0.05)],
                        verbose_name="messages a second in one chat",
                    ),
                ),
                ("config", models.JSONField(blank=True, default=dict, verbose_name="config")),
                (
                    "model_provider",
                    models.CharField(
                        choices=[("demo", "demo (no model)"), ("openai", "OpenAI and what speaks like it")],
                        default="demo",
                        max_length=16,
                        verbose_name="model",
                    ),
                ),
                ("model_name", models.CharField(blank=True, max_length=100, verbose_name="model name")),
                (
                    "model_fallback_name",
                    models.CharField(blank=True, max_length=100, verbose_name="fallback model"),
                ),
                ("model_base_url", models.URLField(blank=True, max_length=300, verbose_name="model address")),
                ("model_key_sealed", models.TextField(blank=True, editable=False)),
                (
                    "model_key_hint",
                    models.CharField(blank=True, editable=False, max_length=40, verbose_name="model key"),
                ),
                (
                    "model_temperature",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(2.0),
                        ],
                        verbose_name="temperature",
                    ),
                ),
                (
                    "model_max_tokens",
                    models.PositiveIntegerField(default=700, verbose_name="longest answer, tokens"),
                ),
                (
                    "model_timeout",
                    models.FloatField(
                        default=40.0,
                        validators=[django.core.validators.MinValueValidator(1.0)],
                        verbose_name="model timeout, s",
                    ),
                ),
                (
                    "model_input_price",
                    models.FloatField(default=0.0, verbose_name="USD per million tokens in"),
                ),
                (
                    "model_output_price",
                    models.FloatField(default=0.0, verbose_name="USD per million tokens out"),
                ),
                (
                    "owner_telegram_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="owner's Telegram id"),
                ),
                (
                    "admin_telegram_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="admins' Telegram ids",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={
                "verbose_name": "bot",
                "verbose_name_plural": "bots",
                "db_table": "bots",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Persona",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "persona",
                "verbose_name_plural": "personas",
                "db_table": "personas",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="BotStatus",
            fields=[
                (
                    "bot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="status",
                        serialize=False,
                        to="bots.bot",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stopped", "stopped"),
                            ("starting", "starting"),
                            ("running", "running"),
                            ("backing_off", "backing off"),
                            ("conflict", "conflict: somebody else polls"),
                            ("token_revoked", "token revoked"),
                            ("deaf", "deaf"),
                            ("paused", "paused"),
                            ("crashed", "crashed"),
                        ],
                        default="stopped",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("state_since", models.DateTimeField(blank=True, null=True, verbose_name="since")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="error")),
                ("generation", models.PositiveIntegerField(default=0)),
                ("restarts", models.PositiveIntegerField(default=0, verbose_name="restarts")),
                ("last_poll_at", models.DateTimeField(blank=True, null=True, verbose_name="last poll")),
                ("last_update_at", models.DateTimeField(blank=True, null=True, verbose_name="last update")),
                ("lease_holder", models.CharField(blank=True, max_length=100)),
                ("lease_epoch", models.BigIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "bot status",
                "verbose_name_plural": "bot statuses",
                "db_table": "bot_statuses",
            },
        ),
        migrations.AddField(
            model_name="bot",
            name="persona",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bots",
                to="bots.persona",
                verbose_name="persona",
            ),
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="key")),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                (
                    "persona",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prompts", to="bots.persona"
                    ),
                ),
            ],
            options={
                "verbose_name": "prompt",
                "verbose_name_plural": "prompts",
                "db_table": "prompts",
            },
        ),
        migrations.CreateModel(
            name="PromptVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("body", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="bots.prompt"
                    ),
                ),
            ],
            options={
                "verbose_name": "prompt version",
                "verbose_name_plural": "prompt versions",
                "db_table": "prompt_versions",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="prompt",
            name="published",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="bots.promptversion",
                verbose_name="published version",
            ),
        ),
        migrations.CreateModel(
            name="BotAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "bot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_access",
                        to="bots.bot",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bot_access",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "access to a bot",
                "verbose_name_plural": "access to bots",
                "db_table": "bot_access",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "bot"), name="bot_access_is_given_once")
                ],
            },
        ),
        core.operations.CreatePartitionedModel(
            name="BotMetric",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="figure")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("count", models.BigIntegerField(verbose_name="count")),
                ("total", models.FloatField(verbose_name="total")),
                ("largest", models.FloatField(verbose_name="largest")),
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
                "db_table": "bot_metrics",
                "indexes": [models.Index(fields=["bot", "at"], name="bot_metrics_bot_at")],
            },
        ),
        core.operations.CreatePartitionedModel(
            name="BotMetricDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="figure")),
                ("day", models.DateField(verbose_name="day")),
                ("count", models.BigIntegerField(verbose_name="count")),
                ("total", models.FloatField(verbose_name="total")),
                ("largest", models.FloatField(verbose_name="largest")),
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
                "db_table": "bot_metric_days",
                "constraints": [
                    models.UniqueConstraint(fields=("bot", "day", "name"), name="bot_metric_days_one_a_day")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="bot",
            constraint=models.CheckConstraint(
                condition=models.Q(("burst_wait__gte", 0)), name="bots_burst_wait_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="bot",
            constraint=models.CheckConstraint(
                condition=models.Q(("wanted_state__in", ["running", "paused", "stopped"])),
                name="bots_wanted_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="promptversion",
            constraint=models.UniqueConstraint(
                fields=("prompt", "number"), name="prompt_versions_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.UniqueConstraint(
                fields=("persona", "key", "language"), name="prompts_one_per_persona_key_language"
            ),
        ),
        core.operations.TenantTable("bot_metrics"),
        core.operations.TenantTable("bot_metric_days"),
        core.operations.Grant(
            ["bots"], staff="SELECT, INSERT, UPDATE, DELETE", runtime="SELECT, INSERT, UPDATE"
        ),
        core.operations.Grant(
            ["bot_statuses"], staff="SELECT, INSERT, DELETE", runtime="SELECT, INSERT, UPDATE"
        ),
        core.operations.Grant(
            ["personas", "prompts", "prompt_versions"],
            staff="SELECT, INSERT, UPDATE, DELETE",
            runtime="SELECT",
        ),
        core.operations.Grant(["bot_access"], staff="SELECT, INSERT, UPDATE, DELETE"),
    ]
