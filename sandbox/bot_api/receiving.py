"""Methods about updates: getUpdates and the webhook, which is remembered but never called."""

from __future__ import annotations

import re
from typing import Any

from core.clock import clock
from sandbox.accounts import BotAccount
from sandbox.bot_api.params import Params, boolean, integer, string, structure
from sandbox.cloud import Cloud
from sandbox.errors import BotApiError, bad_request

_MOST_UPDATES = 100
_LONGEST_POLL = 50  # seconds
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}$")
_PORTS = {"", "443", "80", "88", "8443"}
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


async def get_updates(cloud: Cloud, bot: BotAccount, params: Params) -> bytes:
    """getUpdates: the JSON array, joined from the bytes that were queued."""
    _remember_allowed(cloud, bot, params)
    if bot.webhook.get("url"):
        raise BotApiError(409, _WEBHOOK_ACTIVE)
    limit = min(max(integer(params, "limit", _MOST_UPDATES), 1), _MOST_UPDATES)
    timeout = min(max(integer(params, "timeout"), 0), _LONGEST_POLL)
    was_new = bot.last_poll_at is None
    bot.last_poll_at = clock.now().timestamp()
    if was_new:
        cloud.feed.publish("bots")
    batch = await bot.queue.poll(offset=integer(params, "offset"), limit=limit, timeout=timeout)
    bot.last_poll_at = clock.now().timestamp()
    cloud.is_dirty = cloud.is_dirty or bool(batch)
    return b"[" + b",".join(batch) + b"]"


def set_webhook(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """setWebhook: remembered, shown by getWebhookInfo, and in the way of getUpdates."""
    url = string(params, "url")
    if not url:
        return delete_webhook(cloud, bot, params)
    _check_webhook(url, string(params, "secret_token"))
    _remember_allowed(cloud, bot, params)
    bot.webhook = {
        "url": url,
        "max_connections": min(max(integer(params, "max_connections", 40), 1), 100),
        "has_secret": bool(string(params, "secret_token")),
    }
    if boolean(params, "drop_pending_updates"):
        bot.queue.clear()
    bot.queue.interrupt("webhook")
    cloud.is_dirty = True
    return True


def delete_webhook(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """deleteWebhook."""
    bot.webhook = {}
    if boolean(params, "drop_pending_updates"):
        bot.queue.clear()
    cloud.is_dirty = True
    return True


def get_webhook_info(_cloud: Cloud, bot: BotAccount, _params: Params) -> dict[str, Any]:
    """getWebhookInfo."""
    info: dict[str, Any] = {
        "url": bot.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(bot.queue),
    }
    if info["url"]:
        info["max_connections"] = bot.webhook["max_connections"]
        info["ip_address"] = "127.0.0.1"
    if bot.queue.allowed:
        info["allowed_updates"] = bot.queue.allowed
    return info


def _remember_allowed(cloud: Cloud, bot: BotAccount, params: Params) -> None:
    """Left out, the list stays; empty, it is the default again; names that nobody knows are passed over."""
    if "allowed_updates" not in params:
        return
    given = structure(params, "allowed_updates", "can't parse allowed updates JSON object")
    if not isinstance(given, list):
        raise bad_request("expected an Array of String as allowed updates")
    if given != bot.queue.allowed:
        bot.queue.allowed = [kind for kind in given if isinstance(kind, str)]
        cloud.is_dirty = True


def _check_webhook(url: str, secret: str) -> None:
    if not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    host = url.removeprefix("https://").split("/", 1)[0]
    if host.rpartition(":")[2] not in _PORTS and ":" in host:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
