from django.db import migrations, models


class Migration(migrations.Migration):
    """Two who ask for a round at the same moment get one."""

    dependencies = [
        ("care", "0005_rounds_over_picked_people"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rotationrun",
            name="rotation_runs_one_running",
        ),
        # Of several under way the one that runs stays, or the one that was wanted first.
        migrations.RunSQL(
            """
            UPDATE rotation_runs SET state = 'stopped', ended_at = now()
            WHERE id IN (
                SELECT id
                FROM (
                    SELECT id, row_number() OVER (PARTITION BY bot_id ORDER BY state = 'wanted', wanted_at, id) AS place
                    FROM rotation_runs
                    WHERE state IN ('wanted', 'running') AND NOT is_picked
                ) AS under_way
                WHERE place > 1
            )
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="rotationrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_picked", False), ("state__in", ["wanted", "running"])),
                fields=("bot",),
                name="rotation_runs_one_under_way",
            ),
        ),
    ]
