from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bots.announcements import tell_runtime
from bots.errors import BotError
from bots.models import Bot, Persona, Prompt, PromptDraft, PromptVersion
from bots.prompt_catalogue import prompt_catalogue
from core.clock import clock


def publish_prompt(
    *, persona_id: UUID, key: str, language: str, body: str, author: User | None, note: str = ""
) -> PromptVersion:
    """Put a wording in force as the next version, which its bots take over as they run.

    The wording that is in force already is not written again. Raises BotError: `bots.prompt_empty`,
    `bots.persona_unknown`.
    """
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise BotError("prompt_empty", _("An empty prompt cannot be published."))
    with transaction.atomic():
        # The persona's lock makes two authors take turns, also where the prompt has no row yet.
        if not Persona.objects.select_for_update().filter(id=persona_id).exists():
            raise BotError("persona_unknown", _("This persona does not exist any more."))
        prompt, _made = Prompt.objects.select_related("published").get_or_create(
            persona_id=persona_id, key=key, language=language
        )
        if prompt.published and prompt.published.body == body:
            return prompt.published
        latest = prompt.versions.aggregate(latest=Max("number"))["latest"] or 0
        version = PromptVersion.objects.create(
            prompt=prompt, number=latest + 1, body=body, note=note, author=author
        )
        _put_in_force(prompt, version)
    return version


def publish_draft(*, draft_id: UUID, seen: int, author: User | None) -> PromptVersion:
    """Make a draft the next version and put it in force; the draft ends with that, its title becomes the note.

    Raises BotError: `bots.draft_unknown`, `draft_changed` where it is not what the author saw, `prompt_wrong` with
    what is wrong with the text.
    """
    with transaction.atomic():
        draft = PromptDraft.objects.select_related("prompt").filter(id=draft_id).first()
        if draft is None:
            raise BotError("draft_unknown", _("This draft does not exist any more."))
        prompt = draft.prompt
        Persona.objects.select_for_update().get(id=prompt.persona_id)
        problems = prompt_catalogue().problems(prompt.key, draft.body)
        if problems:
            raise BotError("prompt_wrong", " ".join(each.words for each in problems))
        # Where two publish at once the second finds nothing; where it was saved meanwhile neither does.
        taken, _rows = PromptDraft.objects.filter(id=draft_id, revision=seen).delete()
        if not taken:
            raise BotError("draft_changed", _("Somebody else has saved this draft since you opened it."))
        return publish_prompt(
            persona_id=prompt.persona_id,
            key=prompt.key,
            language=prompt.language,
            body=draft.body,
            note=draft.title,
            author=author,
        )


def publish_version(*, version_id: UUID) -> PromptVersion:
    """Put an earlier wording in force again. Raises BotError `bots.version_unknown`."""
    with transaction.atomic():
        version = PromptVersion.objects.select_related("prompt").filter(id=version_id).first()
        if version is None:
            raise BotError("version_unknown", _("This version does not exist any more."))
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
            raise BotError("prompt_unknown", _("This prompt does not exist any more."))
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
