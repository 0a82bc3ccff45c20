"""The script of the first page in a real browser: figures move by themselves while somebody looks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from tests.fixtures.chromium import CHROMIUM, FLAGS, needs_chromium

SCRIPT = Path(__file__).parents[2] / "static" / "dashboard" / "home.js"
SITE = "http://home.test"
HALF_A_MINUTE = 31_000

pytestmark = [pytest.mark.processes, needs_chromium]

PAGE = """<!doctype html><html lang="en"><body>
<form data-choose action="/admin/"><select name="bot"><option value="">All</option><option value="one">One</option>
</select><button>Show</button></form>
<p data-asof data-failed="Not reached" data-gone="Signed out"><span data-asof-words data-words="As of">As of</span>
<time data-clock datetime="2026-03-02T12:00:00+00:00">12:00 UTC</time></p>
<div data-live="/admin/home/live/?bot=one">{board}</div><script src="/home.js"></script></body></html>"""
BOARD = """<div data-now="2026-03-02T12:0{number}:00+00:00"><b id="figure">{number}</b>
<details id="table"><summary>As a table</summary><div class="home-scroll" tabindex="0"
 style="height:40px;overflow:auto"><p style="height:400px"></p></div></details></div>"""


@dataclass
class House:
    """A page of which the fragment says how often it was asked for."""

    page: Page
    asked: list[str] = field(default_factory=list)
    status: int = 200

    async def answer(self, route: Route) -> None:
        request = route.request
        if request.url.endswith("/home.js"):
            await route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        elif "/live/" in request.url:
            self.asked.append(request.url.removeprefix(SITE))
            body = BOARD.format(number=len(self.asked))
            await route.fulfill(status=self.status, body=body, content_type="text/html")
        elif "favicon" in request.url:
            await route.fulfill(status=404)
        else:
            await route.fulfill(body=PAGE.format(board=BOARD.format(number=0)), content_type="text/html")

    async def waits(self, milliseconds: int = HALF_A_MINUTE) -> None:
        await self.page.clock.fast_forward(milliseconds)

    async def is_looked_at(self, *, hidden: bool) -> None:
        await self.page.evaluate(
            "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange')) }",
            hidden,
        )

    async def says(self, words: str, figure: str) -> None:
        await expect(self.page.locator("[data-asof-words]")).to_have_text(words)
        await expect(self.page.locator("#figure")).to_have_text(figure)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(timezone_id="Europe/Moscow")
        page = await context.new_page()
        page.set_default_timeout(10_000)
        house = House(page)
        await page.route("**/*", house.answer)
        await page.clock.install()
        await page.goto(f"{SITE}/admin/")
        yield house
        await browser.close()


async def test_figures_are_fetched_every_half_minute_and_say_of_when_they_are(house: House) -> None:
    await house.says("As of", "0")
    await expect(house.page.locator("[data-asof] time")).to_have_text("15:00")
    await house.waits()
    await house.says("As of", "1")
    assert house.asked == ["/admin/home/live/?bot=one"]
    await expect(house.page.locator("[data-asof] time")).to_have_text("15:01")


async def test_what_is_open_and_in_focus_stays_so(house: House) -> None:
    page = house.page
    await page.locator("summary").click()
    await page.locator(".home-scroll").evaluate("each => { each.scrollTop = 120 }")
    await page.locator("summary").focus()
    await house.waits()
    await house.says("As of", "1")
    assert await page.locator(".home-scroll").evaluate("each => each.scrollTop") == 120
    await expect(page.locator("summary")).to_be_focused()


async def test_nothing_is_asked_for_while_nobody_looks(house: House) -> None:
    await house.is_looked_at(hidden=True)
    await house.waits(10 * HALF_A_MINUTE)
    assert house.asked == []
    await house.is_looked_at(hidden=False)
    await house.says("As of", "1")


async def test_where_the_house_cannot_be_reached_the_old_figures_stay_and_it_says_so(house: House) -> None:
    house.status = 500
    await house.waits()
    await house.says("Not reached", "0")
    await expect(house.page.locator("[data-asof] time")).to_have_text("15:00")
    house.status = 200
    await house.waits()
    await house.says("As of", "2")


async def test_whoever_is_signed_out_is_told_and_not_asked_again(house: House) -> None:
    house.status = 403
    await house.waits()
    await house.says("Signed out", "0")
    await house.waits()
    assert len(house.asked) == 1


async def test_choosing_a_bot_leads_to_its_page_without_a_button(house: House) -> None:
    await expect(house.page.get_by_role("button")).to_be_hidden()
    await house.page.locator("select").select_option("one")
    await house.page.wait_for_url("**/admin/?bot=one")
