from django.db import migrations

import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0002_kept_figures"),
    ]

    operations = [
        core.operations.FigureTable("rotation_runs", is_partitioned=False),
        core.operations.FigureTable("bot_figures", is_partitioned=False),
    ]
