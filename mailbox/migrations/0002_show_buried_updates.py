from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BuriedUpdate",
            fields=[],
            options={
                "verbose_name": "buried update",
                "verbose_name_plural": "buried updates",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("mailbox.inboundupdate",),
        ),
    ]
