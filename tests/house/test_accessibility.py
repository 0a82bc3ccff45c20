"""Pages of staff for those who see, hear or point otherwise: axe finds nothing serious, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.fixtures.chromium import needs_chromium
from tests.fixtures.installation import until
from tests.house.conftest import House

pytestmark = [pytest.mark.processes, needs_chromium]

ANNA = 4_200_001
# What is wrong so that somebody cannot use the page, or hardly.
GRAVE = {"serious", "critical"}
PAGES = {
    "home": "/admin/",
    "bots": "/admin/bots/bot/",
    "a bot": "a bot",
    "add a bot": "/admin/new-bot/",
    "replace a token": "replace a token",
    "personas": "/admin/bots/persona/",
    "gallery": "/admin/gallery/",
    "a person": "a person",
    "inbox": "/admin/inbox/",
    "a conversation": "a conversation",
    "broadcasts": "/admin/broadcast/broadcast/",
    "write a broadcast": "/admin/broadcast/broadcast/add/",
    "segments": "/admin/broadcast/broadcast/segments/",
    "playground": "/admin/playground/",
    "book of changes": "/admin/audit/auditentry/",
    "queues": "/admin/queues/",
    "background work": "/admin/work/",
    "intensity": "/admin/journey/stageversion/intensity/",
    "alerts": "/admin/bots/alert/",
    "sign-in": "/admin/two-factor/",
}


@pytest.fixture(scope="module")
def people(house: House) -> None:
    """Somebody who has talked with the bot that comes with an installation."""
    token = house.demo_token()
    anna = {"first_name": "Anna", "username": "anna_reads", "language_code": "en"}
    house.say(token, "/start", user_id=ANNA, **anna)
    house.hear(token, ANNA, "")
    house.agree(token, ANNA)
    for text in ("/natasha", "I am tired of waiting for him to change."):
        house.say(token, text, user_id=ANNA, **anna)
    until(lambda: len(house.heard(token, ANNA)) >= 3, 20)


@pytest.fixture(scope="module", params=["light", "dark"])
def looking(request: pytest.FixtureRequest, house: House, people: None) -> Iterator[Page]:
    page = house.enter("admin", house.installation.password, theme=request.param)
    assert page.locator("html.dark").count() == (request.param == "dark")
    yield page
    page.context.close()


def go(page: Page, name: str) -> None:
    """Open a page by its name in PAGES; those of somebody or something by way of their list."""
    where = PAGES[name]
    if name == "a bot":
        page.goto("/admin/bots/bot/")
        page.locator("a[href*='/admin/bots/bot/'][href$='/change/']").first.click()
    elif name == "replace a token":
        page.goto("/admin/bots/bot/")
        page.locator("a[href^='/admin/bot-token/']").first.click()
        page.get_by_label("Token", exact=True).wait_for()
    elif name == "a person":
        page.goto("/admin/gallery/?q=anna_reads")
        page.locator("a[href*='/admin/profiles/profile/']").filter(has_text="Anna").first.click()
    elif name == "a conversation":
        page.goto("/admin/inbox/")
        page.get_by_role("link", name=re.compile("Anna")).first.click()
        page.wait_for_load_state("networkidle")
        if page.get_by_role("radio").count():
            page.get_by_role("radio").first.check()
            page.get_by_role("button", name="Open", exact=True).click()
        page.get_by_text("I am tired of waiting").first.wait_for()
    else:
        answer = page.goto(where)
        assert answer is not None
        assert answer.status == 200
    page.wait_for_load_state("networkidle")
    # What fades in is measured once it is there.
    page.wait_for_timeout(400)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_grave_is_wrong_with(looking: Page, name: str) -> None:
    go(looking, name)
    found = Axe().run(looking).response["violations"]
    grave = [
        f"{each['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:200]})"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"][:3]
    ]
    assert not grave, "\n".join(grave)
