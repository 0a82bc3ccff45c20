"""Staff find what people did, in the log and in the archive together, and only of their bots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bots.models import Bot
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles.models import ActivityLog, ArchivedActivity, Profile
from tests.web.people import browser, make_coach

PAGE = "/admin/profiles/activitylog/"


def did(person: Profile, kind: str, *, days_ago: int = 0, **details: Any) -> None:
    at = clock.now() - timedelta(days=days_ago)
    row = {"id": new_id(), "bot_id": person.bot_id, "profile_id": person.id, "kind": kind, "details": details}
    with in_bot(person.bot_id):
        if days_ago > 90:
            ArchivedActivity.objects.create(**row, created_at=at, archived_at=clock.now())
        else:
            ActivityLog.objects.create(**row, created_at=at)


@pytest.fixture
def vera(bot: Bot, make_profile: Callable[..., Profile]) -> Profile:
    return make_profile(bot)


@pytest.fixture
def client(bot: Bot) -> Client:
    """Somebody who sees the one bot."""
    return browser(make_coach(bot))


def found(client: Client, **asked: str) -> list[tuple[str, bool]]:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return [(each["details"], each["is_archived"]) for each in answer.context_data["acts"]]  # type: ignore[attr-defined]


def test_the_log_and_the_archive_are_one_list_newest_first(client: Client, vera: Profile) -> None:
    did(vera, "command", days_ago=200, command="start")
    did(vera, "command", days_ago=1, command="help")
    assert found(client) == [("/help", False), ("/start", True)]


def test_what_is_looked_for_narrows_it(client: Client, vera: Profile, bot: Bot) -> None:
    did(vera, "command", days_ago=200, command="start")
    did(vera, "command", days_ago=20, command="help")
    did(vera, "stream_chosen", days_ago=3, stream="shadow")
    day = (clock.now() - timedelta(days=20)).date().isoformat()
    assert found(client, kind="stream_chosen") == [("Transforming the Shadow", False)]
    assert found(client, text="STAR") == [("/start", True)]
    assert found(client, since=day, until=day) == [("/help", False)]
    assert len(found(client, bot=bot.slug)) == 3
    assert len(found(client, since="nonsense")) == 3


def test_other_bots_people_are_not_found(
    client: Client, vera: Profile, other_bot: Bot, make_profile: Callable[..., Profile]
) -> None:
    did(vera, "command", command="help")
    did(make_profile(other_bot), "command", command="secret")
    assert found(client) == [("/help", False)]
    assert found(client, bot=other_bot.slug) == [("/help", False)]


def test_what_is_older_is_a_page_further(client: Client, vera: Profile) -> None:
    for number in range(60):
        did(vera, "command", days_ago=number, command=f"n{number}")
    answer = client.get(PAGE, {"kind": "command"})
    older = answer.context_data["older"]  # type: ignore[attr-defined]
    assert len(answer.context_data["acts"]) == 50  # type: ignore[attr-defined]
    assert [each["details"] for each in client.get(PAGE + older).context_data["acts"]] == [  # type: ignore[attr-defined]
        f"/n{number}" for number in range(50, 60)
    ]


def test_markup_in_details_is_text(client: Client, vera: Profile) -> None:
    did(vera, "command", command="<script>alert(1)</script>")
    page = client.get(PAGE).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_row_has_no_page_and_strangers_see_nothing(client: Client, vera: Profile) -> None:
    did(vera, "command", command="help")
    with in_bot(vera.bot_id):
        row = ActivityLog.objects.for_bot(vera.bot_id).get()
    assert client.get(f"{PAGE}{row.id}/change/").status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_what_happened_is_told_in_words(client: Client, vera: Profile) -> None:
    did(vera, "my_chat_member", days_ago=2, is_blocked=True)
    did(vera, "my_chat_member", days_ago=1, is_blocked=False)
    assert found(client) == [("let the bot in again", False), ("blocked the bot", False)]
