"""What only a bot's admins may ask for; to everybody else these commands do not exist."""

from __future__ import annotations

from care.services.show_stats import show_stats
from care.services.want_rotation import want_rotation_from_telegram
from runtime.dispatch.act import Act, Handler
from runtime.handlers.door import ask_for_consent
from runtime.handlers.pages import unknown_command
from runtime.handlers.run import run, visit_of


async def stats(act: Act) -> None:
    await for_admins(act, _stats)


async def fill_profiles(act: Act) -> None:
    await for_admins(act, _fill_profiles)


async def _stats(act: Act) -> None:
    companion = act.desk.companion
    await run(act, show_stats, bot_name=act.desk.settings.name, stages=companion.stages)


async def _fill_profiles(act: Act) -> None:
    await run(act, want_rotation_from_telegram)


def is_admin(act: Act) -> bool:
    """Whether it is one of the bot's admins who acts."""
    settings, person = act.desk.settings, visit_of(act).person
    return person.telegram_id in (*settings.admin_telegram_ids, settings.owner_telegram_id)


async def for_admins(act: Act, handler: Handler) -> None:
    """Let admins only; for others there is no such command."""
    if is_admin(act):
        await handler(act)
    else:
        # As for any command that there is not: consent comes first.
        await (unknown_command if visit_of(act).person.has_consented else ask_for_consent)(act)
