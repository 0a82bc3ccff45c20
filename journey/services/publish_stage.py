from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bots.announcements import tell_runtime
from bots.models import Bot
from core.clock import clock
from journey.errors import JourneyError
from journey.models import StageVersion
from journey.selectors.published_stages import stage_of
from journey.stages import Stage, stage
from journey.wording import StageWording, fit_wording


def publish_stage(
    *,
    code: str,
    language: str,
    name: str,
    description: str,
    questions: Sequence[str],
    resistance: Sequence[str],
    intensity: str,
    techniques: Sequence[str],
    author: User | None,
) -> StageVersion:
    """Put a wording of a stage in force as the next version, which all bots take over as they run.

    The wording that is in force already is not written again. Raises JourneyError: what `fit_wording` raises, and
    `journey.nothing_new` where it is to the letter what ships with the product, and that is in force.
    """
    fit = fit_wording(
        StageWording(
            code=code,
            language=language,
            name=name,
            description=description,
            questions=tuple(questions),
            resistance=tuple(resistance),
            intensity=intensity,
            techniques=tuple(techniques),
        )
    )
    with transaction.atomic():
        _take_turns()
        versions = StageVersion.objects.filter(code=code, language=language)
        published = versions.filter(is_published=True).first()
        if published is not None and stage_of(published) == fit:
            return published
        if published is None and stage(code, language) == fit:
            raise JourneyError("nothing_new", _("This is the wording that is in force already."))
        latest = versions.aggregate(latest=Max("number"))["latest"] or 0
        version = StageVersion.objects.create(
            language=language, number=latest + 1, author=author, **_columns(fit)
        )
        _put_in_force(version)
    return version


def publish_stage_version(*, version_id: UUID) -> StageVersion:
    """Put an earlier wording in force again. Raises JourneyError `journey.version_unknown`."""
    with transaction.atomic():
        version = StageVersion.objects.filter(id=version_id).first()
        if version is None:
            raise JourneyError("version_unknown", _("This version does not exist any more."))
        _take_turns()
        version.refresh_from_db()
        if not version.is_published:
            _put_in_force(version)
    return version


def withdraw_stage(*, code: str, language: str) -> bool:
    """Let the wording that ships with the product speak again; the versions stay. False if it does already."""
    with transaction.atomic():
        _take_turns()
        if not _take_out(code, language):
            return False
        _tell_bots()
    return True


def _put_in_force(version: StageVersion) -> None:
    # Only one may be in force at any moment, so the other goes first.
    _take_out(version.code, version.language)
    version.is_published = True
    version.save(update_fields=["is_published"])
    _tell_bots()


def _take_out(code: str, language: str) -> bool:
    published = StageVersion.objects.filter(code=code, language=language, is_published=True)
    return bool(published.update(is_published=False))


def _take_turns() -> None:
    """Until the transaction ends nobody else changes a stage.

    A first version has no row to lock. And one lock for all stages: each change touches the row of every bot, and two
    that go over them in different orders would stop each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stages', 0))")


def _columns(fit: Stage) -> dict[str, object]:
    columns = asdict(fit)
    del columns["number"]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in columns.items()}


def _tell_bots() -> None:
    # What the runtime compares: without it a running bot would see no reason to look again.
    Bot.objects.update(updated_at=clock.now())
    for bot_id in Bot.objects.order_by("id").values_list("id", flat=True):
        tell_runtime(bot_id)
