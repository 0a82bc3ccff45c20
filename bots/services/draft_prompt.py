"""A draft's life: begun, written at by one after another, thrown away; `publish_draft` ends it as a version."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from bots.errors import BotError
from bots.models import Persona, Prompt, PromptDraft
from bots.prompt_catalogue import prompt_catalogue
from core.clock import clock

# Whoever has more ideas publishes or throws away some.
MOST_DRAFTS: Final = 20
_LONGEST_TITLE: Final = 80


def begin_draft(
    *, persona_id: UUID, key: str, language: str, body: str, title: str = "", editor: User | None
) -> PromptDraft:
    """Begin a draft with this text; nobody speaks with it.

    Raises BotError: `bots.persona_unknown`, `prompt_unknown`, `prompt_empty`, `prompt_long`, `drafts_many`.
    """
    catalogue = prompt_catalogue()
    if catalogue.card(key) is None or language not in catalogue.languages:
        raise BotError("prompt_unknown", _("There is no such prompt."))
    body = fit_body(body)
    with transaction.atomic():
        # The persona's lock makes two authors take turns, also where the prompt has no row yet.
        if not Persona.objects.select_for_update().filter(id=persona_id).exists():
            raise BotError("persona_unknown", _("This persona does not exist any more."))
        prompt, _made = Prompt.objects.get_or_create(persona_id=persona_id, key=key, language=language)
        if prompt.drafts.count() >= MOST_DRAFTS:
            raise BotError(
                "drafts_many", _("There are %(most)d drafts already; discard one.") % {"most": MOST_DRAFTS}
            )
        now = clock.now()
        return PromptDraft.objects.create(
            prompt=prompt, title=fit_title(title), body=body, editor=editor, created_at=now, changed_at=now
        )


def save_draft(*, draft_id: UUID, seen: int, body: str, title: str, editor: User | None) -> int:
    """Write a draft anew; its revision after that, the same where nothing has changed.

    `seen` is the revision that the editor had before them. Raises BotError: `bots.draft_unknown`, `draft_changed`
    where somebody else saved meanwhile (nothing is written), `prompt_empty`, `prompt_long`.
    """
    body, title = fit_body(body), fit_title(title)
    draft = PromptDraft.objects.filter(id=draft_id).first()
    if draft is None:
        raise BotError("draft_unknown", _("This draft does not exist any more."))
    if draft.revision == seen and (draft.body, draft.title) == (body, title):
        return seen
    # The condition, not the look before it, decides between two who save at the same moment.
    written = PromptDraft.objects.filter(id=draft_id, revision=seen).update(
        body=body, title=title, editor=editor, revision=seen + 1, changed_at=clock.now()
    )
    if not written:
        raise BotError("draft_changed", _("Somebody else has saved this draft since you opened it."))
    return seen + 1


def discard_draft(*, draft_id: UUID) -> bool:
    """Throw a draft away; False where it was gone already."""
    return bool(PromptDraft.objects.filter(id=draft_id).delete()[0])


def fit_body(body: str) -> str:
    """The text as it is kept. Raises BotError: `bots.prompt_empty`, `prompt_long`."""
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not body:
        raise BotError("prompt_empty", _("An empty prompt cannot be published."))
    if len(body) > prompt_catalogue().longest:
        raise BotError(
            "prompt_long",
            _("The prompt has %(length)d characters; at most %(longest)d are allowed.")
            % {"length": len(body), "longest": prompt_catalogue().longest},
        )
    return body


def fit_title(title: str) -> str:
    """A title on one line, as long as there is room for."""
    return " ".join(title.replace("\x00", "").split())[:_LONGEST_TITLE]
