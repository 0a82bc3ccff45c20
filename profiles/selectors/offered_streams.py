from __future__ import annotations

from profiles.contracts import StreamOffer
from profiles.models import Stream


def offered_streams() -> dict[str, tuple[StreamOffer, ...]]:
    """The programmes on offer by language, in the order in which staff have put them."""
    rows = list(Stream.objects.filter(is_offered=True).order_by("position", "slug"))
    return {
        "ru": tuple(StreamOffer(row.slug, row.name_ru, row.description_ru, row.url) for row in rows),
        "en": tuple(StreamOffer(row.slug, row.name_en, row.description_en, row.url) for row in rows),
    }
