from __future__ import annotations

from datetime import timedelta

from bots.models import Bot, BotStatus
from core.clock import Clock
from runtime.status_table import status_table
from tests.cast import make_bot
from tests.mailbox.letters import come, command


def test_the_table_tells_each_bot_in_a_line(bot: Bot, stopped_clock: Clock) -> None:
    now = stopped_clock.now()
    other = make_bot(slug=f"{bot.slug}-z", name="Z", wanted_state="running")
    BotStatus.objects.filter(bot=other).update(
        state="running",
        state_since=now - timedelta(days=3),
        last_poll_at=now - timedelta(seconds=7),
        last_update_at=now - timedelta(minutes=5),
        restarts=2,
        error="",
    )
    BotStatus.objects.filter(bot=bot).update(
        state="backing_off", state_since=now - timedelta(hours=2), error="NotSent: ClientConnectorError"
    )
    come(other, command(1), command(2), command(3, reason="not an object"))
    table = [line.split("  ") for line in status_table([bot.slug, other.slug]).splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in table]
    assert cells == [
        ["BOT", "WANTED", "STATE", "SINCE", "LAST POLL", "LAST UPDATE", "RESTARTS", "BACKLOG", "ERROR"],
        [
            bot.slug,
            "stopped",
            "backing_off",
            "2h ago",
            "-",
            "-",
            "0",
            "0",
            "NotSent: ClientConnectorError",
        ],
        [other.slug, "running", "running", "3d ago", "7s ago", "5m ago", "2", "2", "-"],
    ]


def test_columns_stand_below_each_other(bot: Bot) -> None:
    head, line = status_table([bot.slug]).splitlines()
    assert line.index("stopped") == head.index("WANTED")
    assert head == head.rstrip()


def test_without_bots_the_table_says_how_to_get_one() -> None:
    assert status_table([]) == "no bots yet: add one in the admin, or run `manage.py register_bot`"
