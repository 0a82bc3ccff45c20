from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet

from bots.errors import BotError
from bots.models import Bot, BotStatus
from bots.services.acquire_lease import acquire_lease
from bots.services.delete_bot import delete_bot
from bots.services.replace_token import replace_token
from bots.services.restart_bot import restart_bot
from bots.services.rotate_secrets import rotate_secrets
from bots.services.set_model_key import set_model_key
from bots.services.set_wanted_state import set_wanted_state
from bots.services.update_bot import update_bot
from core.tenancy import in_bot
from events.models import Event
from tests.bots.notifications import heard_by
from tests.cast import make_bot, make_token
from tests.fixtures.database import database_role

pytestmark = pytest.mark.usefixtures("as_staff")

Owner = psycopg.Connection[Any]


def kinds(bot: Bot) -> list[tuple[str, dict[str, Any]]]:
    with in_bot(bot.id):
        return list(Event.objects.for_bot(bot.id).order_by("id").values_list("kind", "payload"))


def test_a_wanted_state_is_written_told_and_recorded(bot: Bot, other_bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        assert set_wanted_state(bot_id=bot.id, wanted="running") is True
        assert heard() == [str(bot.id)]

    fresh = Bot.objects.get(id=bot.id)
    assert fresh.wanted_state == "running"
    assert fresh.generation == bot.generation
    assert fresh.updated_at > bot.updated_at
    assert kinds(bot) == [("bot.wanted_state_set", {"wanted": "running"})]
    assert Bot.objects.get(id=other_bot.id).wanted_state == "stopped"
    assert kinds(other_bot) == []


def test_the_same_wanted_state_again_is_no_news(bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        assert set_wanted_state(bot_id=bot.id, wanted="stopped") is False
        assert heard() == []
    assert kinds(bot) == []


def test_a_state_that_does_not_exist_is_refused(bot: Bot) -> None:
    with pytest.raises(BotError) as refusal:
        set_wanted_state(bot_id=bot.id, wanted="dancing")
    assert refusal.value.code == "bots.state_unknown"
    assert Bot.objects.get(id=bot.id).wanted_state == "stopped"


@pytest.mark.parametrize(
    "change",
    [
        lambda bot_id: set_wanted_state(bot_id=bot_id, wanted="running"),
        lambda bot_id: restart_bot(bot_id=bot_id),
        lambda bot_id: replace_token(bot_id=bot_id, token=make_token()),
        lambda bot_id: update_bot(bot_id=bot_id, name="x"),
        lambda bot_id: set_model_key(bot_id=bot_id, key="x"),
        lambda bot_id: delete_bot(bot_id=bot_id),
    ],
)
def test_a_bot_that_does_not_exist_cannot_be_changed(change: Any) -> None:
    with pytest.raises(BotError) as refusal:
        change(uuid4())
    assert refusal.value.code == "bots.unknown"


def test_a_restart_raises_the_generation_of_one_bot(bot: Bot, other_bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        assert restart_bot(bot_id=bot.id) == 2
        assert restart_bot(bot_id=bot.id) == 3
        assert heard() == [str(bot.id), str(bot.id)]
    assert Bot.objects.get(id=other_bot.id).generation == 1
    assert kinds(bot)[-1] == ("bot.restart_requested", {"generation": 3})


def test_a_new_token_forgets_whose_the_old_one_was_and_asks_for_a_fresh_start(
    bot: Bot, owner_database: Owner
) -> None:
    token = make_token()

    with heard_by(owner_database) as heard:
        replace_token(bot_id=bot.id, token=f" {token} ")
        assert heard() == [str(bot.id)]

    fresh = Bot.objects.get(id=bot.id)
    assert fresh.token == token
    assert (fresh.telegram_id, fresh.username, fresh.generation) == (None, "", 2)
    assert kinds(bot) == [("bot.token_replaced", {})]


def test_a_token_of_another_bot_is_refused_and_nothing_changes(
    bot: Bot, other_bot: Bot, owner_database: Owner
) -> None:
    with heard_by(owner_database) as heard, pytest.raises(BotError) as refusal:
        replace_token(bot_id=bot.id, token=other_bot.token)
    assert refusal.value.code == "bots.token_taken"
    assert other_bot.slug in refusal.value.message
    with heard_by(owner_database) as heard:
        assert heard() == []
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.token, fresh.generation, fresh.username) == (bot.token, 1, bot.username)


def test_its_own_token_again_is_a_fresh_start(bot: Bot) -> None:
    replace_token(bot_id=bot.id, token=bot.token)
    assert Bot.objects.get(id=bot.id).generation == 2


def test_settings_that_a_running_bot_takes_over_need_no_fresh_start(bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        changed = update_bot(
            bot_id=bot.id, name="Vera", burst_wait=1.5, admin_telegram_ids=[7, 8], config={"greeting": "hi"}
        )
        assert heard() == [str(bot.id)]
    assert changed.generation == 1
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.burst_wait, fresh.admin_telegram_ids, fresh.config, fresh.generation) == (
        "Vera",
        1.5,
        [7, 8],
        {"greeting": "hi"},
        1,
    )
    assert fresh.updated_at > bot.updated_at


@pytest.mark.parametrize("changes", [{"api_url": "http://127.0.0.1:2/"}, {"has_own_process": True}])
def test_another_address_or_process_needs_a_fresh_start(bot: Bot, changes: Any) -> None:
    assert update_bot(bot_id=bot.id, **changes).generation == 2


def test_the_same_settings_again_are_no_news(bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        update_bot(bot_id=bot.id, name=bot.name, api_url=bot.api_url)
        assert heard() == []
    assert Bot.objects.get(id=bot.id).updated_at == bot.updated_at


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"burst_wait": 99.0}, "burst_wait"),
        ({"language": "xx"}, "language"),
        ({"config": ["a", "list"]}, "config"),
        ({"api_url": "not an address"}, "api_url"),
        ({"proactive_off": ["gossip"]}, "proactive_off"),
        ({"proactive_a_day": 11}, "proactive_a_day"),
        ({"proactive_from": 24}, "proactive_from"),
        ({"daily_budget_usd": -0.01}, "daily_budget_usd"),
        ({"platform_url": "ftp:/nowhere"}, "platform_url"),
        ({"model_max_tokens": 0}, "model_max_tokens"),
        ({"model_input_price": -5.0}, "model_input_price"),
        ({"model_output_price": -0.01}, "model_output_price"),
    ],
)
def test_settings_out_of_bounds_are_refused_by_name_and_nothing_changes(
    bot: Bot, changes: Any, word: str
) -> None:
    with pytest.raises(BotError) as refusal:
        update_bot(bot_id=bot.id, name="Changed all the same", **changes)
    assert refusal.value.code == "bots.invalid"
    assert word in refusal.value.message
    assert Bot.objects.get(id=bot.id).name == bot.name


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"timezone": "Mars/Olympus"}, "bots.timezone_unknown"),
        ({"timezone": "../../etc/passwd"}, "bots.timezone_unknown"),
        ({"timezone": ""}, "bots.invalid"),
        ({"proactive_from": 21}, "bots.hours_crossed"),
        ({"proactive_until": 9}, "bots.hours_crossed"),
        ({"proactive_from": 12, "proactive_until": 11}, "bots.hours_crossed"),
    ],
)
def test_hours_and_zones_that_make_no_sense_are_refused(bot: Bot, changes: Any, code: str) -> None:
    with pytest.raises(BotError) as refusal:
        update_bot(bot_id=bot.id, name="Changed all the same", **changes)
    assert refusal.value.code == code
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.timezone) == (bot.name, "Europe/Moscow")
    assert (fresh.proactive_from, fresh.proactive_until) == (9, 21)


