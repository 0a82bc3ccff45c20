"""How a person is seen: kept, in versions, restored, written by staff."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connections
from structlog.testing import capture_logs

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from profiles.contracts import NewPortrait, VersionLine
from profiles.differences import Change
from profiles.models import Profile, ProfileVersion, VersionOrigin
from profiles.selectors.versions_of import versions_of
from profiles.services.keep_portrait import keep_portrait
from profiles.services.restore_version import edit_summary, restore_version
from tests.cast import make_profile

pytestmark = pytest.mark.usefixtures("as_staff")

HERO, SHADOW, HEART = "hero-path", "shadow", "open-heart"


def portrait(summary: str = "", *streams: str, what_changed: str = "", **more: Any) -> NewPortrait:
    return NewPortrait(summary=summary, streams=streams, what_changed=what_changed, **more)


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody whose portrait is made."""

    bot: Bot
    id: UUID

    def sit(self, made: NewPortrait, *, origin: str = "rotation", run_id: UUID | None = None) -> bool:
        with in_bot(self.bot.id):
            return keep_portrait(
                bot_id=self.bot.id, profile_id=self.id, portrait=made, origin=origin, run_id=run_id
            )

    def restore(self, version_id: UUID, *, author: User | None = None) -> bool:
        with in_bot(self.bot.id):
            return restore_version(
                bot_id=self.bot.id,
                profile_id=self.id,
                version_id=version_id,
                author_id=author.pk if author else None,
            )

    def row(self) -> Profile:
        with in_bot(self.bot.id):
            return Profile.objects.for_bot(self.bot.id).get(id=self.id)

    def versions(self, limit: int = 20) -> list[VersionLine]:
        with in_bot(self.bot.id):
            return versions_of(bot_id=self.bot.id, profile_id=self.id, limit=limit)

    def told(self) -> list[dict[str, Any]]:
        with in_bot(self.bot.id):
            rows = Event.objects.for_bot(self.bot.id).filter(profile_id=self.id).order_by("created_at", "id")
            assert {each.kind for each in rows} <= {"profile.updated"}
            return [each.payload for each in rows]


@pytest.fixture
def vera(bot: Bot) -> Sitter:
    return Sitter(bot, make_profile(bot).id)


def test_the_first_portrait_is_the_first_version(vera: Sitter, stopped_clock: Clock) -> None:
    run = uuid4()
    made = portrait(
        " She waits\nfor others. ",
        HERO,
        SHADOW,
        what_changed="new",
        interests=("choir", "unknown", "<b>hiking</b>"),
        chat_style="short\nsentences",
        personality="warm",
    )
    assert vera.sit(made, run_id=run) is True
    row = vera.row()
    assert (row.psychological_summary, row.streams) == ("She waits\nfor others.", [HERO, SHADOW])
    assert (row.chat_style, row.personality, row.interests) == (
        "short sentences",
        "warm",
        ["choir", "hiking"],
    )
    assert row.profile_updated_at == clock.now()
    (version,) = vera.versions()
    assert (version.number, version.summary, version.streams) == (
        1,
        row.psychological_summary,
        (HERO, SHADOW),
    )
    assert (version.origin, version.what_changed, version.author) == ("rotation", "new", "")
    assert (version.changes, version.streams_added, version.created_at) == ((), (), clock.now())
    with in_bot(vera.bot.id):
        assert ProfileVersion.objects.for_bot(vera.bot.id).get().run_id == run
    assert vera.told() == [
        {
            "fields": ["psychological_summary", "streams", "chat_style", "personality", "interests"],
            "version": 1,
            "origin": "rotation",
        }
    ]


def test_a_summary_from_before_there_were_versions_is_the_first_of_them(
    bot: Bot, stopped_clock: Clock
) -> None:
    long_ago = clock.now() - timedelta(days=30)
    vera = Sitter(
        bot,
        make_profile(
            bot, psychological_summary="She waits.", streams=[HEART], profile_updated_at=long_ago
        ).id,
    )
    vera.sit(portrait("She acts.", HEART, HERO), origin="visit")
    second, first = vera.versions()
    assert (first.number, first.summary, first.streams, first.origin) == (1, "She waits.", (HEART,), "")
    assert first.created_at == long_ago
    assert (second.number, second.origin, second.streams_added, second.streams_removed) == (
        2,
        "visit",
        (HERO,),
        (),
    )
    assert second.changes == (
        Change("same", "She"),
        Change("removed", " waits."),
        Change("added", " acts."),
    )


def test_what_is_the_same_is_no_version_but_the_profile_is_fresh(vera: Sitter, stopped_clock: Clock) -> None:
    vera.sit(portrait("She waits.", HERO))
    stopped_clock.advance(timedelta(days=8))
    assert vera.sit(portrait("She waits.", HERO, what_changed="nothing")) is False
    assert (len(vera.versions()), vera.row().profile_updated_at) == (1, clock.now())
    assert vera.told()[-1] == {"fields": [], "version": None, "origin": "rotation"}


def test_nothing_said_changes_nothing(vera: Sitter, stopped_clock: Clock) -> None:
    vera.sit(portrait("She waits.", HERO, chat_style="short", personality="warm"))
    before = vera.row()
    stopped_clock.advance(timedelta(days=8))
    assert vera.sit(portrait("  \u202e\x00 ")) is False
    row = vera.row()
    assert (row.psychological_summary, row.streams, row.chat_style, row.personality) == (
        before.psychological_summary,
        before.streams,
        "short",
        "warm",
    )
    assert row.profile_updated_at == clock.now()


