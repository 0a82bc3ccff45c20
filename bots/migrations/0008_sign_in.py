import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.operations


class Migration(migrations.Migration):
    """How staff sign in: the second factor, tries that were made, and the browsers in which they are."""

    dependencies = [
        ("bots", "0007_roles_from_permissions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInTry",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
                ("wait_until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "try to sign in",
                "verbose_name_plural": "tries to sign in",
                "db_table": "sign_in_tries",
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret_sealed", models.TextField(editable=False)),
                ("last_step", models.BigIntegerField(default=-1, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="begun")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="in use since")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "second factor",
                "verbose_name_plural": "second factors",
                "db_table": "second_factors",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "second_factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="bots.secondfactor",
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery code",
                "verbose_name_plural": "recovery codes",
                "db_table": "recovery_codes",
                "constraints": [
                    models.UniqueConstraint(fields=("second_factor", "digest"), name="recovery_codes_differ")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("address", models.GenericIPAddressField(blank=True, null=True, verbose_name="address")),
                ("agent", models.CharField(blank=True, max_length=300, verbose_name="browser")),
                ("started_at", models.DateTimeField(verbose_name="signed in")),
                ("seen_at", models.DateTimeField(verbose_name="last seen")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session of staff",
                "verbose_name_plural": "sessions of staff",
                "db_table": "staff_sessions",
                "indexes": [models.Index(fields=["user", "-seen_at"], name="staff_sessions_user_seen")],
            },
        ),
        core.operations.Grant(
            ["recovery_codes", "sign_in_tries", "staff_sessions"], staff="SELECT, INSERT, UPDATE, DELETE"
        ),
        # The runtime seals secrets anew under a new key.
        core.operations.Grant(
            ["second_factors"], staff="SELECT, INSERT, UPDATE, DELETE", runtime="SELECT, UPDATE"
        ),
    ]