def test_a_bots_care_is_changed_while_it_runs(bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        changed = update_bot(
            bot_id=bot.id,
            timezone="Asia/Almaty",
            proactive_off=["stage", "morning"],
            proactive_from=0,
            proactive_until=24,
            daily_budget_usd=0.0,
        )
        assert heard() == [str(bot.id)]
    assert changed.generation == 1
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.timezone, fresh.proactive_off) == ("Asia/Almaty", ["stage", "morning"])
    assert (fresh.proactive_from, fresh.proactive_until, fresh.daily_budget_usd) == (0, 24, 0.0)


def test_a_slug_of_another_bot_is_refused(bot: Bot, other_bot: Bot) -> None:
    with pytest.raises(BotError) as refusal:
        update_bot(bot_id=bot.id, slug=other_bot.slug)
    assert refusal.value.code == "bots.invalid"


def test_a_model_key_is_sealed_shown_as_a_hint_and_can_be_taken_away(bot: Bot, owner_database: Owner) -> None:
    with heard_by(owner_database) as heard:
        set_model_key(bot_id=bot.id, key=" sk-abcdefghijklmnopqrstuvwx \n")
        assert heard() == [str(bot.id)]
    fresh = Bot.objects.get(id=bot.id)
    assert fresh.model_key == "sk-abcdefghijklmnopqrstuvwx"
    assert fresh.model_key_hint == "…uvwx"
    assert "abcdefgh" not in fresh.model_key_sealed
    assert fresh.generation == 1

    set_model_key(bot_id=bot.id, key="")
    fresh.refresh_from_db()
    assert (fresh.model_key, fresh.model_key_hint) == ("", "")


