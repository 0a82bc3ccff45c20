from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from journey.comparison import ComparedStage, compared
from journey.models import StageVersion
from journey.selectors.published_stages import stage_of
from journey.stages import Stage, stage


@dataclass(frozen=True, slots=True)
class StageVersionLine:
    """One wording of a stage as it stands in the history, beside the one before it.

    The first is compared with what ships with the product.
    """

    id: UUID
    number: int
    stage: Stage
    author: str
    created_at: datetime
    is_in_force: bool
    changes: ComparedStage


def stage_versions(
    *, code: str, language: str, limit: int = 20, before: int | None = None
) -> list[StageVersionLine]:
    """What staff have written for a stage, newest first; those older than the version `before`, if it is given.

    Raises LookupError for a code that is none of the twelve.
    """
    shipped = stage(code, language)
    rows = StageVersion.objects.filter(code=code, language=language).select_related("author")
    if before is not None:
        rows = rows.filter(number__lt=before)
    # One more than is shown: the last one shown differs from it.
    versions: list[StageVersion | None] = [*rows.order_by("-number")[: limit + 1]]
    if len(versions) <= limit:
        versions.append(None)
    return [_line(version, older, shipped) for version, older in pairwise(versions) if version is not None]


def _line(version: StageVersion, older: StageVersion | None, shipped: Stage) -> StageVersionLine:
    worded = stage_of(version)
    return StageVersionLine(
        id=version.id,
        number=version.number,
        stage=worded,
        author=version.author.get_username() if version.author else "",
        created_at=version.created_at,
        is_in_force=version.is_published,
        changes=compared(stage_of(older) if older else shipped, worded),
    )
