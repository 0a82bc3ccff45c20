"""The whole product in a real browser: `bin/up`, Chromium in front of it, Telegram's stand-in behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bin.kit import postgres_folder
from tests.fixtures.chromium import CHROMIUM, FLAGS
from tests.fixtures.installation import Installation, until

expect.set_options(timeout=15_000)


@dataclass
class House:
    """An installation, and a browser to look at it with."""

    installation: Installation
    browser: Browser

    def enter(self, name: str, password: str, **context: Any) -> Page:
        """Sign in with a browser of one's own; the first page."""
        page = self.window(**context)
        page.goto(f"{self.installation.address}/admin/")
        page.get_by_label("Username").fill(name)
        page.locator("#id_password").fill(password)
        page.locator("#id_password").press("Enter")
        page.wait_for_url("**/admin/")
        return page

    def window(self, *, theme: str = "light", **context: Any) -> Page:
        """A browser of somebody's own; the theme is the one that they chose in the shell."""
        made: BrowserContext = self.browser.new_context(
            color_scheme="dark" if theme == "dark" else "light",
            base_url=self.installation.address,
            **{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **context},
        )
        made.set_default_timeout(15_000)
        made.add_init_script(f"localStorage.setItem('adminTheme', '\"{theme}\"')")
        return made.new_page()

    def demo_token(self) -> str:
        """The token of the bot that comes with an installation."""
        return str(self.installation.telegram("bots")[0]["token"])

    def new_bot(self, name: str) -> str:
        """What @BotFather does: a bot that nobody serves yet; its token."""
        return str(self.installation.telegram("bots", {"name": name})["token"])

    def say(self, token: str, text: str, *, user_id: int, **person: Any) -> None:
        """Somebody writes to the bot."""
        self.installation.telegram(f"bots/{token}/say", {"user_id": user_id, "text": text, **person})

    def agree(self, token: str, user_id: int) -> None:
        """Press the first button of the bot's last message: that one is of age and agrees."""
        last = self._messages(token, user_id)[-1]
        button = last["reply_markup"]["inline_keyboard"][0][0]
        self.installation.telegram(
            f"bots/{token}/tap",
            {"user_id": user_id, "message_id": last["message_id"], "data": button["callback_data"]},
        )

    def _messages(self, token: str, user_id: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.installation.telegram(f"bots/{token}/chats/{user_id}/messages")
        return found

    def heard(self, token: str, user_id: int) -> list[str]:
        """What the bot has said to somebody, the oldest first."""
        return [
            str(line.get("text", "")) for line in self._messages(token, user_id) if line["from"]["is_bot"]
        ]

    def answered(self, token: str, user_id: int, before: int) -> None:
        """Wait until the bot has said more than so many messages."""
        until(lambda: len(self.heard(token, user_id)) > before, 20)

    def hear(self, token: str, user_id: int, words: str) -> None:
        """Wait until the bot has said so."""
        until(lambda: any(words in line for line in self.heard(token, user_id)), 20)


# Of this folder alone: while Playwright's loop runs, no test can have one of its own.
@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    installation = Installation(tmp_path_factory.mktemp("house") / "home")
    installation.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield House(installation, browser)
            browser.close()
    finally:
        installation.end()
        postgres_folder.remove(installation.home / "postgres")
