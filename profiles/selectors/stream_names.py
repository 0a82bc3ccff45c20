from __future__ import annotations

from profiles.models import Stream


def stream_names(*, language: str) -> dict[str, str]:
    """What each stream is called in "ru", or in English, by its slug; those that are offered no longer too."""
    name = "name_ru" if language.startswith("ru") else "name_en"
    return dict(Stream.objects.order_by("position", "slug").values_list("slug", name))
