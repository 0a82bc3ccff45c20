"""The pages of staff at scale: server time, queries, first paint in Chromium, what open pages cost.

`python bench/pages.py` fills a database with a million profiles and five million messages of ten bots (a quarter of
an hour), then opens the pages as somebody who may see all of it. `--scale 0.01` does a hundredth of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.child import Child, cpu_seconds
from bench.page_looks import WHO
from bench.report import parser, percentile, say, table, verdict, write
from bench.stage import Stage, open_stage
from bin.kit.browser import find_browser
from bin.kit.network import free_port

PROFILES, MESSAGES, BOTS = 1_000_000, 5_000_000, 10
SERVER_MS = 150.0
QUERIES = 12
# A bot's own page is a form of all its settings, with lists of who may do what: it is not held to the number.
UNCOUNTED = {"a bot"}
PAINT_MS = 1000.0
STAFF = 10
# Percent of one core, for all of them together.
LIVE_PERCENT = 5.0
WATCHED_SECONDS = 90.0


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument(
        "--scale", type=float, default=1.0, help="of a million profiles, five million messages"
    )
    given = options.parse_args()
    with open_stage(keep_logs=given.logs) as stage:
        stage.enter_django()
        figures = _measure(stage, given.scale)
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def _measure(stage: Stage, scale: float) -> dict[str, Any]:
    from bench import seed  # noqa: PLC0415 - after django.setup

    started = time.monotonic()
    bots = seed.register("people", BOTS)
    with stage.connect() as owner:
        owner.execute("SET synchronous_commit = off")
        profiles, messages = round(PROFILES * scale), round(MESSAGES * scale)
        seed.fill(owner, bots, profiles=profiles, messages=messages)
        # What autovacuum does in time.
        owner.execute("VACUUM (ANALYZE)")
    say(f"{profiles} profiles, {messages} messages in {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    _work(stage)
    say(f"the day's figures in {time.monotonic() - started:.1f} s")
    session = _sign_in()
    pages = _pages(stage, bots)
    looks = _look(stage, pages)
    seen = _see(stage, session, pages)
    return {"bench": "pages", "is_met": looks["is_met"] and seen["is_met"], "looks": looks, "browser": seen}


def _work(stage: Stage) -> None:
    """What beat would have done by now: the roll-ups and figures that the first page is made from."""
    code = (
        "import django; django.setup()\n"
        "from bots.tasks import roll_up_metrics\n"
        "from care.services.refresh_figures import refresh_figures\n"
        "roll_up_metrics(); refresh_figures()\n"
    )
    program = stage.python("work", "-c", code, role="runtime")
    done = subprocess.run(
        program.argv, cwd=program.cwd, env=program.env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


def _sign_in() -> str:
    """A superuser, and a session of theirs for a browser."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after django.setup
    from django.test import Client  # noqa: PLC0415

    user = get_user_model().objects.create_superuser(WHO)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def _pages(stage: Stage, bots: Sequence[UUID]) -> dict[str, str]:
    """The pages by name, with somebody of the largest bot who has said much."""
    with stage.connect() as owner:
        row = owner.execute(
            "SELECT talk.profile_id, talk.id FROM messages JOIN conversations AS talk"
            " ON talk.bot_id = messages.bot_id AND talk.id = messages.conversation_id"
            " WHERE messages.bot_id = %s GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1",
            [bots[0]],
        ).fetchone()
    if row is None:
        message = "nobody has said anything"
        raise RuntimeError(message)
    person, conversation = row
    return {
        "home": "/admin/",
        "home, of one bot": "/admin/?bot=people-0",
        "home, its figures again": "/admin/home/live/",
        "bots": "/admin/bots/bot/",
        "a bot": f"/admin/bots/bot/{bots[0]}/change/",
        "gallery": "/admin/gallery/",
        "gallery, of one bot": "/admin/gallery/?bot=people-0",
        "gallery, a stage": "/admin/gallery/?stage=ORDEAL",
        "gallery, by name": "/admin/gallery/?q=%D0%90%D0%BD%D0%BD%D0%B0",
        "gallery, by words": "/admin/gallery/?words=%D1%82%D1%80%D0%B5%D0%B2%D0%BE%D0%B6%D0%BD%D0%BE",
        "a person": f"/admin/profiles/profile/{person}/change/",
        "inbox": "/admin/inbox/",
        "inbox, its list": "/admin/inbox/rows/",
        "inbox, who needs a human": "/admin/inbox/rows/?show=needs",
        "inbox, unanswered": "/admin/inbox/rows/?show=unanswered",
        "inbox, unread": "/admin/inbox/rows/?show=unread",
        "inbox, by name": "/admin/inbox/rows/?q=%D0%90%D0%BD%D0%BD%D0%B0",
        "a conversation": f"/admin/inbox/{bots[0]}/{conversation}/",
        "queues": "/admin/queues/",
        "broadcasts": "/admin/broadcast/broadcast/",
        "book of changes": "/admin/audit/auditentry/",
        "palette": "/admin/search/?s=%D0%90%D0%BD%D0%BD%D0%B0&extended=1",
    }


