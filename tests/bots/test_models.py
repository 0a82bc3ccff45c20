"""Rows of tenants are addressed by bot and id: looked up, joined, saved, refreshed, deleted."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import Prefetch
from django.test.utils import CaptureQueriesContext

from bots.models import Bot, BotMetric, BotMetricDay, BotStatus, ObservedState, WantedState
from bots.tenant import TenantModel
from core.clock import clock
from core.encryption import Undecryptable, encrypt
from core.tenancy import in_bot, in_bots
from profiles.models import ActivityLog, Consent, Profile
from sessions_app.models import Conversation, Message, Session
from tests.cast import make_profile, make_token

Owner = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot, first_name="Vera")


@pytest.fixture
def talk(vera: Profile) -> Conversation:
    """Vera's conversation: one session, three messages, one of them outside of the session."""
    now = clock.now()
    with in_bot(vera.bot_id):
        talk = Conversation.objects.create(
            bot=vera.bot, profile=vera, chat_id=vera.telegram_id, created_at=now
        )
        session = Session.objects.create(bot=vera.bot, conversation=talk, kind="natasha", started_at=now)
        for number, of in enumerate([session, session, None]):
            Message.objects.create(
                bot=vera.bot,
                conversation=talk,
                session=of,
                role="user",
                text=f"word {number}",
                created_at=now,
            )
    return talk


def partitions_of(queryset: models.QuerySet[Any]) -> dict[str, int]:
    """How many partitions of each table a query goes through."""
    found = set(re.findall(r" on (\w+)_p(\d+)", queryset.explain()))
    return {table: len([each for each in found if each[0] == table]) for table, _ in found}


def filters(query: str) -> str:
    """A query from its joins on, as text without the values."""
    return re.sub(r"'[^']*'(::uuid)?", "?", query.partition(" FROM ")[2])


def test_a_query_that_names_its_bot_goes_through_one_partition(bot: Bot, vera: Profile):
    with in_bot(bot.id):
        assert partitions_of(Profile.objects.for_bot(bot.id)) == {"profiles": 1}
        assert partitions_of(Profile.objects.all()) == {"profiles": 8}


def test_joins_compare_the_bot_on_both_sides(bot: Bot, talk: Conversation):
    with in_bot(bot.id):
        messages = Message.objects.for_bot(bot.id).select_related("conversation__profile")
        assert partitions_of(messages) == {"messages": 1, "conversations": 1, "profiles": 1}
        assert [each.conversation.profile.first_name for each in messages] == ["Vera"] * 3
        found = Message.objects.for_bot(bot.id).filter(conversation__profile__first_name="Vera")
        assert partitions_of(found) == {"messages": 1, "conversations": 1, "profiles": 1}
        assert found.count() == 3


def test_a_join_to_what_may_be_missing_keeps_the_rows_without_it(bot: Bot, talk: Conversation):
    with in_bot(bot.id):
        messages = Message.objects.for_bot(bot.id).select_related("session").order_by("text")
        assert [each.session and each.session.kind for each in messages] == ["natasha", "natasha", None]
        assert Message.objects.for_bot(bot.id).filter(session__isnull=True).count() == 1
        assert Message.objects.for_bot(bot.id).exclude(session__kind="natasha").count() == 1


