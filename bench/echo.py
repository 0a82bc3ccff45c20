"""The bare echo bot to compare with: python-telegram-bot as its manual shows it, over httpx, without a database.

`python -m bench.echo URL TOKEN CONCURRENT_UPDATES`; run by the benches. Ends on SIGTERM.
"""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    message = update.effective_message
    assert message is not None
    await message.reply_text(message.text or "")


def main(url: str, token: str, concurrent_updates: int) -> None:
    """Poll and echo until told to stop. 1 handles one update after the other, as the library does by default."""
    builder = Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
    if concurrent_updates > 1:
        # The library asks for a pool that is as large.
        builder = builder.concurrent_updates(concurrent_updates).connection_pool_size(concurrent_updates)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling(allowed_updates=["message"], drop_pending_updates=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
