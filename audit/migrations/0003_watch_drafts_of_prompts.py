from django.db import migrations

from core.watching import Watch


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_watch_signing_in"),
        ("bots", "0009_drafts_of_prompts"),
    ]

    operations = [
        # What is published is written down whole, as its version is.
        Watch("prompt_drafts", hidden=["body"], ignored=["changed_at"]),
    ]
