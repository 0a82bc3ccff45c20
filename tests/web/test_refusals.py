"""Whoever puts another id into an address or a form is told that there is nothing, and it is written down, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEntry
from bots.models import Alert, Bot
from bots.roles import Role
from bots.services.raise_alert import raise_alert
from care.models import RotationRun
from core.clock import clock
from core.tenancy import in_bot
from events.models import Event
from events.services.record_event import record_event
from mailbox.models import InboundUpdate
from profiles.models import Profile
from tests.broadcast.campaigns import written
from tests.cast import make_profile
from tests.dashboard.talks import make_talk
from tests.web.people import browser, make_coach
from tests.web.test_queues_pages import heard

SENT = {"_form_submitted": "true"}


def person_of(bot: Bot) -> UUID:
    return make_profile(bot).id


def event_of(bot: Bot) -> UUID:
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind="it.happened")
        return Event.objects.for_bot(bot.id).latest("created_at").id


def alert_of(bot: Bot) -> UUID:
    raise_alert(kind="bot_deaf", subject=str(uuid4()), bot_id=bot.id)
    return Alert.objects.filter(bot=bot).latest("first_at").id


def round_of(bot: Bot) -> UUID:
    with in_bot(bot.id):
        return RotationRun.objects.create(bot=bot, trigger="daily", wanted_at=clock.now()).id


def conversation_of(bot: Bot) -> UUID:
    return make_talk(bot).id


def broadcast_of(bot: Bot) -> UUID:
    return written(bot).id


def bot_itself(bot: Bot) -> UUID:
    return bot.id


# An address of another bot's, with what makes the row there; "{bot}" is that bot, "{row}" the row.
LOOKED_AT = [
    ("/admin/profiles/profile/{row}/change/", person_of),
    ("/admin/bots/bot/{row}/change/", bot_itself),
    ("/admin/bots/alert/{row}/change/", alert_of),
    ("/admin/events/event/{row}/change/", event_of),
    ("/admin/mailbox/buriedupdate/{row}/change/", heard),
    ("/admin/care/rotationrun/{row}/change/", round_of),
    ("/admin/broadcast/broadcast/{row}/change/", broadcast_of),
    ("/admin/broadcast/broadcast/{row}/ledger/", broadcast_of),
    ("/admin/broadcast/broadcast/{row}/live/", broadcast_of),
    ("/admin/inbox/{bot}/{row}/", conversation_of),
    ("/admin/inbox/{bot}/{row}/live/", conversation_of),
    ("/admin/queues/{bot}/buried/", bot_itself),
    ("/admin/queues/{bot}/buried/{row}/", heard),
]
DONE_TO = [
    ("/admin/profiles/profile/{row}/pause/", person_of),
    ("/admin/bots/bot/{row}/start/", bot_itself),
    ("/admin/bots/alert/{row}/acknowledge/", alert_of),
    ("/admin/broadcast/broadcast/{row}/do/cancel/", broadcast_of),
    ("/admin/inbox/{bot}/{row}/open/", conversation_of),
    ("/admin/inbox/{bot}/{row}/do/take/", conversation_of),
    ("/admin/queues/{bot}/buried/do/discard/", bot_itself),
    ("/admin/queues/{bot}/buried/{row}/read/", heard),
]
LISTS = [
    ("/admin/bots/bot/", "restart_selected", bot_itself),
    ("/admin/bots/alert/", "acknowledge_selected", alert_of),
    ("/admin/mailbox/buriedupdate/", "replay_selected", heard),
]


def refusals(user: User) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="refused", actor_id=user.pk).order_by("id"))


def is_written_once(user: User, row_id: object) -> AuditEntry:
    (entry,) = refusals(user)
    assert (entry.row_id, entry.address, entry.role) == (str(row_id), "127.0.0.1", "app_staff")
    return entry


@pytest.fixture
def boss(bot: Bot) -> User:
    return make_coach(bot, role=Role.OWNER)


@pytest.mark.parametrize(("address", "make"), LOOKED_AT)
def test_another_bots_page_is_not_there_and_that_it_was_asked_for_is_kept(
    bot: Bot, other_bot: Bot, boss: User, address: str, make: Callable[[Bot], UUID]
) -> None:
    row_id = make(other_bot)
    response = browser(boss).get(address.format(bot=other_bot.id, row=row_id))
    assert response.status_code == 404
    entry = is_written_once(boss, row_id)
    assert (entry.after, str(row_id) in entry.subject) == ({"status": 404}, False)


@pytest.mark.parametrize(("address", "make"), DONE_TO)
def test_nor_is_anything_done_to_what_is_another_bots(
    bot: Bot, other_bot: Bot, boss: User, address: str, make: Callable[[Bot], UUID]
) -> None:
    row_id = make(other_bot)
    sent = SENT | {"reason": "mend", "row": str(row_id)}
    assert browser(boss).post(address.format(bot=other_bot.id, row=row_id), sent).status_code == 404
    is_written_once(boss, row_id)


@pytest.mark.parametrize(("address", "action", "make"), LISTS)
def test_another_bots_row_in_a_form_of_ones_own_list_is_not_there(
    bot: Bot, other_bot: Bot, boss: User, address: str, action: str, make: Callable[[Bot], UUID]
) -> None:
    mine, foreign = make(bot), make(other_bot)
    before = Bot.objects.get(id=bot.id).generation
    sent: dict[str, Any] = {"action": action, "_selected_action": [str(mine), str(foreign)]}
    assert browser(boss).post(address, sent).status_code == 404
    is_written_once(boss, foreign)
    # Nothing was done to the others either.
    assert Bot.objects.get(id=bot.id).generation == before
    assert not Alert.objects.filter(bot=bot, acknowledged_at__isnull=False).exists()
    with in_bot(bot.id):
        assert not InboundUpdate.objects.for_bot(bot.id).filter(settled_at__isnull=True).exists()


def test_another_bots_row_in_the_form_of_ones_own_queue_is_not_there(
    bot: Bot, other_bot: Bot, boss: User
) -> None:
    mine, foreign = heard(bot), heard(other_bot)
    sent = {"row": [str(mine), str(foreign)]}
    assert browser(boss).post(f"/admin/queues/{bot.id}/buried/do/discard/", sent).status_code == 404
    is_written_once(boss, foreign)
    with in_bot(bot.id):
        assert InboundUpdate.objects.for_bot(bot.id).get(id=mine).outcome == "buried"


def test_a_selection_of_nonsense_is_not_there(bot: Bot, boss: User) -> None:
    sent = {"action": "restart_selected", "_selected_action": ["nonsense"]}
    assert browser(boss).post("/admin/bots/bot/", sent).status_code == 404
    is_written_once(boss, "nonsense")


def test_what_a_role_does_not_allow_is_kept_too(bot: Bot) -> None:
    person = make_profile(bot)
    reader = make_coach(bot, role=Role.READ_ONLY)
    assert browser(reader).post(f"/admin/profiles/profile/{person.id}/pause/", SENT).status_code == 403
    assert is_written_once(reader, person.id).after == {"status": 403}
    with in_bot(bot.id):
        assert Profile.objects.for_bot(bot.id).get(id=person.id).paused_at is None


def test_so_is_an_account_that_is_not_ones_own(bot: Bot, boss: User) -> None:
    colleague = make_coach(bot)
    assert browser(boss).get(f"/admin/auth/user/{colleague.pk}/change/").status_code == 403
    assert is_written_once(boss, colleague.pk).subject == "/admin/auth/user/…/change/"


def test_what_is_found_and_what_never_had_an_id_is_not_kept(bot: Bot, boss: User) -> None:
    client = browser(boss)
    assert client.get(f"/admin/bots/bot/{bot.id}/change/").status_code == 200
    assert client.get("/admin/nowhere/").status_code == 404
    assert refusals(boss) == []


def test_strangers_are_led_to_the_door_and_not_kept(other_bot: Bot) -> None:
    before = AuditEntry.objects.filter(action="refused").count()
    assert Client().get(f"/admin/bots/bot/{other_bot.id}/change/").status_code == 302
    assert AuditEntry.objects.filter(action="refused").count() == before


def test_behind_a_proxy_the_address_is_what_the_proxy_says(
    bot: Bot, other_bot: Bot, boss: User, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    browser(boss).get(
        f"/admin/bots/bot/{other_bot.id}/change/", headers={"X-Forwarded-For": "10.0.0.1, 192.0.2.44"}
    )
    (entry,) = refusals(boss)
    assert entry.address == "192.0.2.44"


def test_an_analyst_who_asks_for_a_person_is_told_that_there_is_nobody(bot: Bot) -> None:
    person = make_profile(bot)
    analyst = make_coach(bot, role=Role.ANALYST)
    response = browser(analyst).get(f"/admin/profiles/profile/{person.id}/change/")
    assert response.status_code in {403, 404}
    is_written_once(analyst, person.id)
