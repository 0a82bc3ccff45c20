from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from bots.announcements import record, tell_runtime
from bots.errors import BotError
from bots.models import Bot
from core.clock import clock


def restart_bot(*, bot_id: UUID) -> int:
    """Ask for a fresh start of one bot and give its new generation; the others do not notice.

    Raises BotError `bots.unknown`.
    """
    with transaction.atomic():
        found = Bot.objects.filter(id=bot_id).update(generation=F("generation") + 1, updated_at=clock.now())
        if not found:
            raise BotError("unknown", _("This bot does not exist any more."))
        generation = Bot.objects.values_list("generation", flat=True).get(id=bot_id)
        record(bot_id=bot_id, kind="bot.restart_requested", payload={"generation": generation})
        tell_runtime(bot_id)
    return generation
