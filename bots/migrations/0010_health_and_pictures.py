import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    """How bots were, state by state; and what they look like in Telegram."""

    dependencies = [
        ("bots", "0009_drafts_of_prompts"),
    ]

    operations = [
        migrations.CreateModel(
            name="BotPeriod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
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
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("heard_at", models.DateTimeField(null=True, verbose_name="last poll")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
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
                "verbose_name": "period of a bot",
                "verbose_name_plural": "periods of bots",
                "db_table": "bot_periods",
                "indexes": [models.Index(fields=["bot", "until"], name="bot_periods_bot_until")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="bot_periods_last_a_while"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BotPicture",
            fields=[
                (
                    "bot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="picture",
                        serialize=False,
                        to="bots.bot",
                    ),
                ),
                ("content", models.BinaryField()),
                (
                    "content_type",
                    models.CharField(
                        choices=[("image/jpeg", "JPEG"), ("image/png", "PNG"), ("image/webp", "WebP")],
                        max_length=16,
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
            ],
            options={
                "verbose_name": "picture of a bot",
                "verbose_name_plural": "pictures of bots",
                "db_table": "bot_pictures",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("content_type__in", ["image/jpeg", "image/png", "image/webp"])),
                        name="bot_pictures_are_pictures",
                    )
                ],
            },
        ),
        core.operations.TenantTable("bot_periods", is_partitioned=False),
        core.operations.FigureTable("bot_periods", is_partitioned=False),
        # Staff alone: bots that run know nobody's looks.
        core.operations.Grant(["bot_pictures"], staff="SELECT, INSERT, UPDATE, DELETE"),
    ]
