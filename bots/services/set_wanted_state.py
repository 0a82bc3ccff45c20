from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bots.announcements import record, tell_runtime
from bots.errors import BotError
from bots.models import Bot, WantedState
from core.clock import clock


def set_wanted_state(*, bot_id: UUID, wanted: str) -> bool:
    """Say that a bot should run, pause or stop; the answer is whether that is news.

    Raises BotError: `bots.state_unknown`, `bots.unknown`.
    """
    if wanted not in WantedState.values:
        raise BotError(
            "state_unknown",
            _("A bot cannot be “%(wanted)s”. It can be: %(states)s.")
            % {"wanted": wanted, "states": ", ".join(WantedState.values)},
        )
    with transaction.atomic():
        changed = (
            Bot.objects.filter(id=bot_id)
            .exclude(wanted_state=wanted)
            .update(wanted_state=wanted, updated_at=clock.now())
        )
        if changed:
            record(bot_id=bot_id, kind="bot.wanted_state_set", payload={"wanted": wanted})
            tell_runtime(bot_id)
        elif not Bot.objects.filter(id=bot_id).exists():
            raise BotError("unknown", _("This bot does not exist any more."))
    return bool(changed)
