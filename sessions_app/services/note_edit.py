from __future__ import annotations

from core.clock import clock
from sessions_app.contracts import Visit
from sessions_app.crisis import detect
from sessions_app.lines import line
from sessions_app.models import Message, Role
from sessions_app.services.answer import answer
from sessions_app.services.pause_for_crisis import pause_for_crisis


def note_edit(*, visit: Visit, telegram_message_id: int, text: str) -> None:
    """The person changed something they had said: the new wording is what counts from now on."""
    changed = (
        Message.objects.for_bot(visit.bot_id)
        .filter(
            conversation_id=visit.conversation_id, role=Role.USER, telegram_message_id=telegram_message_id
        )
        .update(text=text, edited_at=clock.now())
    )
    sign = detect(text, visit.language)
    if sign is not None:
        pause_for_crisis(visit=visit, kind=sign.kind, rule=sign.rule)
        return
    is_worth_a_word = changed and visit.session is not None
    answer(visit=visit, lines=[line("edited.noted", visit.language)] if is_worth_a_word else [])
