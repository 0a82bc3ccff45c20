"""Whether a broadcast may be started as it stands."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bots.models import Bot
from broadcast.audience import known_words
from broadcast.content import ContentError, check_content, from_json, problems_told
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.parsing import parse
from broadcast.criteria.telling import told
from broadcast.errors import BroadcastError
from broadcast.letters import METHODS
from broadcast.models import Broadcast, BroadcastFile
from broadcast.wording import VARIABLES

# Messages a second that a broadcast may be given as its own pace.
SLOWEST, FASTEST = 0.1, 1000.0


def examine(broadcast: Broadcast) -> None:
    """Raise BroadcastError with what is wrong: `no_bots`, `criteria`, `content`, `media`, `split`, `hours`, `cap`,
    `rate`."""
    _examine_bots(broadcast)
    try:
        parse(broadcast.criteria, known_words())
    except CriteriaError as error:
        raise BroadcastError("criteria", told(error, get_language() or "en")) from error
    texts = _examine_content(broadcast)
    if not (0 <= broadcast.control_percent <= 90 and 1 <= broadcast.test_percent <= 100):
        raise BroadcastError(
            "split", _("The control is at most 90 %, those who try the texts are 1 to 100 %.")
        )
    if broadcast.test_percent < 100 and texts < 2:
        raise BroadcastError("split", _("To try texts out, write at least two."))
    if not (0 <= broadcast.quiet_from <= 23 and 0 <= broadcast.quiet_until <= 23):
        raise BroadcastError("hours", _("Hours are 0 to 23."))
    if broadcast.cap_a_day is not None and broadcast.cap_a_day < 1:
        # Everybody would be put off from day to day for ever.
        raise BroadcastError("cap", _("The cap a day is at least 1; leave it empty for none."))
    if broadcast.rate is not None and not SLOWEST <= broadcast.rate <= FASTEST:
        raise BroadcastError("rate", _("The rate is from 0.1 to 1000 messages a second."))


def _examine_bots(broadcast: Broadcast) -> None:
    wanted = set(broadcast.bot_ids)
    if not wanted or Bot.objects.filter(id__in=wanted).count() != len(wanted):
        raise BroadcastError("no_bots", _("Choose at least one bot that exists."))
    if len(wanted) > settings.BROADCAST_MOST_BOTS:
        raise BroadcastError(
            "no_bots", _("At most %(most)d bots at once.") % {"most": settings.BROADCAST_MOST_BOTS}
        )


def _examine_content(broadcast: Broadcast) -> int:
    """How many texts there are to try."""
    try:
        content = from_json(broadcast.content)
    except ContentError as error:
        raise BroadcastError("content", _("The texts cannot be read any more; write them again.")) from error
    if broadcast.media not in METHODS:
        raise BroadcastError("media", _("There is no such kind of media."))
    if broadcast.media and not BroadcastFile.objects.filter(broadcast=broadcast).exists():
        raise BroadcastError("media", _("The file is missing."))
    problems = check_content(content, media=broadcast.media, variables=tuple(VARIABLES))
    if problems:
        raise BroadcastError("content", " ".join(problems_told(problems, get_language() or "en")[:5]))
    return len(content.variants)