def _look(stage: Stage, pages: Mapping[str, str]) -> dict[str, Any]:
    program = stage.python("looks", "-m", "bench.page_looks", json.dumps(pages), role="staff")
    done = subprocess.run(
        program.argv,
        cwd=program.cwd,
        env={**program.env, "STATIC_ROOT": _static(stage)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout.splitlines()[-1])
    rows: list[list[object]] = []
    is_met = True
    for page, look in found.items():
        p95 = percentile(look["ms"], 0.95)
        is_fine = p95 < SERVER_MS and (look["queries"] <= QUERIES or page in UNCOUNTED)
        is_met = is_met and is_fine
        rows.append(
            [page, percentile(look["ms"], 0.5), p95, max(look["ms"]), look["queries"], verdict(is_fine)]
        )
    table(
        f"Server time of each page, ms; p95 < {SERVER_MS:.0f}, at most {QUERIES} queries",
        ["page", "p50", "p95", "longest", "queries", "verdict"],
        rows,
    )
    for page, look in found.items():
        if percentile(look["ms"], 0.95) >= SERVER_MS:
            say(f"  {page}: {look['slowest'][0]:.0f} ms of it {look['slowest'][1]}")
    return {"is_met": is_met, "pages": found}


def _static(stage: Stage) -> str:
    folder = stage.folder / "static"
    if not folder.exists():
        program = stage.python("static", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        env = {**program.env, "STATIC_ROOT": str(folder)}
        subprocess.run(program.argv, cwd=program.cwd, env=env, check=True, capture_output=True)
    return str(folder)


def _see(stage: Stage, session: str, pages: Mapping[str, str]) -> dict[str, Any]:
    """The same in Chromium, from a server of its own; then what ten who leave them open cost it."""
    browser_path = find_browser(install=False)
    if browser_path is None:
        say("\nThere is no Chromium: first paint and open pages were not measured.")
        return {"is_met": False}
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where there is a browser

    port = free_port()
    web = stage.python(
        "web", "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port),
        "--log-level", "warning", role="staff",
    )  # fmt: skip
    web.env.update(STATIC_ROOT=_static(stage), LOG_LEVEL="WARNING")
    server = Child(web, stage.folder)
    server.start()
    address = f"http://127.0.0.1:{port}"
    try:
        stage.wait_until(lambda: _answers(f"{address}/healthz"), 60, "the web does not answer")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en")
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
            paints = {
                name: _paint(context, address + path)
                for name, path in pages.items()
                if name in ("home", "bots", "gallery", "a person", "inbox")
            }
            cost = _live(stage, server, context, address, pages)
            chromium.close()
    finally:
        server.stop()
    rows = [[name, *found, verdict(max(found) < PAINT_MS)] for name, found in paints.items()]
    table("First contentful paint, ms; < 1000", ["page", "first look", "second", "verdict"], rows)
    table(
        f"{STAFF} open pages, percent of a core",
        ["the web", "PostgreSQL for it", "together", "target", "verdict"],
        [[*cost, sum(cost), f"< {LIVE_PERCENT:.0f}", verdict(sum(cost) < LIVE_PERCENT)]],
    )
    is_met = all(max(found) < PAINT_MS for found in paints.values()) and sum(cost) < LIVE_PERCENT
    return {"is_met": is_met, "paint_ms": paints, "live_percent": cost}


def _answers(address: str) -> bool:
    from urllib.error import URLError  # noqa: PLC0415
    from urllib.request import urlopen  # noqa: PLC0415

    try:
        with urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _paint(context: Any, address: str) -> tuple[float, float]:
    """First contentful paint of a first look, and of one with the files already there."""
    found = []
    for _ in range(2):
        page = context.new_page()
        page.goto(address, wait_until="load")
        page.wait_for_function(
            "performance.getEntriesByName('first-contentful-paint').length > 0", timeout=10_000
        )
        found.append(
            float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        )
        page.close()
    return found[0], found[1]


def _live(
    stage: Stage, server: Child, context: Any, address: str, pages: Mapping[str, str]
) -> tuple[float, float]:
    """Percent of a core that the web and its database take while ten pages are open and nothing is done."""
    kinds = ("home", "inbox", "bots", "home", "inbox", "home, of one bot", "inbox", "bots", "home", "inbox")
    opened = []
    for kind in kinds[:STAFF]:
        page = context.new_page()
        page.goto(address + pages[kind], wait_until="load")
        opened.append(page)
    opened[0].wait_for_timeout(5000)
    before = _cpu(stage, server)
    started = time.monotonic()
    opened[0].wait_for_timeout(WATCHED_SECONDS * 1000)
    after, seconds = _cpu(stage, server), time.monotonic() - started
    for page in opened:
        page.close()
    web, database = ((after[each] - before[each]) / seconds * 100 for each in (0, 1))
    return web, database


def _cpu(stage: Stage, server: Child) -> tuple[float, float]:
    database = sum(cpu_seconds(each.pid) for each in stage.postgres.offspring())
    ended = psutil.Process(stage.postgres.pid).cpu_times()
    # Those that have ended meanwhile are counted by who started them.
    of_ended = float(ended.children_user + ended.children_system)
    return cpu_seconds(server.pid), database + cpu_seconds(stage.postgres.pid) + of_ended


if __name__ == "__main__":
    raise SystemExit(main())
