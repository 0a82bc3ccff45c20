from __future__ import annotations

from django.db.models import Count

from journey.contracts import WordingInForce
from journey.models import StageVersion
from journey.selectors.published_stages import stage_of
from journey.stages import LANGUAGES, StageCode, stage


def stage_wordings() -> dict[tuple[str, str], WordingInForce]:
    """Every stage in every language as it is in force, in the order of the path; two queries."""
    counts = {
        (code, language): count
        for code, language, count in StageVersion.objects.order_by()
        .values_list("code", "language")
        .annotate(Count("id"))
    }
    rows = StageVersion.objects.filter(is_published=True).select_related("author")
    published = {(row.code, row.language): row for row in rows}
    found = {}
    for code in StageCode:
        for language in LANGUAGES:
            key = (code.value, language)
            found[key] = _in_force(*key, published.get(key), counts.get(key, 0))
    return found


def _in_force(code: str, language: str, row: StageVersion | None, versions: int) -> WordingInForce:
    if row is None:
        return WordingInForce(stage(code, language), language, versions=versions)
    author = row.author.get_username() if row.author else ""
    return WordingInForce(
        stage_of(row),
        language,
        versions=versions,
        version_id=row.id,
        number=row.number,
        author=author,
        created_at=row.created_at,
    )
