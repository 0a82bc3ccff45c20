from django.db import migrations

STREAMS = [
    (
        "hero-path",
        "Путь Героя",
        "Hero's Path",
        "Двенадцать стадий по порядку: от «всё нормально» до того, что возвращаешь другим.",
        "The twelve stages in their order, from “it's all fine” to what you bring back for others.",
    ),
    (
        "past-lives",
        "Прошлые Жизни",
        "Past Lives",
        "Работа с образами и родовыми историями, которые повторяются в твоей жизни.",
        "Working with the images and family stories that keep repeating in your life.",
    ),
    (
        "open-heart",
        "Открытие Сердца",
        "Opening the Heart",
        "О близости без брони: как доверять, просить и оставаться собой рядом с другим.",
        "Closeness without armour: trusting, asking, and staying yourself beside another.",
    ),
    (
        "shadow",
        "Трансформация Тени",
        "Transforming the Shadow",
        "Злость, зависть, стыд: что они охраняют и какой силой становятся, если на них смотреть.",
        "Anger, envy, shame: what they guard, and the strength they turn into once you look at them.",
    ),
    (
        "awakening",
        "Пробуждение",
        "Awakening",
        "Практики внимания для тех, кому мало понимать и хочется жить проснувшись.",
        "Practices of attention for those who want to live awake and not only to understand.",
    ),
]


def offer(apps, schema_editor):  # noqa: ARG001
    stream = apps.get_model("profiles", "Stream")
    for position, (slug, name_ru, name_en, description_ru, description_en) in enumerate(STREAMS):
        stream.objects.get_or_create(
            slug=slug,
            defaults={
                "position": position,
                "name_ru": name_ru,
                "name_en": name_en,
                "description_ru": description_ru,
                "description_en": description_en,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("profiles", "0002_people_and_journey")]

    operations = [migrations.RunPython(offer, migrations.RunPython.noop)]
