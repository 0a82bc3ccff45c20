from django.db import migrations

import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("broadcast", "0001_initial"),
    ]

    operations = [
        core.operations.FigureTable("broadcasts", is_partitioned=False, is_shared=True),
        core.operations.FigureTable("broadcast_changes", is_partitioned=False, is_shared=True),
        core.operations.FigureTable("broadcast_shares", is_partitioned=False),
    ]
