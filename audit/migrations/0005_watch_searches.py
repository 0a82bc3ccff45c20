from django.db import migrations

from core.watching import WatchEvents


class Migration(migrations.Migration):
    """Looking for words in private conversations is reading them."""

    dependencies = [
        ("audit", "0004_watch_the_queues"),
    ]

    operations = [
        WatchEvents("read", ["words.searched"], name="read_words"),
    ]
