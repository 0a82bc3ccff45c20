"""What people say, in words or otherwise."""

from __future__ import annotations

from dataclasses import replace

from runtime.dispatch.act import Act
from runtime.handlers import broadcasts
from runtime.handlers.run import run, visit_of
from runtime.handlers.typing import typing
from sessions_app.contracts import Words
from sessions_app.services.note_edit import note_edit as note_edit_service
from sessions_app.services.say_text import say_media, say_nothing


async def listen(act: Act) -> None:
    if broadcasts.is_asked(act):
        await broadcasts.take(act)
        return
    async with typing(act):
        await act.desk.conversation.listen(visit_of(act), act.desk.companion)


async def decline_media(act: Act) -> None:
    visit = visit_of(act)
    if visit.mode == "human":
        # Whoever answers sees at least that something came.
        sent = Words(visit.cause, f"[{act.heard.media}]", act.heard.message_id)
        await act.desk.conversation.listen(replace(visit, words=(sent,)), act.desk.companion)
        return
    await run(act, say_media, kind=act.heard.media)


async def note_edit(act: Act) -> None:
    visit = visit_of(act)
    if act.heard.message_id is None or not visit.person.has_consented or not act.heard.text:
        await run(act, say_nothing)
    else:
        await run(act, note_edit_service, telegram_message_id=act.heard.message_id, text=act.heard.text)
