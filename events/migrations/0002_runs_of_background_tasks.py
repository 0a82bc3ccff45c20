from django.db import migrations, models

import core.operations


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TaskRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64, unique=True)),
                ("task", models.CharField(max_length=120, verbose_name="task")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="running",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("is_quiet", models.BooleanField(default=False)),
                ("times", models.PositiveIntegerField(default=1, verbose_name="times")),
                ("first_at", models.DateTimeField(verbose_name="first")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("seconds", models.FloatField(null=True, verbose_name="took, seconds")),
                ("figures", models.JSONField(default=dict, verbose_name="came to")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="error")),
            ],
            options={
                "verbose_name": "run of a background task",
                "verbose_name_plural": "runs of background tasks",
                "db_table": "task_runs",
                "indexes": [
                    models.Index(fields=["task", "-started_at"], name="task_runs_task_at"),
                    models.Index(fields=["started_at"], name="task_runs_at"),
                ],
            },
        ),
        core.operations.Grant(["task_runs"], staff="SELECT", runtime="SELECT, INSERT, UPDATE, DELETE"),
    ]
