from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dashboard.services.answer_person import answer_person
from sessions_app.errors import InboxError
from sessions_app.models import Conversation
from sessions_app.services.take_over import hand_back, is_held, locked_item, take_over


def write_to_person(*, bot_id: UUID, profile_id: UUID, user_id: int, text: str, stays: bool) -> UUID:
    """Say something to a person in the bot's place, from their page; the conversation's id.

    Whoever `stays` holds the conversation from then on, as if they had taken it over; else the bot answers again at
    once. Raises InboxError as `take_over` and `answer_person` do, and `unknown` for who never talked with the bot.
    """
    with transaction.atomic():
        talks = Conversation.objects.for_bot(bot_id).filter(profile_id=profile_id)
        talk = talks.order_by("-created_at").first()
        if talk is None:
            raise InboxError("unknown", _("This person has never talked with the bot."))
        where: dict[str, Any] = {"bot_id": bot_id, "conversation_id": talk.id}
        was_held = is_held(locked_item(**where))
        take_over(**where, user_id=user_id)
        answer_person(**where, chat_id=talk.chat_id, user_id=user_id, text=text)
        if not stays and not was_held:
            hand_back(**where, user_id=user_id)
    return talk.id
