"""Broadcasts in Telegram: what admins write and decide, and what recipients tap."""

from __future__ import annotations

from dataclasses import replace

from broadcast.contracts import Pressed
from broadcast.keys import AWAITS_CRITERIA, AWAITS_TEXT, read_tap
from broadcast.services.dialog import open_dialog, take_words, tap_dialog
from broadcast.services.note_click import note_click
from core import aio
from runtime.dispatch.act import Act
from runtime.handlers.admins import for_admins, is_admin
from runtime.handlers.pages import old_button
from runtime.handlers.run import acknowledge, run, visit_of
from sessions_app.contracts import Words


async def begin(act: Act) -> None:
    await for_admins(act, _begin)


async def _begin(act: Act) -> None:
    await run(act, open_dialog)


async def decide(act: Act) -> None:
    """A button of the dialog."""
    tap = visit_of(act).tap
    _, what, name, more = [*(tap.data if tap else "").split(":"), "", "", ""][:4]
    if is_admin(act):
        await run(act, tap_dialog, what=what, name=name, more=more)
    else:
        await old_button(act)


def is_asked(act: Act) -> bool:
    """Whether these words are what the dialog asked an admin for."""
    awaits = visit_of(act).awaits
    return awaits.startswith((AWAITS_CRITERIA, AWAITS_TEXT)) and is_admin(act)


async def take(act: Act) -> None:
    """What the dialog asked for."""
    html = "\n".join(each.html or each.text for each in act.updates)
    await run(act, take_words, html=html)


async def press(act: Act) -> None:
    """A button of a broadcast that was sent: it is counted, and says something in the conversation."""
    visit = visit_of(act)
    found = read_tap(visit.tap.data) if visit.tap is not None else None
    pressed: Pressed | None = None
    if found is not None:
        recipient_id, button = found
        pressed = await aio.run_in_bot(
            visit.bot_id, note_click, bot_id=visit.bot_id, recipient_id=recipient_id, button=button
        )
    if pressed is None or pressed.url:
        await old_button(act)
        return
    acknowledge(act)
    # As if they had written it; the message keeps its buttons.
    said = replace(visit, tap=None, words=(Words(visit.cause, pressed.said, None),))
    await act.desk.conversation.listen(said, act.desk.companion)