@pytest.mark.parametrize(
    "follow",
    [
        lambda talk: Message.objects.for_bot(talk.bot_id).first().conversation,
        lambda talk: talk.profile,
        lambda talk: list(talk.messages.all()),
        lambda talk: talk.messages.count(),
        lambda talk: list(Conversation.objects.for_bot(talk.bot_id).prefetch_related("messages")),
        lambda talk: list(Message.objects.for_bot(talk.bot_id).prefetch_related("conversation")),
    ],
    ids=["forward", "cached forward", "reverse", "reverse count", "prefetched reverse", "prefetched forward"],
)
def test_every_way_to_a_related_row_names_the_bot(bot: Bot, talk: Conversation, follow: Any):
    with (
        in_bot(bot.id),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        fresh = Conversation.objects.for_bot(bot.id).get()
        follow(fresh)
    asked = [filters(each["sql"]) for each in queries if each["sql"].startswith('SELECT "')]
    assert asked
    assert [each for each in asked if '."bot_id"' not in each.partition("WHERE")[2]] == []


def test_a_sliced_prefetch_takes_the_latest(bot: Bot, talk: Conversation):
    latest = Prefetch("messages", Message.objects.order_by("-text")[:2], to_attr="latest")
    with in_bot(bot.id):
        (found,) = Conversation.objects.for_bot(bot.id).prefetch_related(latest)
        assert [each.text for each in found.latest] == ["word 2", "word 1"]


def test_saving_and_refreshing_name_the_bot(bot: Bot, vera: Profile):
    with in_bot(bot.id), CaptureQueriesContext(connection) as queries:
        vera.first_name = "Vera Ivanovna"
        vera.save(update_fields=["first_name"])
        vera.refresh_from_db()
        vera.refresh_from_db(fields=["first_name"])
        vera.refresh_from_db(from_queryset=Profile.objects.filter(is_active=True))
        vera.save()
    assert vera.first_name == "Vera Ivanovna"
    asked = [each["sql"] for each in queries if each["sql"].startswith(("UPDATE", 'SELECT "'))]
    assert len(asked) == 5
    assert [each for each in asked if '"profiles"."bot_id" = ' not in each.partition(" WHERE ")[2]] == []


def test_saving_what_was_erased_does_not_bring_it_back(bot: Bot, vera: Profile, owner_database: Owner):
    with in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=vera.id).delete()
    vera.first_name = "Vera again"
    with pytest.raises(DatabaseError, match="is gone"), in_bot(bot.id):
        vera.save()
    assert owner_database.execute("SELECT FROM profiles WHERE id = %s", [vera.id]).fetchall() == []


def test_a_row_cannot_be_copied_to_another_bot_by_saving_it_there(
    bot: Bot, other_bot: Bot, vera: Profile, owner_database: Owner
):
    vera.bot = other_bot
    with pytest.raises(DatabaseError, match="another bot"), in_bots([bot.id, other_bot.id]):
        vera.save()
    rows = owner_database.execute("SELECT bot_id FROM profiles WHERE id = %s", [vera.id]).fetchall()
    assert rows == [(bot.id,)]


def test_a_row_without_a_bot_is_refused(bot: Bot):
    with pytest.raises(DatabaseError), in_bot(bot.id):
        BotMetric.objects.create(name="turns", at=clock.now(), count=1, total=1.0, largest=1.0)


def test_deleting_one_takes_what_refers_to_it_along(bot: Bot, vera: Profile, talk: Conversation):
    with in_bot(bot.id):
        assert vera.delete() == (1, {"profiles.Profile": 1})
        counts = [model.objects.count() for model in (Profile, Conversation, Session, Message)]
    assert counts == [0, 0, 0, 0]


def test_deleting_many_takes_what_refers_to_them_along(bot: Bot, vera: Profile, talk: Conversation):
    with in_bot(bot.id):
        Profile.objects.for_bot(bot.id).delete()
        counts = [model.objects.count() for model in (Profile, Conversation, Session, Message)]
    assert counts == [0, 0, 0, 0]


def test_deleting_a_session_leaves_its_messages(bot: Bot, talk: Conversation):
    with in_bot(bot.id):
        Session.objects.get().delete()
        assert list(Message.objects.values_list("bot_id", "session_id")) == [(bot.id, None)] * 3


def test_deleting_a_bot_takes_everything_of_it_and_nothing_else(
    bot: Bot, other_bot: Bot, talk: Conversation, as_staff: None, owner_database: Owner
):
    boris = make_profile(other_bot)
    BotStatus.objects.filter(bot=bot).delete()
    Bot.objects.filter(id=bot.id).delete()
    for table in ("profiles", "conversations", "sessions", "messages", "bot_statuses"):
        left = owner_database.execute(f"SELECT FROM {table} WHERE bot_id = %s", [bot.id]).fetchall()
        assert left == []
    assert owner_database.execute("SELECT FROM profiles WHERE id = %s", [boris.id]).fetchall() == [()]


