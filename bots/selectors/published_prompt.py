"""The wordings that are in force."""

from __future__ import annotations

from uuid import UUID

from bots.contracts import PublishedPrompt
from bots.models import Prompt


def published_prompts(persona_id: UUID) -> dict[tuple[str, str], PublishedPrompt]:
    """All of a persona's wordings in force, by key and language; for the others the code's default speaks."""
    rows = Prompt.objects.filter(persona_id=persona_id, published__isnull=False).values_list(
        "key", "language", "published__body", "published_id"
    )
    return {
        (key, language): PublishedPrompt(body=body, version_id=version_id)
        for key, language, body, version_id in rows
    }


def published_prompt(*, persona_id: UUID, key: str, language: str) -> PublishedPrompt | None:
    """One wording in force, or None where the code's default speaks."""
    return published_prompts(persona_id).get((key, language))
