"""How queues and background work are said."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.clock import clock
from mailbox.contracts import JOB_PREFIX
from mailbox.selectors.queue_figures import MOST
from mailbox.shelves import Act, Shelf

NOTHING: Final = "–"
_THIN: Final = "\u202f"

SHELVES: Final[dict[Shelf, Any]] = {
    Shelf.WAITING: gettext_lazy("Waiting to be answered"),
    Shelf.BURIED: gettext_lazy("Buried"),
    Shelf.OUTGOING: gettext_lazy("Waiting to be sent"),
    Shelf.UNDELIVERED: gettext_lazy("Not delivered"),
}
ICONS: Final[dict[Shelf, str]] = {
    Shelf.WAITING: "move_to_inbox",
    Shelf.BURIED: "inventory_2",
    Shelf.OUTGOING: "outgoing_mail",
    Shelf.UNDELIVERED: "unsubscribe",
}
WHAT_THEY_ARE: Final[dict[Shelf, Any]] = {
    Shelf.WAITING: gettext_lazy("What people did and the bot has not handled yet, the oldest first."),
    Shelf.BURIED: gettext_lazy(
        "What the bot gave up after three tries, or could not read at all. Once the cause is mended it can be "
        "handled once more; after 30 days it is gone."
    ),
    Shelf.OUTGOING: gettext_lazy(
        "What the bot says and Telegram does not have yet, in the order of its age. What belongs to a broadcast is "
        "paused or cancelled on the broadcast's own page."
    ),
    Shelf.UNDELIVERED: gettext_lazy(
        "What Telegram refused, and what nobody knows of whether it arrived, of the last 30 days. Answers and what "
        "operators wrote can be sent once more; what belongs to a broadcast is decided in its ledger."
    ),
}
EMPTY: Final[dict[Shelf, Any]] = {
    Shelf.WAITING: gettext_lazy("Nothing waits: everybody has an answer."),
    Shelf.BURIED: gettext_lazy("Nothing was given up."),
    Shelf.OUTGOING: gettext_lazy("Nothing waits: all that was said has left."),
    Shelf.UNDELIVERED: gettext_lazy("Everything arrived."),
}
STATES: Final[dict[str, tuple[str, Any]]] = {
    "waiting": ("info", gettext_lazy("waiting")),
    "held": ("primary", gettext_lazy("in hand")),
    "later": ("", gettext_lazy("later")),
    "buried": ("warning", gettext_lazy("buried")),
    "failed": ("danger", gettext_lazy("failed")),
    "unknown": ("warning", gettext_lazy("unknown")),
}
PRIORITIES: Final[dict[int, Any]] = {
    0: gettext_lazy("reply"),
    1: gettext_lazy("operator"),
    2: gettext_lazy("started by the bot"),
    3: gettext_lazy("broadcast"),
}
ACTS: Final[dict[Act, Any]] = {
    Act.REPLAY: gettext_lazy("Handle once more"),
    Act.DISCARD: gettext_lazy("Discard"),
    Act.CANCEL: gettext_lazy("Do not send"),
    Act.SEND: gettext_lazy("Send once more"),
}
ACT_ICONS: Final[dict[Act, str]] = {
    Act.REPLAY: "replay",
    Act.DISCARD: "delete",
    Act.CANCEL: "block",
    Act.SEND: "send",
}
SURE: Final[dict[Act, Any]] = {
    Act.DISCARD: gettext_lazy("What they say is gone for good, and nobody is answered."),
    Act.CANCEL: gettext_lazy(
        "They are not sent; they lie with what was not delivered then. What is on its way already arrives."
    ),
    Act.SEND: gettext_lazy(
        "People read it now, however old it is. What is unknown may have arrived: then they read it twice."
    ),
}
DOING: Final[dict[str, Any]] = {
    Act.REPLAY: gettext_lazy("Handling once more"),
    Act.DISCARD: gettext_lazy("Discarding"),
    Act.CANCEL: gettext_lazy("Keeping back"),
    Act.SEND: gettext_lazy("Sending once more"),
}
REASONS: Final[dict[str, Any]] = {
    "mend": gettext_lazy("To find out what went wrong"),
    "asked": gettext_lazy("The person asked about it"),
    "crisis": gettext_lazy("Sign of crisis"),
}

_KINDS: Final[dict[str, Any]] = {
    "message": gettext_lazy("Message"),
    "edited_message": gettext_lazy("Edited message"),
    "callback_query": gettext_lazy("Button"),
    "command": gettext_lazy("Command"),
    "my_chat_member": gettext_lazy("Bot blocked, added or removed"),
    "channel_post": gettext_lazy("Post in a channel"),
    "edited_channel_post": gettext_lazy("Edited post in a channel"),
}

# Work that a bot puts into its queue by itself.
_JOBS: Final[dict[str, Any]] = {
    "analyse": gettext_lazy("to judge the stage"),
    "refresh": gettext_lazy("to refresh a portrait"),
    "look_up": gettext_lazy("to look somebody up in Telegram"),
}


def number(count: int) -> str:
    """A count with its thousands apart; of what is not counted further, so many and more."""
    said = f"{min(count, MOST):,}".replace(",", _THIN)
    return f"{said}+" if count >= MOST else said


def whole_number(count: int) -> str:
    return f"{count:,}".replace(",", _THIN)


def age(moment: datetime | None) -> str:
    """How long ago, in one unit."""
    if moment is None:
        return ""
    return lasting(max(1.0, (clock.now() - moment).total_seconds()))


def lasting(seconds: float) -> str:
    """About how long, in one unit."""
    if seconds < 1:
        return _("%(count)d ms") % {"count": round(seconds * 1000)}
    if seconds < 90:
        return _("%(count)d s") % {"count": round(seconds)}
    if seconds < 90 * 60:
        return _("%(count)d min") % {"count": round(seconds / 60)}
    if seconds < 48 * 3600:
        return _("%(count)d h") % {"count": round(seconds / 3600)}
    return _("%(count)d days") % {"count": round(seconds / 86_400)}


def size(count: int) -> str:
    """Bytes in words."""
    if count < 10_000:
        return _("%(count)s bytes") % {"count": whole_number(count)}
    return _("%(count)s kB") % {"count": whole_number(round(count / 1000))}


def kind_name(kind: str) -> str:
    """What people did, or which work of the bot's own it is."""
    if kind.startswith(JOB_PREFIX):
        return _("own work: %(name)s") % {"name": str(_JOBS.get(name := kind.removeprefix(JOB_PREFIX), name))}
    return str(_KINDS.get(kind, kind))


def told(act: Act, count: int) -> str:
    """What was done with how many rows."""
    if not count:
        return _("Nothing was left to do.")
    if act is Act.REPLAY:
        return ngettext("%d update is handled once more.", "%d updates are handled once more.", count) % count
    if act is Act.DISCARD:
        return ngettext("%d update was discarded.", "%d updates were discarded.", count) % count
    if act is Act.SEND:
        return ngettext("%d message is sent once more.", "%d messages are sent once more.", count) % count
    return ngettext("%d message is not sent.", "%d messages are not sent.", count) % count
