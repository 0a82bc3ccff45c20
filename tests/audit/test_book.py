"""The book of changes: written by the database, whatever way a change takes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from audit.models import AuditEntry
from bots.models import Bot
from core.actor import acting
from core.encryption import encrypt
from core.tenancy import in_bot, in_bots
from profiles.models import Profile
from sessions_app.models import Message
from tests.broadcast.campaigns import written
from tests.cast import make_profile

Owner = psycopg.Connection[Any]


def entries(bot: Bot, **where: Any) -> list[AuditEntry]:
    with in_bot(bot.id):
        return list(AuditEntry.objects.filter(bot_id=bot.id, **where).order_by("id"))


def test_a_change_is_written_down_with_before_and_after_and_by_whom(bot: Bot) -> None:
    with acting(user_id=4711, address="192.0.2.7"), in_bots([bot.id]):
        Bot.objects.filter(id=bot.id).update(name="Another")
    (entry,) = entries(bot, action="update", actor_id=4711)
    assert (entry.subject, entry.row_id, entry.address) == ("bots", str(bot.id), "192.0.2.7")
    assert entry.before == {"name": bot.name}
    assert entry.after == {"name": "Another"}


def test_the_name_of_who_acts_ends_with_the_transaction(bot: Bot) -> None:
    with acting(user_id=4711, address="192.0.2.7"), in_bots([bot.id]):
        pass
    Bot.objects.filter(id=bot.id).update(name="By itself")
    entry = entries(bot, action="update")[-1]
    assert (entry.actor_id, entry.address, entry.after) == (None, "", {"name": "By itself"})


def test_secrets_are_never_in_it(bot: Bot) -> None:
    sealed = Bot.objects.values_list("token_sealed", flat=True).get(id=bot.id)
    other = encrypt("110:another-token-of-the-same-bot")
    Bot.objects.filter(id=bot.id).update(token_sealed=other, model_key_sealed="")
    found = entries(bot)
    said = str([(each.before, each.after) for each in found])
    assert sealed not in said
    assert other not in said
    assert found[-1].after == {"token_sealed": "…"}


def test_a_change_of_what_does_not_matter_is_none(bot: Bot) -> None:
    count = len(entries(bot))
    Bot.objects.filter(id=bot.id).update(generation=7, updated_at=bot.created_at)
    assert len(entries(bot)) == count


def test_of_people_only_the_names_of_columns_are_kept_and_only_what_staff_do(bot: Bot) -> None:
    vera = make_profile(bot, first_name="Vera")
    with in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=vera.id).update(bio="by the product")
    assert entries(bot, subject="profiles") == []
    with acting(user_id=4711, address=""), in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=vera.id).update(bio="Something private", paused_at=None)
    (entry,) = entries(bot, subject="profiles")
    assert entry.row_id == str(vera.id)
    assert entry.after == {"bio": "…"}
    assert "private" not in str([entry.before, entry.after])


def test_who_changes_people_under_the_role_of_staff_and_says_nothing_is_written_down(
    bot: Bot, as_staff: None
) -> None:
    vera = make_profile(bot)
    before = len(entries(bot, subject="profiles"))
    with in_bot(bot.id), connection.cursor() as cursor:
        cursor.execute("UPDATE profiles SET location = 'nowhere' WHERE bot_id = %s", [bot.id])
    *_earlier, entry = entries(bot, subject="profiles")
    assert len(entries(bot, subject="profiles")) == before + 1
    assert (entry.role, entry.actor_id, entry.row_id) == ("app_staff", None, str(vera.id))
    assert (entry.action, entry.after) == ("update", {"location": "…"})


def test_a_change_that_is_undone_is_not_written_down(bot: Bot) -> None:
    count = len(entries(bot))
    with transaction.atomic():
        Bot.objects.filter(id=bot.id).update(name="Never")
        transaction.set_rollback(True)
    assert len(entries(bot)) == count


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET actor_id = NULL", "DELETE FROM audit_entries", "TRUNCATE audit_entries"],
)
def test_nobody_changes_the_book(bot: Bot, statement: str) -> None:
    with in_bot(bot.id), pytest.raises(ProgrammingError, match="permission denied"):
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET actor_id = NULL", "DELETE FROM audit_entries"]
)
def test_nor_does_staff(bot: Bot, as_staff: None, statement: str) -> None:
    with in_bot(bot.id), pytest.raises(ProgrammingError, match="permission denied"):
        connection.cursor().execute(statement)


def test_the_book_of_another_bot_is_not_seen(bot: Bot, other_bot: Bot) -> None:
    Bot.objects.filter(id=other_bot.id).update(name="Elsewhere")
    with in_bot(bot.id):
        assert not AuditEntry.objects.filter(bot_id=other_bot.id).exists()
    assert entries(other_bot)


def test_a_broadcast_is_in_it(bot: Bot) -> None:
    broadcast = written(bot, title="Spring")
    with in_bot(bot.id):
        entry = AuditEntry.objects.filter(subject="broadcasts", row_id=str(broadcast.id)).first()
    assert entry is not None
    assert (entry.action, entry.after["title"]) == ("insert", "Spring")  # type: ignore[index]


def test_words_of_people_cost_nothing_and_are_not_in_it(bot: Bot, owner_database: Owner) -> None:
    rows = owner_database.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit' AND tgqual IS NOT NULL"
        " AND tgparentid = 0"
    ).fetchall()
    # Those that are looked at only while somebody of the staff acts.
    assert {"messages", "profiles", "findings"} <= {row[0] for row in rows}
    assert Message._meta.db_table == "messages"


def test_an_event_of_reading_is_in_it(bot: Bot) -> None:
    from events.services.record_event import record_event  # noqa: PLC0415 - beside what it is about

    profile_id = uuid4()
    with acting(user_id=12, address="192.0.2.9"), in_bot(bot.id):
        record_event(
            bot_id=bot.id, kind="conversation.opened", profile_id=profile_id, payload={"reason": "x"}
        )
    (entry,) = entries(bot, action="read")
    assert (entry.actor_id, entry.row_id, entry.subject) == (12, str(profile_id), "conversation.opened")
