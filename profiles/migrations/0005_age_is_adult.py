from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0004_index_freshness_and_activity")]

    operations = [
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(("age__isnull", True), ("age__gte", 18), _connector="OR"),
                name="profiles_age_is_adult",
            ),
        ),
    ]
