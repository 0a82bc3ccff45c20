from django.db import migrations

from core.watching import WatchEvents


class Migration(migrations.Migration):
    """What staff send once more is written down as an event."""

    dependencies = [("audit", "0005_watch_searches")]

    operations = [WatchEvents("update", ["messages.sent_again"], name="update_sent_again")]
