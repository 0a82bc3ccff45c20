from django.db import migrations

from core.watching import WatchEvents


class Migration(migrations.Migration):
    """What staff do with the queues is written down as events: one of many rows is one entry."""

    dependencies = [
        ("audit", "0003_watch_drafts_of_prompts"),
        ("events", "0001_initial"),
    ]

    operations = [
        WatchEvents("read", ["mail.read"], name="read_mail"),
        WatchEvents("update", ["updates.replayed"], name="update_mail"),
        WatchEvents("delete", ["updates.discarded", "messages.cancelled"], name="delete_mail"),
    ]
