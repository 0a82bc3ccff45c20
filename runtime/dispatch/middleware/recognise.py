from __future__ import annotations

import re

from profiles.contracts import Act as ProfileAct
from profiles.contracts import Sighting
from runtime.dispatch.act import Act, Handler
from runtime.dispatch.heard import Heard
from runtime.dispatch.look_after import look_after
from runtime.dispatch.router import COMMANDS
from sessions_app.contracts import Arriving, Visit, Words
from sessions_app.speech import language_of

_ACTS = {"command": "command", "callback_query": "callback_query", "edited_message": "edited_message"}
# What may stand in a deep link; anything else behind /start is what a person said.
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def recognise_act(act: Act, handle: Handler) -> None:
    """Who is it, and what do they come back to? Only in private chats; elsewhere nobody is remembered."""
    heard, desk = act.heard, act.desk
    if (
        heard.is_private
        and heard.chat_id is not None
        and heard.user_id is not None
        and heard.is_blocked is None
    ):
        sighting = _sighting(act, desk.settings.language)
        arrived = await desk.conversation.arrive(Arriving(heard.chat_id, sighting), companion=desk.companion)
        act.visit = Visit(
            hand=desk.hand,
            bot_slug=desk.settings.slug,
            chat_id=heard.chat_id,
            sighting=sighting,
            person=arrived.person,
            conversation_id=arrived.conversation_id,
            session=arrived.session,
            words=tuple(
                Words(row.id, update.text, update.message_id)
                for row, update in zip(act.rows, act.updates, strict=True)
                if update.text and update.kind != "edited_message"
            ),
            tap=heard.tap,
            inbound_ids=tuple(row.id for row in act.rows),
            awaits=arrived.awaits,
            mode=arrived.mode,
        )
    await handle(act)
    if act.visit is not None:
        await look_after(act, act.visit)


def _sighting(act: Act, fallback: str) -> Sighting:
    heard = act.heard
    assert heard.user_id is not None  # noqa: S101 - the caller looked
    is_link = heard.command == "start" and _SOURCE.fullmatch(heard.argument)
    return Sighting(
        telegram_id=heard.user_id,
        first_name=heard.first_name,
        last_name=heard.last_name,
        username=heard.username,
        language=language_of(heard.language_code) if heard.language_code else fallback,
        acts=tuple(
            ProfileAct(row.id, _ACTS.get(each.kind, "message"), _details(each))
            for row, each in zip(act.rows, act.updates, strict=True)
        ),
        source=heard.argument if is_link else "",
    )


def _details(heard: Heard) -> dict[str, object]:
    if heard.command:
        # Behind a slash people write anything, also before they have agreed to be remembered.
        return {"command": heard.command if heard.command in COMMANDS else "unknown"}
    return {"media": heard.media} if heard.media else {}
