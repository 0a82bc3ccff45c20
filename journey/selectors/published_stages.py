from __future__ import annotations

from journey.models import StageVersion
from journey.stages import Intensity, Stage, StageCode

_ORDER = {code.value: number for number, code in enumerate(StageCode, start=1)}


def published_stages() -> dict[tuple[str, str], Stage]:
    """The wordings of stages that staff have put in force, by code and language."""
    rows = StageVersion.objects.filter(is_published=True, code__in=_ORDER)
    return {(row.code, row.language): stage_of(row) for row in rows}


def stage_of(version: StageVersion) -> Stage:
    """The stage as this version words it."""
    return Stage(
        code=StageCode(version.code),
        number=_ORDER[version.code],
        name=version.name,
        description=version.description,
        questions=tuple(version.questions),
        resistance=tuple(version.resistance),
        intensity=Intensity(version.intensity),
        techniques=tuple(version.techniques),
    )
