"""What staff write about stages. Wordings are the whole installation's: whoever writes one takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User

from journey.models import StageVersion
from journey.selectors.stage_wordings import stage_wordings
from journey.services.publish_stage import publish_stage, withdraw_stage
from journey.stages import LANGUAGES, StageCode, stage

CODE, LANGUAGE = "ORDEAL", "en"


def shipped(code: str = CODE, language: str = LANGUAGE) -> dict[str, Any]:
    """What ships with the product, as `publish_stage` takes it."""
    fields = asdict(stage(code, language))
    del fields["number"], fields["code"]
    return fields


def publish(
    code: str = CODE, language: str = LANGUAGE, author: User | None = None, **said: Any
) -> StageVersion:
    """A version which differs from what ships by what is said here."""
    return publish_stage(code=code, language=language, author=author, **shipped(code, language) | said)


def versions(code: str = CODE, language: str = LANGUAGE) -> list[tuple[int, bool]]:
    """(number, is in force), the oldest first."""
    rows = StageVersion.objects.filter(code=code, language=language).order_by("number")
    return list(rows.values_list("number", "is_published"))


def in_force(code: str = CODE, language: str = LANGUAGE) -> int | None:
    return stage_wordings()[code, language].number


@contextmanager
def taken_back() -> Iterator[None]:
    """What ships speaks again in the end."""
    try:
        yield
    finally:
        for code in StageCode:
            for language in LANGUAGES:
                withdraw_stage(code=code.value, language=language)
