"""Who sees the queues, and who does something with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest

from bots.admin.base import bots_where, is_staff, may
from bots.roles import Capability
from core.tenancy import visible_bots
from dashboard.selectors.bots_of import BotName, bots_of
from mailbox.shelves import Act

# To let the bot look at somebody's words again, or say its own once more, is care for people; to throw words away is
# running the bot.
NEEDED: Final[Mapping[Act, Capability]] = {
    Act.REPLAY: Capability.CHANGE_PEOPLE,
    Act.DISCARD: Capability.START_STOP,
    Act.CANCEL: Capability.START_STOP,
    Act.SEND: Capability.CHANGE_PEOPLE,
}


def may_see_queues(request: HttpRequest) -> bool:
    """Whether they see the people of any bot: whoever stands in a queue is somebody."""
    return may(request, Capability.SEE_PEOPLE)


def may_see_work(request: HttpRequest) -> bool:
    """Whether they see the background work: whoever sees figures of any bot."""
    return may(request, Capability.SEE_FIGURES) or is_staff(request)


def may_act(request: HttpRequest, bot_id: UUID, act: Act) -> bool:
    return may(request, NEEDED[act], bot_id)


def may_read(request: HttpRequest, bot_id: UUID) -> bool:
    """Whether they may read what somebody said, for a reason."""
    return may(request, Capability.SEE_WORDS, bot_id)


def queue_bots(request: HttpRequest) -> list[BotName]:
    """The bots whose queues they see, by name."""
    mine = set(bots_where(request, Capability.SEE_PEOPLE))
    return bots_of(bot_ids=[each for each in visible_bots() or () if each in mine])


def the_bot_of(request: HttpRequest, bot_id: UUID) -> BotName:
    """The bot of an address, if its queues are theirs to see; to others it does not exist."""
    mine = [each for each in queue_bots(request) if each.id == bot_id]
    if not mine:
        raise Http404
    return mine[0]
