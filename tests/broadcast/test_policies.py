"""Whose broadcast it is: PostgreSQL keeps those apart who see only some of its bots."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, transaction

from bots.models import Bot
from broadcast.contracts import ITSELF, By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastChange, BroadcastFile, BroadcastShare, Recipient
from broadcast.services.draft import (
    File,
    attach_file,
    draft_of,
    duplicate_broadcast,
    rewrite_broadcast,
)
from broadcast.services.lifecycle import (
    ask_to_start,
    cancel_broadcast,
    choose_winner,
    delete_draft,
    pause_broadcast,
    set_rate,
)
from broadcast.services.take_back import take_back
from core.tenancy import in_bot, in_bots
from tests.broadcast.campaigns import begun, read, recounted, written
from tests.broadcast.postman import delivered, released
from tests.cast import make_profile

ANN = By(user_id=None, telegram_id=1)
Owner = psycopg.Connection[Any]


def stored(owner: Owner, broadcast: Broadcast) -> tuple[Any, ...]:
    row = owner.execute("SELECT * FROM broadcasts WHERE id = %s", [broadcast.id]).fetchone()
    assert row is not None
    return tuple(row)


@pytest.mark.usefixtures("as_staff")
def test_staff_of_one_of_two_bots_see_it_and_touch_nothing(
    bot: Bot, other_bot: Bot, owner_database: Owner
) -> None:
    broadcast = written(bot, other_bot)
    with in_bots([bot.id, other_bot.id]):
        file = File("a.pdf", "application/pdf", b"%PDF")
        attach_file(broadcast_id=broadcast.id, kind="document", file=file, by=ANN)
    before = stored(owner_database, broadcast)
    with in_bot(bot.id):
        assert Broadcast.objects.get(id=broadcast.id).title == "News"
        assert BroadcastFile.objects.filter(broadcast_id=broadcast.id).exists()
        assert BroadcastChange.objects.filter(broadcast_id=broadcast.id).count() == 2
        rows = Broadcast.objects.filter(id=broadcast.id)
        assert rows.update(title="Mine") == 0
        assert list(rows.select_for_update()) == []
        assert rows._raw_delete(rows.db) == 0
        files = BroadcastFile.objects.filter(broadcast_id=broadcast.id)
        assert files.update(filename="mine") == 0
        assert files._raw_delete(files.db) == 0
        changes = BroadcastChange.objects.filter(broadcast_id=broadcast.id)
        assert changes.update(action="nothing") == 0
        assert changes._raw_delete(changes.db) == 0
    assert stored(owner_database, broadcast) == before


@pytest.mark.usefixtures("as_staff")
def test_every_service_tells_them_that_there_is_no_such_broadcast(
    bot: Bot, other_bot: Bot, owner_database: Owner
) -> None:
    make_profile(bot), make_profile(other_bot)
    broadcast = written(bot, other_bot)
    before = stored(owner_database, broadcast)
    services: list[tuple[Any, dict[str, Any]]] = [
        (ask_to_start, {"by": ANN, "is_sure": True}),
        (pause_broadcast, {"by": ANN}),
        (cancel_broadcast, {"by": ANN}),
        (set_rate, {"by": ANN, "rate": 5.0}),
        (choose_winner, {"by": ANN, "label": "A"}),
        (take_back, {"by": ANN}),
        (delete_draft, {}),
        (duplicate_broadcast, {"by": ANN}),
        (attach_file, {"by": ANN, "kind": "document", "file": File("a", "text/plain", b"a")}),
        (rewrite_broadcast, {"by": ANN, "draft": draft_of(broadcast)}),
    ]
    for service, arguments in services:
        with in_bot(bot.id), pytest.raises(BroadcastError) as refused:
            service(broadcast_id=broadcast.id, **arguments)
        assert refused.value.code == "broadcast.unknown", service
    assert stored(owner_database, broadcast) == before


@pytest.mark.usefixtures("as_staff")
def test_staff_cannot_take_another_bot_into_theirs(bot: Bot, other_bot: Bot) -> None:
    broadcast = written(bot)
    with in_bot(bot.id):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Broadcast.objects.filter(id=broadcast.id).update(bot_ids=[bot.id, other_bot.id])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Broadcast.objects.create(
                title="Theirs",
                bot_ids=[bot.id, other_bot.id],
                created_at=broadcast.created_at,
                changed_at=broadcast.changed_at,
            )
        draft = draft_of(Broadcast(bot_ids=[other_bot.id], title="x"))
        with pytest.raises(BroadcastError) as refused:
            rewrite_broadcast(broadcast_id=broadcast.id, draft=draft, by=ANN)
    assert refused.value.code == "broadcast.no_bots"
    assert read(broadcast).bot_ids == [bot.id]


@pytest.mark.parametrize("role", ["staff", "runtime"])
def test_another_bots_scope_sees_nothing_of_it(
    bot: Bot, other_bot: Bot, role: str, request: pytest.FixtureRequest
) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    if role == "staff":
        request.getfixturevalue("as_staff")
    for scope in ([other_bot.id], []):
        with in_bots(scope):
            for model in (Broadcast, BroadcastChange, BroadcastFile, BroadcastShare, Recipient):
                rows: Any = model._default_manager
                assert list(rows.all()) == []
            assert Broadcast.objects.filter(id=broadcast.id).update(title="Mine") == 0
            assert Recipient.objects.for_bot(bot.id).update(state="sent") == 0
            assert BroadcastShare.objects.for_bot(bot.id).update(sent=5) == 0
            with pytest.raises(BroadcastError):
                cancel_broadcast(broadcast_id=broadcast.id, by=ITSELF)
    assert released(other_bot).running == 0
    assert recounted(broadcast) == [{"total": 1}]


def test_the_runtime_serves_its_part_of_what_is_also_anothers(bot: Bot, other_bot: Bot) -> None:
    here = make_profile(bot)
    make_profile(other_bot)
    broadcast = begun(bot, other_bot)
    assert delivered(bot) == [here.telegram_id]
    with in_bot(bot.id):
        assert Recipient.objects.filter(broadcast_id=broadcast.id).count() == 1
        assert BroadcastShare.objects.filter(broadcast=broadcast).count() == 1
        # As a whole it is nobody's who sees a part.
        with pytest.raises(BroadcastError):
            pause_broadcast(broadcast_id=broadcast.id)
    assert recounted(broadcast) == [{"total": 1, "sent": 1}, {"total": 1}]


@pytest.mark.usefixtures("as_staff")
def test_staff_of_all_its_bots_may_do_everything(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot), make_profile(other_bot)
    broadcast = begun(bot, other_bot)
    with in_bots([bot.id, other_bot.id]):
        pause_broadcast(broadcast_id=broadcast.id, by=ANN)
        cancel_broadcast(broadcast_id=broadcast.id, by=ANN)
    assert read(broadcast).state == "cancelled"
    draft = written(bot, other_bot)
    with in_bots([bot.id, other_bot.id]):
        delete_draft(broadcast_id=draft.id)
        assert not Broadcast.objects.filter(id=draft.id).exists()
