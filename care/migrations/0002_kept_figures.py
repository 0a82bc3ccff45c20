import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="KeptFigures",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("figures", models.JSONField(verbose_name="figures")),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
                ("took_ms", models.PositiveIntegerField(verbose_name="took, ms")),
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
                "verbose_name": "figures of a bot",
                "verbose_name_plural": "figures of bots",
                "db_table": "bot_figures",
                "constraints": [models.UniqueConstraint(fields=("bot",), name="bot_figures_one_a_bot")],
            },
        ),
        core.operations.TenantTable(
            table="bot_figures",
            is_partitioned=False,
            runtime="SELECT, INSERT, UPDATE",
        ),
    ]
