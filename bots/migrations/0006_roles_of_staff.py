from django.db import migrations, models

import core.operations


class Migration(migrations.Migration):
    """A role for each access that was given; and figures for who sees nothing else of a bot."""

    dependencies = [
        ("bots", "0005_alert_of_broadcasts"),
    ]

    operations = [
        migrations.AddField(
            model_name="botaccess",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner: everything, and who else gets in"),
                    ("manager", "manager: the bot, its prompts, people and broadcasts"),
                    ("coach", "coach: people and conversations"),
                    ("analyst", "analyst: figures, nobody's words"),
                    ("read_only", "looks, changes nothing"),
                ],
                default="read_only",
                max_length=16,
                verbose_name="role",
            ),
        ),
        migrations.AddConstraint(
            model_name="botaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "manager", "coach", "analyst", "read_only"])),
                name="bot_access_role_is_known",
            ),
        ),
        core.operations.FigureTable("bot_metrics"),
        core.operations.FigureTable("bot_metric_days"),
    ]
