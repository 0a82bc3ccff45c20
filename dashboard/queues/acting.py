"""What the buttons of a shelf do."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bots.admin.base import not_there
from bots.sign_in import address_in
from dashboard.queues import faces
from dashboard.selectors.bots_of import BotName
from mailbox.selectors.queue_rows import known_rows
from mailbox.services.clear_shelf import want_clearing
from mailbox.services.tend_queue import tend_queue
from mailbox.shelves import Act, Shelf

# No page holds more; whoever sends more wants all, which has a way of its own.
_MOST: Final = 200


def act_on(request: HttpRequest, bot: BotName, shelf: Shelf, act: Act) -> str:
    """Do it with the rows that were chosen, or have it done with all that are alike; what became of it, in words.

    Raises QueueError, and Http404 for a row that was never this bot's.
    """
    user: Any = request.user
    sent = request.POST
    if sent.get("all"):
        count = want_clearing(
            bot_id=bot.id,
            shelf=shelf,
            act=act,
            kind=sent.get("kind", "").replace("\x00", ""),
            reason=sent.get("reason", "").replace("\x00", ""),
            by=user.pk,
            address=_address(request),
        )
        if not count:
            return faces.told(act, 0)
        return _("%(count)s rows are being worked on; how far it is stands here.") % {
            "count": faces.whole_number(count)
        }
    ids = {each for each in map(_id, sent.getlist("row")[:_MOST]) if each is not None}
    for each in ids - known_rows(bot_id=bot.id, shelf=shelf, ids=ids):
        not_there(request, each)
    return faces.told(act, tend_queue(bot_id=bot.id, act=act, ids=ids, by=user.pk) if ids else 0)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(request: HttpRequest) -> str:
    is_behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    return address_in(request.META, is_behind_proxy=is_behind_proxy) or ""
