"""What bots get unless their own row says otherwise, and how the runtime keeps them."""

from __future__ import annotations

from config.settings.environment import env

TELEGRAM_API_URL = env.str("TELEGRAM_API_URL", default="https://api.telegram.org")

# Single-bot mode: `runbots` registers this bot at its start.
TELEGRAM_BOT_TOKEN = env.str("TELEGRAM_BOT_TOKEN", default="")

OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_MODEL = env.str("OPENAI_MODEL", default="gpt-4o-mini")

BOTS_PER_WORKER = env.int("BOTS_PER_WORKER", default=25)
POLL_TIMEOUT = env.int("POLL_TIMEOUT", default=30)
LEASE_SECONDS = env.float("LEASE_SECONDS", default=10.0)
DRAIN_SECONDS = env.float("DRAIN_SECONDS", default=20.0)
