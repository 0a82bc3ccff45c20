from django.db import migrations, models

from core.watching import CreateAudit, Watch, WatchEvents


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("bots", "0007_roles_from_permissions"),
        ("broadcast", "0002_figures_for_who_sees_nothing_else"),
        ("events", "0001_initial"),
        ("journey", "0001_initial"),
        ("profiles", "0006_index_time_zones"),
        ("sessions_app", "0003_inbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="at")),
                ("actor_id", models.IntegerField(null=True, verbose_name="by")),
                ("role", models.CharField(max_length=63, verbose_name="as")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="from")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("insert", "added"),
                            ("update", "changed"),
                            ("delete", "removed"),
                            ("read", "read"),
                            ("export", "exported"),
                            ("erase", "erased"),
                            ("refused", "refused"),
                        ],
                        max_length=8,
                        verbose_name="action",
                    ),
                ),
                ("subject", models.CharField(max_length=63, verbose_name="of what")),
                ("row_id", models.CharField(blank=True, max_length=64, verbose_name="which")),
                ("bot_id", models.UUIDField(null=True)),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
            ],
            options={
                "verbose_name": "entry in the book of changes",
                "verbose_name_plural": "book of changes",
                "db_table": "audit_entries",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["subject", "row_id", "-id"], name="audit_entries_row"),
                    models.Index(fields=["actor_id", "-id"], name="audit_entries_actor"),
                    models.Index(fields=["bot_id", "-id"], name="audit_entries_bot"),
                ],
            },
        ),
        CreateAudit(),
        Watch(
            "bots",
            hidden=["token_sealed", "token_fingerprint", "model_key_sealed"],
            ignored=["updated_at", "generation"],
        ),
        Watch("bot_access"),
        Watch("personas"),
        Watch("prompts"),
        Watch("prompt_versions"),
        Watch("stage_versions"),
        Watch("streams", ignored=["updated_at"]),
        Watch(
            "broadcasts",
            ignored=["changed_at", "report_id", "report_digest", "reports"],
        ),
        Watch("segments", ignored=["changed_at"]),
        Watch("saved_replies"),
        Watch("alerts", only_staff=True),
        # Of people and of what was said only that it was changed, and which column.
        Watch("profiles", hidden=["*"], only_staff=True),
        Watch("findings", hidden=["*"], only_staff=True),
        Watch("profile_versions", hidden=["*"], only_staff=True),
        Watch("linked_channels", hidden=["*"], only_staff=True),
        Watch("inbox_items", ignored=["changed_at", "hand_back_at"], only_staff=True),
        Watch("inbox_notes", hidden=["*"], only_staff=True),
        Watch("messages", hidden=["*"], only_staff=True),
        Watch("auth_user", hidden=["password", "email"], ignored=["last_login"]),
        Watch("auth_group"),
        Watch("auth_group_permissions"),
        Watch("auth_user_groups"),
        Watch("auth_user_user_permissions"),
        WatchEvents("read", ["profile.read", "conversation.opened"]),
        WatchEvents("export", ["profile.exported"]),
        WatchEvents("erase", ["profile.erased"]),
    ]
