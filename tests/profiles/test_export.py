"""A person's export holds what erasing would take: each table, row by row, and nothing of anybody else."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest

from bots.models import Bot
from bots.tenant import TenantModel
from core.clock import Clock
from core.tenancy import in_bot
from events.models import Event
from mailbox.models import InboundUpdate, Media
from mailbox.services.keep_media import keep_media
from profiles.exporting import personal_models
from profiles.models import ActivityLog, ArchivedActivity, Profile
from profiles.services.export_person import export_person
from tests.bots.test_tenancy_erasure import SAYING_NOTHING, WORD, Planter, planted
from tests.bots.test_tenancy_erasure import personal_models as erased_models
from tests.cast import make_profile


def exported(bot: Bot, profile_id: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The tables of an export, and what else lies in it."""
    file = io.BytesIO()
    with in_bot(bot.id):
        export_person(bot_id=bot.id, profile_id=profile_id, into=file)
    tables, others = {}, {}
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith(".json"):
                tables[name.removesuffix(".json")] = json.loads(archive.read(name))
            else:
                others[name] = archive.read(name)
    return tables, others


def tables_of(models: list[type[TenantModel]]) -> set[str]:
    return {model._meta.db_table for model in models}


def test_the_export_knows_every_table_that_erasing_knows() -> None:
    saying_nothing = {each._meta.db_table for each in personal_models() if each._meta.label in SAYING_NOTHING}
    assert tables_of(personal_models()) - saying_nothing == tables_of(erased_models())


def test_whatever_is_kept_of_a_person_is_in_their_file(bot: Bot) -> None:
    person = planted(bot)
    tables, others = exported(bot, person.profile_id)
    assert set(tables) == tables_of(personal_models())
    for model in erased_models():
        assert len(tables[model._meta.db_table]) == 1, model
    assert tables["profiles"][0]["telegram_id"] == person.telegram_id
    assert tables["messages"][0]["text"] == WORD
    assert tables["activity_archive"][0]["details"] == {"said": [WORD, person.telegram_id]}
    # Bytes that are no JSON stand beside the tables, and the row says where.
    place = tables["media"][0]["content"]
    assert others[place] == WORD.encode()
    assert "messages: 1" in others["READ ME.txt"].decode()


def test_nothing_of_anybody_else_is_in_it(bot: Bot, other_bot: Bot) -> None:
    person = planted(bot)
    planted(bot, telegram_id=660_066_006_600, word="Аглая")
    planted(other_bot, word="Глафира")
    tables, others = exported(bot, person.profile_id)
    everything = json.dumps(tables, ensure_ascii=False) + "".join(map(repr, others.items()))
    assert "Аглая" not in everything
    assert "Глафира" not in everything
    assert "660066006600" not in everything


def test_an_update_is_written_as_telegram_told_it(bot: Bot) -> None:
    person = make_profile(bot)
    with in_bot(bot.id):
        planter = Planter(bot, telegram_id=person.telegram_id, word=WORD)
        row = planter.plant(InboundUpdate)
        InboundUpdate.objects.for_bot(bot.id).filter(id=row.id).update(
            payload='{"message": {"text": "Слышно?"}}'.encode(), lane=7
        )
    tables, _ = exported(bot, person.id)
    (line,) = tables["inbound_updates"]
    assert line["payload"] == {"message": {"text": "Слышно?"}}


def test_files_are_put_beside_the_tables_and_earlier_exports_are_not(bot: Bot) -> None:
    person = make_profile(bot)
    with in_bot(bot.id):
        for name, content in (("way.png", b"\x89PNG picture"), ("old.zip", b"PK\x03\x04 old"), ("gone", b"")):
            keep_media(
                bot_id=bot.id,
                digest=name,
                filename=name,
                content_type="x",
                content=content,
                chat_id=person.telegram_id,
            )
    tables, others = exported(bot, person.id)
    assert [each["filename"] for each in tables["media"]] == ["way.png", "old.zip", "gone"]
    place, left_out, gone = (each["content"] for each in tables["media"])
    assert (others[place], place.endswith(".png")) == (b"\x89PNG picture", True)
    assert (left_out, gone) == ("(8 bytes)", "")
    assert len(others) == 2


def test_what_does_not_fit_is_named(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiles.services.export_person.MOST_FILES", 4)
    person = planted(bot)
    tables, others = exported(bot, person.profile_id)
    assert tables["media"][0]["content"] == f"({len(WORD.encode())} bytes)"
    assert list(others) == ["READ ME.txt"]


def test_the_archive_of_activity_is_in_it_however_long(bot: Bot, stopped_clock: Clock) -> None:
    person = make_profile(bot)
    fields: dict[str, Any] = {
        "bot": bot,
        "profile": person,
        "kind": "message",
        "created_at": person.created_at,
    }
    with in_bot(bot.id):
        ActivityLog.objects.bulk_create([ActivityLog(**fields) for _ in range(7)])
        ArchivedActivity.objects.bulk_create(
            [ArchivedActivity(**fields, archived_at=person.created_at) for _ in range(2_500)]
        )
    tables, _ = exported(bot, person.id)
    assert (len(tables["activity_logs"]), len(tables["activity_archive"])) == (7, 2_500)


def test_that_it_was_done_is_kept_with_who_did(bot: Bot) -> None:
    person = make_profile(bot)
    with in_bot(bot.id):
        rows = export_person(bot_id=bot.id, profile_id=person.id, into=io.BytesIO(), author_id=17)
        kept = Event.objects.for_bot(bot.id).filter(kind="profile.exported")
        assert list(kept.values_list("profile_id", "payload")) == [(person.id, {"by": 17, "rows": rows})]
    assert rows == 1


def test_of_nobody_there_is_no_file(bot: Bot, other_bot: Bot) -> None:
    stranger = make_profile(other_bot)
    for profile_id in (uuid4(), stranger.id):
        with in_bot(bot.id), pytest.raises(LookupError):
            export_person(bot_id=bot.id, profile_id=profile_id, into=io.BytesIO())
    with in_bot(other_bot.id):
        assert Profile.objects.for_bot(other_bot.id).filter(id=stranger.id).exists()
        assert not Media.objects.for_bot(other_bot.id).exists()
