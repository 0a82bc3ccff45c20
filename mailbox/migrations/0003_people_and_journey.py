import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0003_alerts_and_care"),
        ("mailbox", "0002_show_buried_updates"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboundmessage",
            name="not_after",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Media",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("filename", models.CharField(max_length=120, verbose_name="file")),
                ("content_type", models.CharField(max_length=60, verbose_name="type")),
                ("content", models.BinaryField()),
                ("file_id", models.CharField(blank=True, max_length=200)),
                ("chat_id", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("used_at", models.DateTimeField(verbose_name="last used")),
                (
                    "bot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="bots.bot",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "db_table": "media",
                "indexes": [
                    models.Index(
                        condition=models.Q(("chat_id__isnull", False)),
                        fields=["bot", "chat_id"],
                        name="media_bot_chat",
                    ),
                    models.Index(fields=["used_at"], name="media_used"),
                ],
                "constraints": [models.UniqueConstraint(fields=("bot", "digest"), name="media_once")],
            },
        ),
        core.operations.TenantTable(
            table="media",
            is_partitioned=False,
            runtime="SELECT, INSERT, UPDATE, DELETE",
        ),
    ]
