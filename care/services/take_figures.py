from __future__ import annotations

from uuid import UUID

from care.models import KeptFigures
from care.selectors.count_figures import count_figures
from core.clock import clock


def take_figures(*, bot_id: UUID) -> KeptFigures:
    """Count a bot's figures now, and keep them for whoever asks next; what was kept before is replaced."""
    now, began = clock.now(), clock.monotonic()
    figures = count_figures(bot_id=bot_id, now=now)
    took = clock.monotonic() - began
    taken = KeptFigures(bot_id=bot_id, figures=figures, taken_at=now, took_ms=round(took * 1000))
    # Two who ask at once count twice, and keep one row.
    KeptFigures.objects.bulk_create(
        [taken],
        update_conflicts=True,
        unique_fields=["bot"],
        update_fields=["figures", "taken_at", "took_ms"],
    )
    return taken
