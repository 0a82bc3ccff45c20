from __future__ import annotations

from journey.models import StageVersion
from journey.stages import Intensity, Stage, StageCode


def published_stages() -> dict[tuple[str, str], Stage]:
    """The wordings of stages that staff have put in force, by code and language."""
    order = {code.value: number for number, code in enumerate(StageCode, start=1)}
    rows = StageVersion.objects.filter(is_published=True, code__in=order)
    return {
        (row.code, row.language): Stage(
            code=StageCode(row.code),
            number=order[row.code],
            name=row.name,
            description=row.description,
            questions=tuple(row.questions),
            resistance=tuple(row.resistance),
            intensity=Intensity(row.intensity),
            techniques=tuple(row.techniques),
        )
        for row in rows
    }
