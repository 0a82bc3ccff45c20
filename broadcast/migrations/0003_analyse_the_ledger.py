from django.db import migrations

import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("broadcast", "0002_figures_for_who_sees_nothing_else"),
    ]

    operations = [
        core.operations.Analysable("broadcast_recipients"),
    ]
