"""Erasing a person leaves no trace of them in any table; a table that is added without an eraser fails here.

A row is planted in every tenants' table that may speak of a person, each field filled with something that gives
them away; afterwards every table is searched for it.
"""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bots.models import Bot
from bots.tenant import Erasure, TenantForeignKey, TenantModel
from core.clock import clock
from core.tenancy import in_bot
from events.services.erase_events import erase_events
from mailbox.services.erase_mail import erase_mail
from profiles.services.erase_profile import erase_profile

TELEGRAM_ID = 770_077_007_700
WORD = "Настасья"
# Every other large number is taken for one that names a person.
NUMBERS_OF_NOBODY = {"update_id", "seq", "epoch", "telegram_message_id", "cost_micros"}

# Rows that stand beside a person's and hold nothing that gives them away.
SAYING_NOTHING = {"sessions_app.InboxItem", "sessions_app.InboxRead"}

_numbers = count(1)

Owner = psycopg.Connection[tuple[Any, ...]]
Rows = dict[type[TenantModel], TenantModel]


def erase(*, bot_id: UUID, profile_id: UUID, telegram_id: int) -> None:
    """The erasers of all rooms, in the order in which /forget_me calls them. A new room adds its own to both."""
    erase_events(bot_id=bot_id, profile_id=profile_id)
    erase_profile(bot_id=bot_id, profile_id=profile_id)
    erase_mail(bot_id=bot_id, telegram_id=telegram_id)


def personal_models() -> list[type[TenantModel]]:
    return [
        model
        for model in TenantModel.__subclasses__()
        if model.personal_data.erasure is not Erasure.NOT_PERSONAL and model._meta.label not in SAYING_NOTHING
    ]


class Planter:
    """Plants one row of each model for one person; whatever a row refers to is planted before."""

    def __init__(self, bot: Bot, *, telegram_id: int, word: str) -> None:
        self.bot, self.telegram_id, self.word = bot, telegram_id, word
        self.rows: Rows = {}
        self.profile_id = uuid4()

    def plant(self, model: type[TenantModel]) -> TenantModel:
        if model not in self.rows:
            fields = [
                each for each in model._meta.concrete_fields if not each.primary_key and each.name != "bot"
            ]
            row = model(bot=self.bot, **{each.name: self.value(each) for each in fields})
            if model._meta.db_table == "profiles":
                row.id = self.profile_id
            row.save(force_insert=True)
            self.rows[model] = row
        return self.rows[model]

    def value(self, field: models.Field[Any, Any]) -> Any:
        if isinstance(field, TenantForeignKey):
            return self.plant(field.related_model)
        if isinstance(field, models.ForeignKey):
            return None
        if isinstance(field, ArrayField):
            return [self.value(field.base_field)]
        if field.choices:
            return field.choices[0][0]
        if field.name == "profile_id":
            return self.profile_id
        if field.name in NUMBERS_OF_NOBODY:
            return next(_numbers)
        if field.name == "kind":
            return "message"
        for kind, value in self.kinds(field):
            if isinstance(field, kind):
                return value[: field.max_length] if isinstance(value, str) else value
        pytest.fail(f"nobody knows what to plant in {field}")

    def kinds(self, field: models.Field[Any, Any]) -> list[tuple[type[models.Field[Any, Any]], Any]]:
        """A value for each kind of field, the narrower kinds first."""
        return [
            (models.UUIDField, uuid4()),
            (models.BooleanField, False),
            # Nobody is younger than 18.
            (models.PositiveSmallIntegerField, 40 if field.name == "age" else 1),
            (models.SmallIntegerField, 1),
            (models.PositiveIntegerField, 1),
            (models.BigIntegerField, self.telegram_id),
            (models.FloatField, 1.0),
            (models.TextField, self.word),
            (models.CharField, self.word),
            (models.JSONField, {"said": [self.word, self.telegram_id]}),
            (models.DateTimeField, clock.now()),
            (models.DateField, clock.now().date()),
            (models.BinaryField, self.word.encode()),
        ]


def traces(owner: Owner, bot: Bot, *, of: Planter) -> list[str]:
    """The tables in which a row of the bot gives the person away, bytes read as text."""
    marks = [of.word, of.word.encode().hex(), str(of.telegram_id), str(of.profile_id)]
    found = []
    for model in TenantModel.__subclasses__():
        table = model._meta.db_table
        row = owner.execute(
            f"SELECT count(*) FROM {table} WHERE bot_id = %s AND to_jsonb({table})::text ~ %s",
            [bot.id, "|".join(marks)],
        ).fetchone()
        if row and row[0]:
            found.append(model._meta.label)
    return sorted(found)


def planted(bot: Bot, *, telegram_id: int = TELEGRAM_ID, word: str = WORD) -> Planter:
    planter = Planter(bot, telegram_id=telegram_id, word=word)
    with in_bot(bot.id):
        for model in personal_models():
            planter.plant(model)
    return planter


def test_a_planted_person_is_found_everywhere(bot: Bot, owner_database: Owner):
    person = planted(bot)
    assert traces(owner_database, bot, of=person) == sorted(model._meta.label for model in personal_models())


def test_nothing_of_an_erased_person_is_left(bot: Bot, owner_database: Owner):
    person = planted(bot)
    with in_bot(bot.id):
        erase(bot_id=bot.id, profile_id=person.profile_id, telegram_id=person.telegram_id)
    assert traces(owner_database, bot, of=person) == []


def test_others_stay_when_one_is_erased(bot: Bot, other_bot: Bot, owner_database: Owner):
    erased = planted(bot)
    neighbour = planted(bot, telegram_id=660_066_006_600, word="Аглая")
    elsewhere = planted(other_bot)
    with in_bot(bot.id):
        erase(bot_id=bot.id, profile_id=erased.profile_id, telegram_id=erased.telegram_id)
    everything = sorted(model._meta.label for model in personal_models())
    assert traces(owner_database, bot, of=neighbour) == everything
    assert traces(owner_database, other_bot, of=elsewhere) == everything
