"""The first day of a new member of staff: a bot, a prompt, a person, a conversation taken over and handed back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.chromium import needs_chromium
from tests.fixtures.installation import until
from tests.house.conftest import House

pytestmark = [pytest.mark.processes, needs_chromium]

NAME, PASSWORD = "olga", "a long walk by the river"
VERA = 4_100_001
HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_new_member_of_staff_finds_their_way(house: House) -> None:
    owner = house.enter("admin", house.installation.password)
    let_in(owner)
    page = house.enter(NAME, PASSWORD)
    complaints = listen(page)
    token = house.new_bot("Ariadne")
    add_bot(page, token)
    publish_prompt(page)
    talk_with(house, token)
    find_person(page)
    take_over(page, house, token)
    hand_back(page, house, token)
    assert complaints == []


def listen(page: Page) -> list[str]:
    """What the browser complains of: scripts that stood in a name, files that are not there, policies broken."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def let_in(page: Page) -> None:
    """The owner of the installation gives somebody an account; adding bots takes a superuser."""
    page.goto("/admin/auth/user/add/")
    page.locator("#id_username").fill(NAME)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/auth/user/\d+/change/"))
    page.locator("#id_is_staff").check()
    page.locator("#id_is_superuser").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/auth/user/")


def add_bot(page: Page, token: str) -> None:
    """Four clicks: a token, what it is, started, and the talk."""
    page.goto("/admin/")
    page.get_by_role("link", name="Add a bot").first.click()
    page.get_by_label("Token").fill(token)
    page.get_by_text("Where the bot lives").first.click()
    page.get_by_role("radio", name="The sandbox").check()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("The token is good")).to_be_visible()
    page.get_by_role("button", name="Create and start").click()
    expect(page.get_by_text("It listens.")).to_be_visible()
    expect(page.get_by_role("link", name="Talk to it")).to_be_visible()


def publish_prompt(page: Page) -> None:
    """Words of one's own for the companion, in force at once."""
    page.goto("/admin/bots/persona/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("row").filter(has_text="Provocative session").get_by_role("link").last.click()
    page.get_by_role("button", name="New draft").click()
    text = page.locator("[data-body]")
    text.fill(text.input_value() + "\n\nEnd every answer with the word “Anchor”.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("in force").first).to_be_visible()


def talk_with(house: House, token: str) -> None:
    """Somebody with an unfriendly name finds the bot and says something."""
    vera = {"first_name": "Vera", "last_name": HOSTILE, "username": "vera_by_the_sea", "language_code": "en"}
    house.say(token, "/start", user_id=VERA, **vera)
    house.hear(token, VERA, "")
    house.agree(token, VERA)
    house.say(token, "/natasha", user_id=VERA, **vera)
    house.say(token, "He never listens to me.", user_id=VERA, **vera)
    until(lambda: len(house.heard(token, VERA)) >= 3, 20)


def find_person(page: Page) -> None:
    """By the palette, from anywhere; what somebody calls themselves is text."""
    page.goto("/admin/")
    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially("vera_by")
    page.get_by_role("link", name=re.compile("Vera")).click()
    page.wait_for_url(re.compile("/admin/profiles/profile/"))
    expect(page.get_by_text(HOSTILE).first).to_be_visible()


def take_over(page: Page, house: House, token: str) -> None:
    """The bot falls silent, and the operator answers in its place."""
    page.goto("/admin/inbox/")
    page.get_by_role("link", name=re.compile("Vera")).first.click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("He never listens to me.")).to_be_visible()
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("The bot is silent.")).to_be_visible()
    before = house.heard(token, VERA)
    house.say(token, "Is anybody there?", user_id=VERA, first_name="Vera")
    expect(page.get_by_text("Is anybody there?")).to_be_visible()
    page.get_by_label("Write as the bot").fill("I am here, and I am a person.")
    page.get_by_role("button", name="Send").click()
    house.hear(token, VERA, "I am here, and I am a person.")
    assert house.heard(token, VERA) == [*before, "I am here, and I am a person."]


def hand_back(page: Page, house: House, token: str) -> None:
    """The bot answers again."""
    page.get_by_role("button", name="Hand back").click()
    expect(page.get_by_text("The bot answers").first).to_be_visible()
    before = len(house.heard(token, VERA))
    house.say(token, "Thank you. It was good to be heard.", user_id=VERA, first_name="Vera")
    until(lambda: len(house.heard(token, VERA)) > before, 20)
