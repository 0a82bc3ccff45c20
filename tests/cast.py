"""The cast: the bots and the people that the tests are about."""

from __future__ import annotations

import itertools
import os
import secrets
from typing import Any, ParamSpec, TypeVar

from bots.models import Bot, BotStatus
from core import aio
from core.clock import clock
from core.encryption import encrypt, fingerprint
from core.tenancy import in_bot
from profiles.models import Profile

P = ParamSpec("P")
T = TypeVar("T")

# Nobody listens there: a bot of the cast reaches Telegram only when a test gives it a sandbox.
NOWHERE = "http://127.0.0.1:1"

_numbers = itertools.count(1)


def make_token() -> str:
    """A bot token as Telegram shapes them, never the same."""
    telegram_id = 1_000_000_000 + os.getpid() % 100_000 * 10_000 + next(_numbers)
    return f"{telegram_id}:AA{secrets.token_hex(16)}x"


def make_bot(**fields: Any) -> Bot:
    """A bot with a token of its own (or `token=`) and its status row. Synchronous: see `on_database`."""
    token = fields.pop("token", None) or make_token()
    number = next(_numbers)
    bot = Bot.objects.create(
        **{
            "name": f"Natasha {number}",
            "slug": f"natasha-{os.getpid()}-{number}",
            "token_sealed": encrypt(token),
            "token_fingerprint": fingerprint(token),
            "token_hint": f"{token.partition(':')[0]}:…",
            "telegram_id": int(token.partition(":")[0]),
            "username": f"natasha_{number}_bot",
            "api_url": NOWHERE,
            "language": "en",
            "burst_wait": 0.0,
            **fields,
        }
    )
    BotStatus.objects.create(bot=bot)
    return bot


def make_profile(bot: Bot, **fields: Any) -> Profile:
    """A person of a bot who has consented, unless `consented_at=None` says otherwise. Synchronous."""
    number = next(_numbers)
    now = clock.now()
    with in_bot(bot.id):
        return Profile.objects.create(
            bot=bot,
            **{
                "telegram_id": 500_000_000 + number,
                "first_name": f"Vera {number}",
                "language": "en",
                "consented_at": now,
                # Nothing is to be found out about them, unless a test wants it.
                "looked_up_at": now,
                "last_seen_at": now,
                "created_at": now,
                **fields,
            },
        )


async def on_database(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Await a synchronous function on the bridge's threads: async tests must not touch the ORM themselves.

    Its scope, where it needs one, is the function's own affair (`aio.run_in_bot` opens one).
    """
    return await aio.run(function, *args, **kwargs)
