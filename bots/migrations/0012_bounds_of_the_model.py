from __future__ import annotations

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0011_name_daily_figures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bot",
            name="model_input_price",
            field=models.FloatField(
                default=0.0,
                validators=[django.core.validators.MinValueValidator(0.0)],
                verbose_name="USD per million tokens in",
            ),
        ),
        migrations.AlterField(
            model_name="bot",
            name="model_max_tokens",
            field=models.PositiveIntegerField(
                default=700,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="longest answer, tokens",
            ),
        ),
        migrations.AlterField(
            model_name="bot",
            name="model_output_price",
            field=models.FloatField(
                default=0.0,
                validators=[django.core.validators.MinValueValidator(0.0)],
                verbose_name="USD per million tokens out",
            ),
        ),
    ]
