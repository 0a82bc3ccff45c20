from django.conf import settings
from django.db import migrations

import core.operations


class Migration(migrations.Migration):
    """Staff log in and leave traces in the admin; the runtime has no business in these tables."""

    dependencies = [
        ("bots", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.operations.Grant(
            [
                "auth_user",
                "auth_group",
                "auth_permission",
                "auth_user_groups",
                "auth_user_user_permissions",
                "auth_group_permissions",
                "django_admin_log",
                "django_content_type",
                "django_session",
            ],
            staff="SELECT, INSERT, UPDATE, DELETE",
        ),
        core.operations.Grant(["django_migrations"], staff="SELECT", runtime="SELECT"),
    ]
