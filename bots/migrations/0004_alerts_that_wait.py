from django.db import migrations, models

import core.operations


class Migration(migrations.Migration):
    dependencies = [("bots", "0003_alerts_and_care")]

    operations = [
        # A bot is deleted by staff, and its alerts go with it.
        migrations.RunSQL(
            f"GRANT DELETE ON alerts TO {core.operations.STAFF}",
            f"REVOKE DELETE ON alerts FROM {core.operations.STAFF}",
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                fields=["-last_at"], condition=models.Q(acknowledged_at__isnull=True), name="alerts_open"
            ),
        ),
        # What budgets add up, among the many other figures of a day.
        migrations.AddIndex(
            model_name="botmetric",
            index=models.Index(
                fields=["bot", "at"],
                condition=models.Q(name__in=["model_cost_micros", "rotation_cost_micros"]),
                name="bot_metrics_spending",
            ),
        ),
    ]
