"""Takes the pictures of this folder anew: `.relove/venv/bin/python docs/screenshots/take.py`.

It starts an installation of its own (`bin/up`), fills it with people that nobody knows, talks to the bot, opens each
page of staff in Chromium, light, dark and on a phone, and writes a PNG of 256 colours for each.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
CHECKOUT = FOLDER.parents[1]
sys.path.insert(0, str(CHECKOUT))

from bin.kit import postgres_folder
from tests.fixtures.chromium import CHROMIUM, FLAGS
from tests.fixtures.installation import Installation
from tests.house.conftest import House

KINDS: dict[str, dict[str, Any]] = {
    "light": {"theme": "light"},
    "dark": {"theme": "dark"},
    "phone": {
        "theme": "light",
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
PAGES = {
    "home": "/admin/",
    "bots": "/admin/bots/bot/",
    "bot": "",
    "new-bot": "/admin/new-bot/",
    "persona": "",
    "playground": "/admin/playground/",
    "gallery": "/admin/gallery/",
    "person": "",
    "inbox": "/admin/inbox/",
    "conversation": "",
    "broadcasts": "/admin/broadcast/broadcast/",
    "broadcast": "",
    "queues": "/admin/queues/",
    "work": "/admin/work/",
    "book-of-changes": "/admin/audit/auditentry/",
}
VERA = {"first_name": "Vera", "username": "vera_by_the_sea", "language_code": "en"}
SAID = (
    "/natasha",
    "He never listens to me.",
    "I am afraid and I long for another life by the sea.",
    "Maybe it is time to go.",
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="relove-screens-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        installation = Installation(Path(folder) / "home")
        installation.start(FIGURES_SCHEDULE="5")
        try:
            _take(installation)
        finally:
            installation.end()
            postgres_folder.remove(installation.home / "postgres")
    return 0


def _take(installation: Installation) -> None:
    _fill(installation)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        house = House(installation, browser)
        _talk(house)
        _draft(house)
        # Figures are counted anew after a minute.
        time.sleep(75)
        for kind, context in KINDS.items():
            page = house.enter("admin", installation.password, **context)
            for name in PAGES:
                _open(page, name)
                # Figures and charts that are fetched by themselves.
                page.wait_for_timeout(1500)
                _keep(page.screenshot(), f"{name}-{kind}")
            page.context.close()
        browser.close()


def _fill(installation: Installation) -> None:
    """People of a year, in two more bots."""
    environment = json.loads((installation.home / "run" / "manage.json").read_text())
    seed = [sys.executable, "bench/seed.py", "--profiles", "4000", "--messages", "40000", "--bots", "2"]
    subprocess.run([*seed, "--name", "Ариадна"], cwd=CHECKOUT, env=environment, check=True)


def _talk(house: House) -> None:
    """Somebody who talks with the bot that comes with an installation."""
    token, who = house.demo_token(), 4_300_001
    house.say(token, "/start", user_id=who, **VERA)
    house.hear(token, who, "")
    house.agree(token, who)
    for text in SAID:
        before = len(house.heard(token, who))
        house.say(token, text, user_id=who, **VERA)
        house.answered(token, who, before)


def _draft(house: House) -> None:
    """A broadcast that somebody has begun to write."""
    page = house.enter("admin", house.installation.password)
    page.goto("/admin/broadcast/broadcast/add/")
    page.locator("[name=title]").fill("Spring has come")
    page.locator("[name=bots]").first.check()
    page.locator("[name=criteria]").fill("language=ru, last_seen<30d")
    page.locator("textarea[name^='text-0-']").first.fill(
        "Hello, <b>{name|dear}</b>!\nWhat has become of your plan?"
    )
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("/write/"))
    page.context.close()


def _open(page: Page, name: str) -> None:
    if name == "bot":
        page.goto("/admin/bots/bot/")
        page.locator("a[href*='/admin/bots/bot/'][href$='/change/']").filter(has_text="Наташа").first.click()
    elif name == "persona":
        page.goto("/admin/bots/persona/")
        page.locator("#result_list a[href$='/change/']").first.click()
    elif name == "person":
        page.goto("/admin/gallery/?stage=ORDEAL")
        page.locator("a[href*='/admin/profiles/profile/'][href$='/change/']").first.click()
    elif name == "conversation":
        page.goto("/admin/inbox/?q=vera_by")
        page.get_by_role("link", name=re.compile("Vera")).first.click()
        page.wait_for_load_state("networkidle")
        if page.get_by_role("button", name="Open", exact=True).count():
            page.get_by_role("radio").first.check()
            page.get_by_role("button", name="Open", exact=True).click()
    elif name == "broadcast":
        page.goto("/admin/broadcast/broadcast/")
        page.get_by_role("link", name="Spring has come").click()
    else:
        page.goto(PAGES[name])
    page.wait_for_load_state("networkidle")


def _keep(picture: bytes, name: str) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if image.width > 1440 or image.height > 1700:
        image.thumbnail((1440, 1700))
    image.quantize(256, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    raise SystemExit(main())
