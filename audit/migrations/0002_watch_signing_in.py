from django.db import migrations

from core.watching import Watch


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("bots", "0008_sign_in"),
    ]

    operations = [
        Watch("second_factors", hidden=["secret_sealed"], ignored=["last_step"]),
        Watch("recovery_codes", hidden=["digest"]),
        Watch("staff_sessions", ignored=["seen_at", "agent", "address"]),
    ]