def test_a_short_key_shows_nothing_of_itself(bot: Bot) -> None:
    set_model_key(bot_id=bot.id, key="secret")
    assert Bot.objects.get(id=bot.id).model_key_hint == "…"


def test_a_bot_that_is_wanted_cannot_be_deleted(bot: Bot) -> None:
    set_wanted_state(bot_id=bot.id, wanted="paused")
    with pytest.raises(BotError) as refusal:
        delete_bot(bot_id=bot.id)
    assert refusal.value.code == "bots.still_running"
    assert Bot.objects.filter(id=bot.id).exists()


def test_a_bot_that_a_process_still_holds_cannot_be_deleted(bot: Bot) -> None:
    with database_role("runtime"):
        acquire_lease(bot_id=bot.id, holder="host:1", seconds=600)
    with pytest.raises(BotError) as refusal:
        delete_bot(bot_id=bot.id)
    assert refusal.value.code == "bots.still_running"
    assert BotStatus.objects.filter(bot_id=bot.id).exists()


def test_a_bot_goes_with_all_that_belongs_to_it(bot: Bot, other_bot: Bot, owner_database: Owner) -> None:
    for each in (bot, other_bot):
        restart_bot(bot_id=each.id)

    with heard_by(owner_database) as heard:
        delete_bot(bot_id=bot.id)
        assert heard() == [str(bot.id)]

    def rows(table: str, column: str = "bot_id") -> list[Any]:
        ids = [bot.id, other_bot.id]
        found = owner_database.execute(f"SELECT {column} FROM {table} WHERE {column} = ANY (%s)", [ids])
        return [row[0] for row in found]

    assert rows("bots", "id") == [other_bot.id]
    assert rows("bot_statuses") == [other_bot.id]
    assert rows("events") == [other_bot.id]


def test_secrets_are_sealed_anew_under_the_first_key(settings: Any) -> None:
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    bot = make_bot()
    token, sealed = bot.token, bot.token_sealed
    set_model_key(bot_id=bot.id, key="sk-a-key-of-its-own-1234")
    try:
        settings.ENCRYPTION_KEYS = [new, old]
        assert rotate_secrets() == Bot.objects.count()

        settings.ENCRYPTION_KEYS = [new]
        fresh = Bot.objects.get(id=bot.id)
        assert fresh.token == token
        assert fresh.model_key == "sk-a-key-of-its-own-1234"
        assert fresh.token_sealed != sealed
        assert fresh.generation == bot.generation
    finally:
        settings.ENCRYPTION_KEYS = [old, new]
        rotate_secrets()
