from django.db import migrations

# Until now Django's permissions said what somebody with access might change; nobody gains or loses by the roles.
_HAS = """
UPDATE bot_access a SET role = '%s' WHERE EXISTS (
    SELECT FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
    WHERE (t.app_label, p.codename) IN (%s)
    AND (
        EXISTS (SELECT FROM auth_user_user_permissions u WHERE u.user_id = a.user_id AND u.permission_id = p.id)
        OR EXISTS (
            SELECT FROM auth_user_groups m JOIN auth_group_permissions g ON g.group_id = m.group_id
            WHERE m.user_id = a.user_id AND g.permission_id = p.id
        )
    )
)
"""


class Migration(migrations.Migration):
    """Give each access that there is the role that comes nearest to what its holder could do."""

    dependencies = [
        ("bots", "0006_roles_of_staff"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL(
            [
                "UPDATE bot_access SET role = 'read_only'",
                _HAS % ("coach", "('profiles', 'change_profile')"),
                _HAS % ("manager", "('bots', 'change_bot'), ('broadcast', 'change_broadcast')"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
