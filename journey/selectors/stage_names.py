from __future__ import annotations

from journey.models import StageVersion
from journey.stages import FALLBACK_LANGUAGE, LANGUAGES, stages


def stage_names(*, language: str) -> dict[str, str]:
    """What the stages are called now, in the order of the path; in English for a language without words."""
    known = language if language in LANGUAGES else FALLBACK_LANGUAGE
    rows = StageVersion.objects.filter(language=known, is_published=True)
    return {each.code.value: each.name for each in stages(known)} | dict(rows.values_list("code", "name"))
