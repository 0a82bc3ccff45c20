from django.db import migrations

from core.watching import WatchRole


class Migration(migrations.Migration):
    """A page says who acts; whoever changes people under its role and says nothing is written down all the same."""

    dependencies = [("audit", "0006_watch_what_is_sent_again")]

    operations = [
        WatchRole("alerts"),
        WatchRole("profiles", hidden=["*"]),
        WatchRole("findings", hidden=["*"]),
        WatchRole("profile_versions", hidden=["*"]),
        WatchRole("linked_channels", hidden=["*"]),
        WatchRole("inbox_items", ignored=["changed_at", "hand_back_at"]),
        WatchRole("inbox_notes", hidden=["*"]),
        WatchRole("messages", hidden=["*"]),
    ]