def test_the_same_id_may_stand_in_two_bots(bot: Bot, other_bot: Bot, vera: Profile):
    twin = make_profile(other_bot, id=vera.id, first_name="Twin")
    with in_bots([bot.id, other_bot.id]):
        twin.first_name = "Renamed"
        twin.save()
        vera.refresh_from_db()
        assert vera.first_name == "Vera"
        twin.delete()
        assert Profile.objects.get(id=vera.id).bot_id == bot.id


def test_rows_are_written_in_bulk(bot: Bot, vera: Profile):
    now = clock.now()
    with in_bot(bot.id):
        ActivityLog.objects.bulk_create(
            ActivityLog(bot=bot, profile=vera, kind="message", created_at=now) for _ in range(3)
        )
        made = list(ActivityLog.objects.for_bot(bot.id))
        for each in made:
            each.kind = "command"
        ActivityLog.objects.bulk_update(made, ["kind"])
        assert ActivityLog.objects.for_bot(bot.id).filter(kind="command").count() == 3


def test_an_upsert_by_a_unique_key_that_begins_with_the_bot_works(bot: Bot):
    day = clock.now().date()
    with in_bot(bot.id):
        for count in (1, 5):
            BotMetricDay.objects.bulk_create(
                [BotMetricDay(bot=bot, day=day, name="turns", count=count, total=0.0, largest=0.0)],
                update_conflicts=True,
                unique_fields=["bot", "day", "name"],
                update_fields=["count"],
            )
        assert BotMetricDay.objects.for_bot(bot.id).get().count == 5
        again, is_new = Consent.objects.for_bot(bot.id).get_or_create(
            bot=bot, profile=make_profile(bot), terms="1", language="en", given_at=clock.now()
        )
        assert is_new
        assert isinstance(again.id, UUID)


def test_a_bot_opens_its_own_secrets(bot: Bot, settings: Any):
    token = make_token()
    bot.token_sealed, bot.model_key_sealed = encrypt(token), encrypt("sk-x")
    assert (bot.token, bot.model_key) == (token, "sk-x")
    bot.model_key_sealed = ""
    assert bot.model_key == ""
    settings.ENCRYPTION_KEYS = ["QSBrZXkgdGhhdCBvcGVucyBub3RoaW5nIGhlcmUgISE="]
    with pytest.raises(Undecryptable):
        _ = bot.token


@pytest.mark.parametrize(
    "fields",
    [
        {"burst_wait": -0.1},
        {"wanted_state": "asleep"},
        {"slug": None},
        {"token_fingerprint": None},
        {"api_url": None},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_the_database_refuses_a_bot_that_makes_no_sense(
    bot: Bot, fields: dict[str, Any], owner_database: Owner
):
    with pytest.raises(IntegrityError), transaction.atomic():
        Bot.objects.filter(id=bot.id).update(**fields)
    bot.refresh_from_db()
    assert bot.wanted_state in WantedState.values


def test_a_token_is_registered_once(bot: Bot, make_bot: Any):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_bot(token=bot.token)


def test_a_status_is_one_row_a_bot_and_begins_stopped(bot: Bot):
    assert BotStatus.objects.get(bot=bot).state == ObservedState.STOPPED
    with pytest.raises(IntegrityError), transaction.atomic():
        BotStatus.objects.create(bot=bot)


def test_staff_do_not_write_what_the_runtime_observes(bot: Bot, as_staff: None):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        BotStatus.objects.filter(bot=bot).update(state=ObservedState.RUNNING)


@pytest.mark.parametrize("table", ["bot_access", "auth_user", "django_session", "django_admin_log"])
def test_the_runtime_has_no_business_with_staff(table: str):
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table}")


def test_models_are_told_apart_by_name():
    names = [str(model) for model in TenantModel.__subclasses__()]
    assert len(names) == len(set(names))
    assert str(Bot(name="Han")) == "Han"
    assert str(BotMetric(name="turns", count=3)) == "turns: 3"
