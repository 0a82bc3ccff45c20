"""The scripts of pages about bots in a real browser: figures move by themselves, and a pasted token is checked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from tests.fixtures.chromium import CHROMIUM, FLAGS, needs_chromium

SCRIPTS = Path(__file__).parents[2] / "static" / "bots"
SITE = "http://bots.test"
A_WHILE = 11_000
TOKEN = f"123456789:AA{'x' * 33}"

pytestmark = [pytest.mark.processes, needs_chromium]

LIST = """<!doctype html><html><body><table>
<tr><td><span data-live="a:state">then</span></td><td>
<span data-live="a:buttons"><a href="#" id="go">Start</a></span></td></tr>
<tr><td><span data-live="b:state">then</span></td></tr></table><script src="/live.js"></script></body></html>"""
READY = """<!doctype html><html><body><section data-waits><span data-live="a:state">
<span class="bot-state is-wait">starting</span></span></section><script src="/live.js"></script></body></html>"""
TOKENS = """<!doctype html><html><body><form data-check method="get" action="/checked">
<input name="token"><input type="radio" name="server" value="known" checked>
<input type="radio" name="server" value="other"><input name="address">
<button type="submit" data-busy="Asking">Check</button></form><script src="/wizard.js"></script></body></html>"""
PAGES = {"/list": LIST, "/ready": READY, "/token": TOKENS}


@dataclass
class House:
    """Pages of which the fragment says how often it was asked for."""

    page: Page
    asked: list[list[str]] = field(default_factory=list)
    status: int = 200
    look: str = "wait"

    async def answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.endswith(".js"):
            script = (SCRIPTS / parts.path.rpartition("/")[2]).read_text()
            await route.fulfill(body=script, content_type="text/javascript")
        elif parts.path.endswith("/live/"):
            self.asked.append(parse_qs(parts.query)["ids"][0].split(","))
            await route.fulfill(
                status=self.status, body=json.dumps(self.told()), content_type="application/json"
            )
        else:
            await route.fulfill(body=PAGES.get(parts.path, "<p>Checked</p>"), content_type="text/html")

    def told(self) -> object:
        state = f'<span class="bot-state is-{self.look}">{len(self.asked)}</span>'
        return {"bots": {"a": {"state": state, "buttons": '<a href="#" id="go">Stop</a>'}}}

    async def opens(self, path: str) -> None:
        await self.page.goto(f"{SITE}{path}")

    async def waits(self, milliseconds: int = A_WHILE) -> None:
        await self.page.clock.fast_forward(milliseconds)

    async def is_looked_at(self, *, hidden: bool) -> None:
        await self.page.evaluate(
            "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange')) }",
            hidden,
        )


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        page.set_default_timeout(10_000)
        house = House(page)
        await page.route("**/*", house.answer)
        await page.clock.install()
        yield house
        await browser.close()


async def test_all_bots_of_a_page_are_asked_for_at_once_and_one_that_is_gone_stays_as_it_was(
    house: House,
) -> None:
    await house.opens("/list")
    await house.waits()
    await expect(house.page.locator('[data-live="a:state"]')).to_have_text("1")
    await expect(house.page.locator('[data-live="b:state"]')).to_have_text("then")
    await expect(house.page.locator("#go")).to_have_text("Stop")
    assert house.asked == [["a", "b"]]


async def test_a_button_that_somebody_is_about_to_press_stays(house: House) -> None:
    await house.opens("/list")
    await house.page.locator("#go").focus()
    await house.waits()
    await expect(house.page.locator('[data-live="a:state"]')).to_have_text("1")
    await expect(house.page.locator("#go")).to_have_text("Start")
    await expect(house.page.locator("#go")).to_be_focused()


async def test_nothing_is_asked_for_while_nobody_looks(house: House) -> None:
    await house.opens("/list")
    await house.is_looked_at(hidden=True)
    await house.waits(10 * A_WHILE)
    assert house.asked == []
    await house.is_looked_at(hidden=False)
    await expect(house.page.locator('[data-live="a:state"]')).to_have_text("1")


async def test_a_house_that_fails_is_asked_again_and_one_that_refuses_is_not(house: House) -> None:
    await house.opens("/list")
    house.status = 500
    await house.waits()
    await expect(house.page.locator('[data-live="a:state"]')).to_have_text("then")
    house.status = 200
    await house.waits()
    await expect(house.page.locator('[data-live="a:state"]')).to_have_text("2")
    house.status = 403
    await house.waits()
    await house.page.wait_for_timeout(100)
    await house.waits()
    assert len(house.asked) == 3


async def test_a_page_that_waits_for_a_bot_sees_it_run(house: House) -> None:
    await house.opens("/ready")
    section = house.page.locator("section")
    await expect(section).to_contain_text("1")
    house.look = "bad"
    await house.waits(2000)
    await expect(section).to_have_class("is-ill")
    house.look = "good"
    await house.waits(2000)
    await expect(section).to_have_class("is-running")


async def test_a_pasted_token_is_checked_at_once_and_other_words_are_not(house: House) -> None:
    await house.opens("/token")
    paste = (
        "text => { const it = document.forms[0].elements.token; it.value = text;"
        "it.dispatchEvent(new Event('paste')) }"
    )
    await house.page.evaluate(paste, "hello")
    await house.waits(1000)
    await expect(house.page.locator("button")).to_have_text("Check")
    await house.page.evaluate(paste, f"Use this token: {TOKEN} Keep it")
    await house.waits(1000)
    await expect(house.page.locator("p")).to_have_text("Checked")
    assert "server=known" in house.page.url


async def test_whoever_types_an_address_means_it(house: House) -> None:
    await house.opens("/token")
    await house.page.locator("[name=address]").fill("http://x")
    await expect(house.page.locator("[value=other]")).to_be_checked()
