from __future__ import annotations

from django.db import connection

from bots.models import Bot
from core.ids import new_id
from core.tenancy import in_bot
from profiles.contracts import Act, Sighting
from profiles.services.recognise import recognise


def commits_wait() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] != "off")


def test_to_know_who_writes_does_not_wait_for_the_disk_and_nothing_else_is_hurried(bot: Bot) -> None:
    usual = commits_wait()
    with in_bot(bot.id):
        recognise(
            bot_id=bot.id,
            sightings=[Sighting(703, "Vera", "", "vera", "ru", (Act(new_id(), "message"),))],
        )
        assert not commits_wait()
    assert commits_wait() is usual
