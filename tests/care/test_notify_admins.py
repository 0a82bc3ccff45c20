from __future__ import annotations

import itertools
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from bots.models import Alert, Bot, BotStatus
from bots.services.raise_alert import raise_alert
from care.services.notify_admins import notify_admins
from core.clock import Clock, clock
from core.tenancy import in_bot
from mailbox.models import OutboundMessage
from profiles.models import Profile
from tests.cast import make_bot, make_profile

_ids = itertools.count(800_000_001)


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    """Alerts that other tests raised are told."""
    Alert.objects.filter(notified_at__isnull=True).update(notified_at=clock.now())


@pytest.fixture
def server() -> str:
    """A Bot API server of this test's own: nobody else's bots are there."""
    return f"http://127.0.0.1:1/{uuid4()}"


@pytest.fixture
def admin() -> int:
    return next(_ids)


def running(server: str, *admins: int, **fields: Any) -> Bot:
    """A bot that can speak."""
    state = fields.pop("state", "running")
    bot = make_bot(
        api_url=server, **{"wanted_state": "running", "admin_telegram_ids": list(admins), **fields}
    )
    BotStatus.objects.filter(bot=bot).update(state=state)
    return bot


def letters(bot: Bot, *fields: str) -> list[Any]:
    """What the bot was given to say to admins, in order."""
    with in_bot(bot.id):
        found = OutboundMessage.objects.for_bot(bot.id).order_by("seq")
        return list(found.values_list(*(fields or ("chat_id",)), flat=len(fields) < 2))


def texts(bot: Bot) -> list[str]:
    return [params["text"] for params in letters(bot, "params")]


def waiting() -> int:
    return Alert.objects.filter(notified_at__isnull=True).count()


def test_every_admin_and_the_owner_hear_of_it_once(server: str, stopped_clock: Clock) -> None:
    owner, one, two = next(_ids), next(_ids), next(_ids)
    bot = running(server, one, two, owner, owner_telegram_id=owner, name="Вера <&>")
    for each in (owner, one, two):
        make_profile(bot, telegram_id=each)
    raise_alert(kind="bot_deaf", bot_id=bot.id, detail="no answer from <Telegram>")

    assert notify_admins() == 1
    assert notify_admins() == 0

    (alert,) = Alert.objects.filter(bot=bot)
    assert alert.notified_at == stopped_clock.now()
    assert letters(bot, "key", "chat_id", "method", "priority") == [
        (f"alert:{alert.id}:{each}", each, "sendMessage", 1) for each in (owner, one, two)
    ]
    params = letters(bot, "params")[0]
    assert (params["chat_id"], params["parse_mode"]) == (owner, "HTML")
    assert "<b>The bot hears nothing</b>\nBot: Вера &lt;&amp;&gt;\n" in params["text"]
    assert "<i>no answer from &lt;Telegram&gt;</i>" in params["text"]
    assert letters(bot, "not_after") == [stopped_clock.now() + timedelta(hours=24)] * 3


def test_each_hears_in_their_own_language_and_who_is_not_known_in_the_bots(server: str) -> None:
    russian, english, unknown = next(_ids), next(_ids), next(_ids)
    bot = running(server, russian, english, unknown, language="ru")
    make_profile(bot, telegram_id=russian, language="ru")
    make_profile(bot, telegram_id=english, language="en")
    raise_alert(kind="bot_crashed", bot_id=bot.id)
    notify_admins()
    said = texts(bot)
    assert ["Бот упал" in each for each in said] == [True, False, True]
    assert "The bot has crashed" in said[1]


def test_the_count_and_what_was_swallowed_are_told(server: str, admin: int, stopped_clock: Clock) -> None:
    bot = running(server, admin, timezone="Europe/Moscow")
    make_profile(bot, telegram_id=admin)
    for _ in range(3):
        raise_alert(kind="error", bot_id=bot.id, subject="KeyError in x")
    notify_admins()
    for _ in range(39):
        raise_alert(kind="error", bot_id=bot.id, subject="KeyError in x")
    stopped_clock.advance(timedelta(minutes=20))
    raise_alert(kind="error", bot_id=bot.id, subject="KeyError in x")
    notify_admins()
    first, second = texts(bot)
    assert "<code>KeyError in x</code>" in first
    assert "Happened 3 times so far." in first
    assert "MSK" in first
    assert "41 more since you were last told." in second
    assert "Happened" not in second