def test_new_streams_alone_are_a_version_too(vera: Sitter) -> None:
    vera.sit(portrait("She waits.", HERO))
    assert vera.sit(portrait("", SHADOW, HERO, SHADOW)) is True
    assert vera.row().streams == [SHADOW, HERO]
    latest = vera.versions()[0]
    assert (latest.summary, latest.streams, latest.streams_added) == ("She waits.", (SHADOW, HERO), (SHADOW,))
    assert latest.changes == (Change("same", "She waits."),)


def test_no_stream_at_all_may_be_the_answer(vera: Sitter) -> None:
    vera.sit(portrait("She waits.", HERO))
    vera.sit(portrait("She is in pain."))
    assert vera.row().streams == []
    assert vera.versions()[0].streams_removed == (HERO,)


def test_streams_that_do_not_exist_are_left_out_with_one_log_event(vera: Sitter) -> None:
    with capture_logs() as logs:
        vera.sit(portrait("She waits.", "tarot", HERO, "Путь Героя", "\x00"))
    assert [(each["event"], each["unknown"]) for each in logs] == [("portrait.streams_unknown", 3)]
    assert vera.row().streams == [HERO]
    with capture_logs() as logs:
        vera.sit(portrait("She waits no more.", "tarot"))
    assert len(logs) == 1
    assert (vera.row().streams, vera.row().psychological_summary) == ([HERO], "She waits no more.")


def test_a_portrait_of_three_megabytes_fits(vera: Sitter) -> None:
    vera.sit(
        portrait(
            "She waits. " * 300_000,
            what_changed="x" * 10_000,
            chat_style="y" * 10_000,
            interests=("z " * 100_000,) * 1000,
        )
    )
    row, version = vera.row(), vera.versions()[0]
    assert (len(row.psychological_summary), len(version.what_changed), len(row.chat_style)) == (
        5999,
        600,
        200,
    )
    assert [len(each) for each in row.interests] == [300]


def test_nothing_is_kept_of_who_does_not_agree_any_more(bot: Bot, other_bot: Bot) -> None:
    for profile_id in (make_profile(bot, consented_at=None).id, make_profile(other_bot).id, uuid4()):
        gone = Sitter(bot, profile_id)
        assert gone.sit(portrait("She waits.", HERO)) is False
        assert (gone.versions(), gone.told()) == ([], [])


def test_an_earlier_version_is_put_in_force_again_as_a_new_one(vera: Sitter, stopped_clock: Clock) -> None:
    author = User.objects.create(username=f"coach-{uuid4().hex[:8]}")
    for summary in ("One.", "Two.", "Three."):
        vera.sit(portrait(summary, HERO))
    stopped_clock.advance(timedelta(days=1))
    first = vera.versions()[-1]
    assert vera.restore(first.id, author=author) is True
    assert (vera.row().psychological_summary, vera.row().profile_updated_at) == ("One.", clock.now())
    latest = vera.versions()[0]
    assert (latest.number, latest.origin, latest.author) == (4, "restored", author.username)
    assert latest.what_changed == "v1"
    assert vera.told()[-1] == {
        "fields": ["psychological_summary"],
        "version": 4,
        "origin": "restored",
        "by": author.pk,
    }
    assert vera.restore(first.id, author=author) is False
    assert len(vera.versions()) == 4


def test_a_version_is_restored_for_its_own_person_alone(vera: Sitter, other_bot: Bot) -> None:
    vera.sit(portrait("One."))
    vera.sit(portrait("Two."))
    version = vera.versions()[-1].id
    boris = Sitter(vera.bot, make_profile(vera.bot).id)
    elsewhere = Sitter(other_bot, make_profile(other_bot).id)
    assert (boris.restore(version), elsewhere.restore(version), vera.restore(uuid4())) == (
        False,
        False,
        False,
    )
    assert (boris.row().psychological_summary, vera.row().psychological_summary) == ("", "Two.")


def test_staff_write_a_summary_themselves(vera: Sitter) -> None:
    vera.sit(portrait("One.", HERO))
    asked: dict[str, Any] = {"bot_id": vera.bot.id, "profile_id": vera.id, "author_id": None}
    with in_bot(vera.bot.id):
        assert edit_summary(**asked, summary="Written\r\nby hand.\x00") is True
        assert edit_summary(**asked, summary="Written\nby hand.") is False
    assert (vera.row().psychological_summary, vera.row().streams) == ("Written\nby hand.", [HERO])
    latest = vera.versions()[0]
    assert (latest.number, latest.origin) == (2, VersionOrigin.STAFF)
    with in_bot(vera.bot.id):
        assert edit_summary(**asked, summary="") is True
    assert vera.row().psychological_summary == ""


def test_versions_are_shown_from_the_newest_each_with_what_differs(vera: Sitter) -> None:
    for number in range(1, 6):
        vera.sit(portrait(f"Version {number}."))
    shown = vera.versions(limit=2)
    assert [each.number for each in shown] == [5, 4]
    for each in shown:
        assert each.changes == (
            Change("same", "Version"),
            Change("removed", f" {each.number - 1}."),
            Change("added", f" {each.number}."),
        )
    assert [each.number for each in vera.versions(limit=5)] == [5, 4, 3, 2, 1]
    assert vera.versions(limit=5)[-1].changes == ()


def test_portraits_made_at_once_are_numbered_one_after_the_other(vera: Sitter) -> None:
    def sit(number: int) -> None:
        try:
            vera.sit(portrait(f"Portrait {number}."))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sit, range(8)))
    versions = vera.versions()
    assert [each.number for each in versions] == list(range(8, 0, -1))
    assert vera.row().psychological_summary == versions[0].summary
