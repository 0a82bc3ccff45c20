from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bots", "0010_health_and_pictures")]

    operations = [
        migrations.AlterModelOptions(
            name="botmetricday",
            options={"verbose_name": "daily figure", "verbose_name_plural": "daily figures"},
        ),
    ]
