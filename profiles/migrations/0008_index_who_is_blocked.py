from django.db import migrations, models


class Migration(migrations.Migration):
    """Who bots may write to first is found in the index alone; since people can be blocked, it has to know of that."""

    dependencies = [
        ("profiles", "0007_block_people"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="profile",
            name="profiles_bot_freshness",
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                condition=models.Q(
                    ("consented_at__isnull", False), ("is_active", True), ("is_underage", False)
                ),
                fields=["bot", "-last_seen_at", "-id"],
                include=("profile_updated_at", "rotation_tried_at", "timezone", "paused_at", "blocked_at"),
                name="profiles_bot_freshness",
            ),
        ),
    ]
