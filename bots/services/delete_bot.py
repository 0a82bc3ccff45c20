from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bots.announcements import tell_runtime
from bots.errors import BotError
from bots.models import Bot, WantedState
from core.clock import clock


def delete_bot(*, bot_id: UUID) -> None:
    """Remove a bot with all that was ever said in it. There is no way back.

    Raises BotError: `bots.unknown`, `bots.still_running` while it is wanted or some process still holds it.
    """
    with transaction.atomic():
        bot = Bot.objects.select_for_update(of=("self",)).select_related("status").filter(id=bot_id).first()
        if bot is None:
            raise BotError("unknown", _("This bot does not exist any more."))
        status = getattr(bot, "status", None)
        is_held = bool(
            status and status.lease_holder and status.lease_until and status.lease_until > clock.now()
        )
        if bot.wanted_state != WantedState.STOPPED or is_held:
            raise BotError(
                "still_running",
                _("“%(bot)s” is still running. Stop it first, then delete it.") % {"bot": bot.name},
            )
        bot.delete()
        tell_runtime(bot_id)
