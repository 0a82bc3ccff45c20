from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from bots.announcements import tell_runtime
from bots.errors import BotError
from bots.models import Bot, Persona, Prompt, PromptVersion
from core.clock import clock


def publish_prompt(
    *, persona_id: UUID, key: str, language: str, body: str, author: User | None
) -> PromptVersion:
    """Put a wording in force as the next version, which its bots take over as they run.

    The wording that is in force already is not written again. Raises BotError: `bots.prompt_empty`,
    `bots.persona_unknown`.
    """
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise BotError("prompt_empty", "An empty prompt cannot be published.")
    with transaction.atomic():
        # The persona's lock makes two authors take turns, also where the prompt has no row yet.
        if not Persona.objects.select_for_update().filter(id=persona_id).exists():
            raise BotError("persona_unknown", "This persona does not exist any more.")
        prompt, _ = Prompt.objects.select_related("published").get_or_create(
            persona_id=persona_id, key=key, language=language
        )
        if prompt.published and prompt.published.body == body:
            return prompt.published
        latest = prompt.versions.aggregate(latest=Max("number"))["latest"] or 0
        version = PromptVersion.objects.create(prompt=prompt, number=latest + 1, body=body, author=author)
        _put_in_force(prompt, version)
    return version


def publish_version(*, version_id: UUID) -> PromptVersion:
    """Put an earlier wording in force again. Raises BotError `bots.version_unknown`."""
    with transaction.atomic():
        version = PromptVersion.objects.select_related("prompt").filter(id=version_id).first()
        if version is None:
            raise BotError("version_unknown", "This version does not exist any more.")
        if version.prompt.published_id != version.id:
            _put_in_force(version.prompt, version)
    return version


def withdraw_prompt(*, prompt_id: UUID) -> None:
    """Let the default that ships with the code speak again; the versions stay.

    Raises BotError `bots.prompt_unknown`.
    """
    with transaction.atomic():
        prompt = Prompt.objects.filter(id=prompt_id).first()
        if prompt is None:
            raise BotError("prompt_unknown", "This prompt does not exist any more.")
        if prompt.published_id is not None:
            _put_in_force(prompt, None)


def _put_in_force(prompt: Prompt, version: PromptVersion | None) -> None:
    prompt.published = version
    prompt.save(update_fields=["published"])
    bots = Bot.objects.filter(persona_id=prompt.persona_id)
    # What the runtime compares: without it a running bot would see no reason to look again.
    bots.update(updated_at=clock.now())
    for bot_id in bots.values_list("id", flat=True):
        tell_runtime(bot_id)