@pytest.mark.parametrize("state", ["stopped", "crashed", "token_revoked"])
def test_a_bot_that_cannot_speak_is_spoken_for_by_another_that_the_admin_has_started(
    server: str, admin: int, state: str
) -> None:
    silent = running(server, admin, state=state)
    make_profile(silent, telegram_id=admin)
    strange = running(server)
    known = running(server)
    make_profile(known, telegram_id=admin, language="ru")
    later = running(server)
    make_profile(later, telegram_id=admin)
    raise_alert(kind="bot_crashed", bot_id=silent.id)

    assert notify_admins() == 1

    assert letters(silent) == letters(strange) == letters(later) == []
    (text,) = texts(known)
    assert f"Бот: {silent.name}" in text


def test_the_bot_that_one_looks_after_speaks_before_others(server: str, admin: int) -> None:
    silent = running(server, admin, state="crashed")
    older = running(server)
    own = running(server, admin)
    for each in (older, own):
        make_profile(each, telegram_id=admin)
    raise_alert(kind="bot_crashed", bot_id=silent.id)
    notify_admins()
    assert (letters(older), letters(own)) == ([], [admin])


def test_a_bot_that_is_wanted_to_stop_speaks_no_more(server: str, admin: int) -> None:
    stopping = running(server, admin, wanted_state="stopped")
    make_profile(stopping, telegram_id=admin)
    raise_alert(kind="error", bot_id=stopping.id)
    assert notify_admins() == 1
    assert letters(stopping) == []


def test_a_bot_in_trouble_is_given_the_message_for_later_where_no_other_can_speak(
    server: str, admin: int
) -> None:
    deaf = running(server, admin, state="deaf")
    make_profile(deaf, telegram_id=admin)
    raise_alert(kind="bot_deaf", bot_id=deaf.id)
    notify_admins()
    assert letters(deaf) == [admin]

    well = running(server)
    make_profile(well, telegram_id=admin)
    raise_alert(kind="bot_deaf", bot_id=deaf.id, subject="conflict")
    notify_admins()
    assert (letters(deaf), letters(well)) == ([admin], [admin])
    assert "the same token" in texts(well)[0]


def test_a_paused_bot_still_tells_its_admins(server: str, admin: int) -> None:
    bot = running(server, admin, state="paused", wanted_state="paused")
    make_profile(bot, telegram_id=admin)
    raise_alert(kind="error", bot_id=bot.id)
    notify_admins()
    assert letters(bot) == [admin]


def test_an_admin_whom_the_bot_does_not_know_is_tried_and_one_who_blocked_it_is_not(server: str) -> None:
    unknown, blocked = next(_ids), next(_ids)
    bot = running(server, unknown, blocked)
    make_profile(bot, telegram_id=blocked, is_active=False)
    raise_alert(kind="error", bot_id=bot.id)
    notify_admins()
    assert letters(bot) == [unknown]


def test_an_id_on_another_server_is_somebody_else(server: str, admin: int) -> None:
    silent = running(server, admin, state="crashed")
    elsewhere = running(f"{server}/other")
    make_profile(elsewhere, telegram_id=admin)
    raise_alert(kind="bot_crashed", bot_id=silent.id)
    assert notify_admins() == 1
    assert letters(elsewhere) == []


def test_where_nobody_can_be_reached_the_row_is_told_all_the_same(server: str, stopped_clock: Clock) -> None:
    bot = running(server)
    raise_alert(kind="error", bot_id=bot.id)
    assert notify_admins() == 1
    assert Alert.objects.get(bot=bot).notified_at == stopped_clock.now()
    assert letters(bot) == []


def test_an_alert_of_the_installation_reaches_everybody_once_through_a_bot_that_they_started(
    server: str,
) -> None:
    both, second_only, homeless = next(_ids), next(_ids), next(_ids)
    first = running(server, both, homeless, owner_telegram_id=both)
    second = running(server, both, second_only)
    for bot, telegram_id in ((first, both), (second, both), (second, second_only)):
        make_profile(bot, telegram_id=telegram_id)
    raise_alert(kind="task_failed", subject=f"task-{uuid4()}", detail="ValueError at x.py:1 run")
    assert notify_admins() == 1
    assert letters(first) == [both]
    assert letters(second) == [second_only]
    assert "The whole installation" in texts(first)[0]


def test_ten_alerts_are_told_one_by_one_and_eleven_together(server: str, admin: int) -> None:
    for count, expected in ((10, 10), (11, 1)):
        bot = running(server, admin)
        make_profile(bot, telegram_id=admin)
        for number in range(count):
            raise_alert(kind="error", bot_id=bot.id, subject=f"KeyError in {number}")
        assert notify_admins() == count
        assert len(letters(bot)) == expected
        admin = next(_ids)


