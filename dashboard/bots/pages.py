"""What the pages on the way to a new bot show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bots.admin.bot_live import bots_with_faces
from bots.admin.bot_page import head_of
from bots.models import Bot, Language, WantedState
from dashboard.bots.asking import Asked
from dashboard.bots.drafts import Draft
from dashboard.bots.forms import ShapeForm
from dashboard.selectors.personas_to_choose import PersonaChoice


def shape_context(draft: Draft, personas: list[PersonaChoice], form: ShapeForm) -> dict[str, Any]:
    """Whose token it is, and what is to be chosen; what was chosen before stays so."""
    usual = next((str(each.id) for each in personas if each.is_default), "")
    # Whoever reads Russian will want a bot that speaks it; others may say so.
    own = (get_language() or "").partition("-")[0]
    language = own if own in Language.values else Language.RUSSIAN.value
    chosen = form.data if form.is_bound else {}
    return {
        "title": _("Add a bot"),
        "step": 2,
        "draft": draft,
        "name": chosen.get("name", draft.name or draft.username),
        "personas": personas,
        "persona": chosen.get("persona", usual),
        "languages": Language.choices,
        "language": chosen.get("language", language),
        "errors": form.errors if form.is_bound else {},
        "model": settings.OPENAI_MODEL if settings.OPENAI_API_KEY else "",
    }


def ready_context(request: HttpRequest, bot_id: UUID) -> dict[str, Any] | None:
    """How the bot begins; None where there is no such bot."""
    bot = bots_with_faces(Bot.objects.filter(id=bot_id)).select_related("persona", "status").first()
    if bot is None:
        return None
    return {
        "title": _("Add a bot"),
        "step": 3,
        "is_wanted": bot.wanted_state == WantedState.RUNNING,
        **head_of(request, bot),
    }


def asked_words(asked: Asked) -> str:
    """What Telegram said of a bot that is here."""
    who = asked.identity
    privacy = (
        _("in groups it reads everything") if who.can_read_all_group_messages else _("privacy mode is on")
    )
    return _("The token is good: %(name)s (@%(username)s); %(privacy)s.") % {
        "name": who.name,
        "username": who.username,
        "privacy": privacy,
    }
