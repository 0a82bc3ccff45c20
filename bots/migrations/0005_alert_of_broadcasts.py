from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0004_alerts_that_wait"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
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
                    ("broadcast_paused", "broadcast paused"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
    ]
