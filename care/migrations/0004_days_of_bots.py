import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [("care", "0003_figures_for_who_sees_nothing_else")]

    operations = [
        migrations.CreateModel(
            name="BotDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("people", models.PositiveIntegerField(default=0, verbose_name="people who did something")),
                ("words_in", models.PositiveIntegerField(default=0, verbose_name="messages of people")),
                ("words_out", models.PositiveIntegerField(default=0, verbose_name="messages of the bot")),
                ("by_staff", models.PositiveIntegerField(default=0, verbose_name="of them written by staff")),
                ("sessions", models.PositiveIntegerField(default=0, verbose_name="sessions begun")),
                ("completed", models.PositiveIntegerField(default=0, verbose_name="sessions completed")),
                ("cost_micros", models.BigIntegerField(default=0, verbose_name="cost, millionths of a USD")),
                ("answers", models.JSONField(default=list, verbose_name="answers by how long they took")),
                ("taken_at", models.DateTimeField(verbose_name="counted")),
                ("took_ms", models.PositiveIntegerField(default=0, verbose_name="took, ms")),
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
                "verbose_name": "day of a bot",
                "verbose_name_plural": "days of bots",
                "db_table": "bot_days",
                "constraints": [models.UniqueConstraint(fields=("bot", "day"), name="bot_days_one_a_day")],
            },
        ),
        core.operations.TenantTable(table="bot_days", is_partitioned=False, runtime="SELECT, INSERT, UPDATE"),
        core.operations.FigureTable("bot_days", is_partitioned=False),
    ]
