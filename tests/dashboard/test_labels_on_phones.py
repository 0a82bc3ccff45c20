"""How the labels beside the cells of a list are written on a phone, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import unfold
from playwright.async_api import async_playwright

from tests.fixtures.chromium import CHROMIUM, FLAGS, needs_chromium

pytestmark = [pytest.mark.processes, needs_chromium]

STYLES = (
    Path(unfold.__path__[0]) / "static/unfold/css/styles.css",
    Path(__file__).parents[2] / "static/core/colours.css",
)


@pytest.mark.parametrize(("language", "written"), [("ru", "none"), ("en", "capitalize")])
async def test_russian_raises_no_first_letters(language: str, written: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        await page.set_content(
            f'<html lang="{language}"><body><div data-label="о чём" '
            'class="before:block before:capitalize before:content-[attr(data-label)]">x</div></body></html>'
        )
        for each in STYLES:
            await page.add_style_tag(path=each)
        label = "getComputedStyle(document.querySelector('[data-label]'), '::before')"
        assert await page.evaluate(f"{label}.content") == '"о чём"'
        assert await page.evaluate(f"{label}.textTransform") == written
        await browser.close()
