from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0006_index_time_zones"),
    ]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="blocked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="blocked by staff"),
        ),
    ]
