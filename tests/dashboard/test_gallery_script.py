"""The script of the gallery in a real browser: filters act at once, and the bar counts who is chosen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from tests.fixtures.chromium import CHROMIUM, FLAGS, needs_chromium

SCRIPT = Path(__file__).parents[2] / "static" / "dashboard" / "gallery.js"
SITE = "http://gallery.test"

pytestmark = [pytest.mark.processes, needs_chromium]

PAGE = """<!doctype html><html lang="en"><body>
<form data-find action="/admin/gallery/"><input name="q"><button type="button" data-toggle hidden>Filters</button>
<div id="gl-selects"><select name="seen" data-submit><option value="">any</option>
<option value="day">day</option></select>
<details data-drop id="stage"><summary>Stage</summary>
<label><input type="checkbox" name="stage" value="A">A</label>
<label><input type="checkbox" name="stage" value="B">B</label>
</details></div><button>Find</button></form>
<form data-picks method="post" action="/refresh"><div data-bar><input type="checkbox" data-all><b data-number></b>
<button name="what" value="chosen" data-needs-choice>Refresh</button>
<button name="what" value="all" data-confirm="Really?">All</button></div>
<input type="checkbox" name="pick" value="1"><input type="checkbox" name="pick" value="2"></form>
<script src="/gallery.js"></script></body></html>"""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async def answer(route: Route) -> None:
        if route.request.url.endswith("/gallery.js"):
            await route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        else:
            await route.fulfill(body=PAGE, content_type="text/html")

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        page.set_default_timeout(10_000)
        await page.route("**/*", answer)
        await page.goto(f"{SITE}/admin/gallery/")
        yield page
        await browser.close()


async def test_a_choice_acts_at_once_and_addresses_hold_only_what_was_asked_for(page: Page) -> None:
    await page.select_option("select[name=seen]", "day")
    await page.wait_for_url(f"{SITE}/admin/gallery/?seen=day")


async def test_several_are_chosen_before_the_list_closes(page: Page) -> None:
    await page.click("#stage summary")
    await page.check("input[value=A]")
    await page.check("input[value=B]")
    assert page.url == f"{SITE}/admin/gallery/"
    await page.keyboard.press("Escape")
    await page.wait_for_url(f"{SITE}/admin/gallery/?stage=A&stage=B")


async def test_a_list_that_was_only_looked_at_closes_and_nothing_happens(page: Page) -> None:
    await page.click("#stage summary")
    await page.mouse.click(600, 500)
    await expect(page.locator("#stage")).not_to_have_attribute("open", "")
    assert page.url == f"{SITE}/admin/gallery/"


async def test_filters_are_folded_away_until_wanted(page: Page) -> None:
    toggle, selects = page.locator("[data-toggle]"), page.locator("#gl-selects")
    await expect(toggle).to_be_visible()
    await expect(selects).to_have_class("is-shut")
    await toggle.click()
    await expect(selects).not_to_have_class("is-shut")
    await expect(toggle).to_have_attribute("aria-expanded", "true")


async def test_the_bar_counts_who_is_chosen(page: Page) -> None:
    number, button, every = (
        page.locator("[data-number]"),
        page.locator("[data-needs-choice]"),
        page.locator("[data-all]"),
    )
    await expect(number).to_have_text("0")
    await expect(button).to_be_disabled()
    await page.check("input[value='1']")
    await expect(number).to_have_text("1")
    await expect(button).to_be_enabled()
    assert await every.evaluate("each => each.indeterminate")
    await every.check()
    await expect(number).to_have_text("2")
    await every.uncheck()
    await expect(number).to_have_text("0")


async def test_all_who_match_are_asked_about_first(page: Page) -> None:
    asked: list[str] = []

    async def refuse(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", refuse)
    await page.click("button[value=all]")
    assert asked == ["Really?"]
    assert page.url == f"{SITE}/admin/gallery/"