def test_a_digest_says_how_many_of_what_where(server: str, admin: int) -> None:
    bots = [running(server, admin, name=f"Bot <{number}>") for number in range(14)]
    for bot in bots:
        make_profile(bot, telegram_id=admin)
    for bot in bots:
        raise_alert(kind="bot_deaf", bot_id=bot.id)
    for _ in range(5):
        raise_alert(kind="bot_deaf", bot_id=bots[3].id)
    raise_alert(kind="error", bot_id=bots[0].id, subject="KeyError in <x>")
    raise_alert(kind="error", bot_id=bots[0].id, subject="TypeError in y")
    assert notify_admins() == 16
    said = [text for bot in bots for text in texts(bot)]
    assert len(said) == 1
    lines = said[0].splitlines()
    assert lines[0] == "🔔 <b>Alerts: 21</b>"
    assert lines[2] == "• 🔴 <b>The bot hears nothing</b>: Bot &lt;3&gt; (×6)"
    assert "• 🔴 <b>Critical error</b>: Bot &lt;0&gt;, KeyError in &lt;x&gt;" in lines
    assert "• and 1 more" in lines
    assert "undefined" not in said[0]


def test_who_hears_much_gets_the_rest_together_after_a_while(
    server: str, admin: int, stopped_clock: Clock
) -> None:
    bot = running(server, admin)
    make_profile(bot, telegram_id=admin)

    def raise_many(mark: str, count: int) -> None:
        for number in range(count):
            raise_alert(kind="error", bot_id=bot.id, subject=f"{mark} {number}")

    raise_many("a", 10)
    assert notify_admins() == 10
    raise_many("b", 3)
    assert notify_admins() == 0
    assert (len(letters(bot)), waiting()) == (10, 3)

    stopped_clock.advance(timedelta(minutes=14))
    raise_many("c", 1)
    assert notify_admins() == 0
    stopped_clock.advance(timedelta(minutes=1))
    assert notify_admins() == 4
    assert len(letters(bot)) == 11
    assert "Alerts: 4" in texts(bot)[-1]

    # An hour later each is told by itself again.
    stopped_clock.advance(timedelta(minutes=61))
    raise_many("d", 2)
    assert notify_admins() == 2
    assert len(letters(bot)) == 13


def test_a_sign_of_crisis_waits_for_nothing_and_is_told_by_itself(
    server: str, admin: int, stopped_clock: Clock
) -> None:
    bot = running(server, admin)
    make_profile(bot, telegram_id=admin)
    for number in range(12):
        raise_alert(kind="error", bot_id=bot.id, subject=f"e {number}")
    raise_alert(kind="crisis", bot_id=bot.id, subject="self_harm")
    assert notify_admins() == 13
    urgent, digest = texts(bot)
    assert "A sign of crisis" in urgent
    assert "harming themselves" in urgent
    assert "Alerts: 12" in digest
    for number in range(8):
        raise_alert(kind="error", bot_id=bot.id, subject=f"f {number}")
    stopped_clock.advance(timedelta(seconds=20))
    assert notify_admins() == 8
    # Ten messages within the hour: what is no crisis waits now.
    raise_alert(kind="crisis", bot_id=bot.id, subject="minor")
    raise_alert(kind="error", bot_id=bot.id, subject="held")
    assert notify_admins() == 1
    assert "under age" in texts(bot)[-1]
    assert waiting() == 1


def test_many_sweepers_at_once_tell_everything_once(server: str, admin: int) -> None:
    bots = [running(server, next(_ids)) for _ in range(6)]
    for bot in bots:
        make_profile(bot, telegram_id=bot.admin_telegram_ids[0])
        raise_alert(kind="error", bot_id=bot.id)
    start, told = Barrier(6), []

    def sweep() -> None:
        try:
            start.wait(timeout=20)
            told.append(notify_admins())
        finally:
            connections.close_all()

    threads = [Thread(target=sweep) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 6
    assert [letters(bot) for bot in bots] == [bot.admin_telegram_ids for bot in bots]


def test_without_alerts_no_bots_rows_are_opened(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert notify_admins() == 0


def test_a_bot_with_thousands_of_people_costs_no_more_questions(
    server: str, admin: int, django_assert_max_num_queries: Any
) -> None:
    bots = [running(server, admin) for _ in range(8)]
    for bot in bots:
        make_profile(bot, telegram_id=admin)
        for subject in ("a", "b", "c"):
            raise_alert(kind="error", bot_id=bot.id, subject=subject)
    # Opening the scope, the alerts, the bots, the people, what was said lately, one letter, marking.
    with django_assert_max_num_queries(14):
        assert notify_admins() == 24
    with in_bot(bots[0].id):
        assert Profile.objects.for_bot(bots[0].id).count() == 1
