import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    """Wordings that staff work on; the runtime has no business in them."""

    dependencies = [
        ("bots", "0008_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="promptversion",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="note"),
        ),
        migrations.CreateModel(
            name="PromptDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="title")),
                ("body", models.TextField(verbose_name="text")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(verbose_name="begun")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "editor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="bots.prompt"
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a prompt",
                "verbose_name_plural": "drafts of prompts",
                "db_table": "prompt_drafts",
                "ordering": ["-changed_at"],
            },
        ),
        core.operations.Grant(["prompt_drafts"], staff="SELECT, INSERT, UPDATE, DELETE"),
    ]
