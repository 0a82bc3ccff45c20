"""Pages that say the same to everybody."""

from __future__ import annotations

from runtime.dispatch.act import Act
from runtime.handlers.run import run
from sessions_app.services import hand_over, say_text


async def help_(act: Act) -> None:
    await run(act, say_text.say_help)


async def privacy(act: Act) -> None:
    await run(act, say_text.say_privacy)


async def export(act: Act) -> None:
    await run(act, hand_over.hand_over)


async def unknown_command(act: Act) -> None:
    await run(act, say_text.say_unknown_command)


async def old_button(act: Act) -> None:
    await run(act, say_text.say_old_button)


async def cancel(act: Act) -> None:
    await run(act, say_text.say_cancelled)
