"""Alerts that nobody was told of yet, and the bots through which somebody can be."""

from __future__ import annotations

from bots.alerts import parted
from bots.contracts import Voice, WaitingAlert
from bots.models import Alert, Bot, ObservedState


def are_alerts_waiting() -> bool:
    """Whether there is anything to tell; asked every few seconds."""
    return Alert.objects.filter(notified_at__isnull=True).exists()


def alerts_to_tell(*, most: int = 500) -> list[WaitingAlert]:
    """The oldest of them, locked until the caller's transaction ends; what another process has in hand is left out."""
    waiting = (
        Alert.objects.filter(notified_at__isnull=True)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("first_at", "id")[:most]
    )
    found = []
    for alert in waiting:
        detail, swallowed = parted(alert.detail)
        found.append(
            WaitingAlert(
                id=alert.id,
                bot_id=alert.bot_id,
                kind=alert.kind,
                subject=alert.subject,
                detail=detail,
                count=alert.count,
                swallowed=swallowed,
                first_at=alert.first_at,
            )
        )
    return found


def voices() -> list[Voice]:
    """Every bot, oldest first."""
    bots = (
        Bot.objects.select_related("status")
        .defer("token_sealed", "model_key_sealed", "config")
        .order_by("created_at", "id")
    )
    found = []
    for bot in bots:
        ids = [bot.owner_telegram_id, *bot.admin_telegram_ids]
        found.append(
            Voice(
                bot_id=bot.id,
                name=bot.name,
                language=bot.language,
                timezone=bot.timezone,
                server=bot.api_url.rstrip("/"),
                wanted=bot.wanted_state,
                state=bot.status.state if hasattr(bot, "status") else ObservedState.STOPPED,
                people=tuple(dict.fromkeys(each for each in ids if each)),
            )
        )
    return found
