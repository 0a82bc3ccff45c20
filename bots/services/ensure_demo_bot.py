from __future__ import annotations

from enum import StrEnum

from bots.models import Bot, WantedState
from bots.sandbox_control import SandboxControl
from bots.services.register_bot import register_bot
from bots.services.update_bot import update_bot

SLUG = "natasha"
_NAME = "Наташа"
_USERNAME = "natasha_bot"


class Demo(StrEnum):
    """What had to be done for the demo bot."""

    MADE = "made"
    KEPT = "kept"
    MADE_KNOWN_AGAIN = "made known to the sandbox again"
    NOT_OURS = "left alone: it does not live on the sandbox"


def ensure_demo_bot(*, sandbox_url: str) -> Demo:
    """See to it that a newcomer has a bot to talk with on the sandbox; repeatable.

    A demo bot that people moved to Telegram, stopped or changed is theirs and stays as it is. Raises BotError
    `bots.no_sandbox`, Undecryptable.
    """
    sandbox = SandboxControl(sandbox_url)
    bot = Bot.objects.filter(slug=SLUG).first()
    if bot is None:
        token = sandbox.create(name=_NAME, username=_USERNAME)
        register_bot(
            name=_NAME,
            slug=SLUG,
            token=token,
            api_url=sandbox.url,
            wanted_state=WantedState.RUNNING,
            config={"demo": True},
        )
        return Demo.MADE
    if not bot.config.get("demo") or bot.api_url.startswith("https://"):
        return Demo.NOT_OURS
    if bot.api_url != sandbox.url:
        update_bot(bot_id=bot.id, api_url=sandbox.url)
    if bot.token in sandbox.tokens():
        return Demo.KEPT
    sandbox.create(name=bot.name, username=bot.username or _USERNAME, token=bot.token)
    return Demo.MADE_KNOWN_AGAIN
