"""What staff change about a person: markers, flags, and a summary that a colleague has changed meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from profiles.errors import ProfileError
from profiles.markers import MOST
from profiles.models import Profile
from profiles.services.change_marker import change_marker
from profiles.services.restore_version import edit_summary, summary_digest
from profiles.services.set_blocked import set_blocked
from profiles.services.set_flags import set_flags
from tests.cast import make_profile

ANNA = 17


def marked(person: Profile, name: str, value: str) -> bool:
    with in_bot(person.bot_id):
        return change_marker(
            bot_id=person.bot_id, profile_id=person.id, name=name, value=value, author_id=ANNA
        )


def refused(person: Profile, name: str, value: str) -> str:
    with pytest.raises(ProfileError) as error:
        marked(person, name, value)
    return error.value.code


def stored(person: Profile) -> Profile:
    with in_bot(person.bot_id):
        return Profile.objects.for_bot(person.bot_id).get(id=person.id)


def events(bot: Bot) -> list[str]:
    with in_bot(bot.id):
        return list(Event.objects.for_bot(bot.id).values_list("kind", flat=True))


def test_a_marker_that_says_so_already_is_no_change(bot: Bot) -> None:
    person = make_profile(bot, markers={"city": "Kazan"})
    assert not marked(person, "city", "Kazan")
    assert not marked(person, "country", "")
    assert events(bot) == []


def test_nothing_is_marked_of_who_does_not_agree_or_is_nobodys(bot: Bot, other_bot: Bot) -> None:
    stranger = make_profile(bot, consented_at=None)
    foreign = make_profile(other_bot)
    assert not marked(stranger, "city", "Kazan")
    with in_bot(bot.id):
        for profile_id in (stranger.id, foreign.id, uuid4()):
            asked: dict[str, Any] = {"bot_id": bot.id, "profile_id": profile_id, "author_id": ANNA}
            assert not change_marker(**asked, name="city", value="Kazan")
            assert not set_flags(**asked, flags={"started_journey": True})
    assert events(bot) == []


def test_a_person_has_a_bounded_number_of_markers(bot: Bot) -> None:
    person = make_profile(bot, markers={f"m{number}": "x" for number in range(MOST)})
    assert refused(person, "one_more", "x") == "profiles.marker_many"
    assert marked(person, "m0", "y")
    assert marked(person, "m1", "")
    assert marked(person, "one_more", "x")
    assert len(stored(person).markers) == MOST


def test_what_the_service_refuses_changes_nothing(bot: Bot) -> None:
    person = make_profile(bot)
    assert refused(person, "Город", "x") == "profiles.marker_name"
    assert refused(person, "interested_stream", "tarot") == "profiles.marker_stream"
    assert refused(person, "purchased_streams", "shadow") == "profiles.marker_kept"
    assert refused(person, "city", "x" * 201) == "profiles.marker_long"
    assert stored(person).markers == {}
    assert events(bot) == []


def test_flags_that_hold_anyway_are_no_change(bot: Bot, stopped_clock: Clock) -> None:
    person = make_profile(bot, has_started_journey=True, started_journey_at=clock.now())
    asked: dict[str, Any] = {"bot_id": bot.id, "profile_id": person.id, "author_id": ANNA}
    with in_bot(bot.id):
        assert not set_flags(**asked, flags={"started_journey": True, "visited_platform": False})
        with pytest.raises(ProfileError, match="not started"):
            set_flags(**asked, flags={"started_journey": False, "completed_journey": True})
    assert stored(person).has_started_journey
    assert events(bot) == []


def test_a_summary_that_was_changed_meanwhile_is_not_written_over(bot: Bot) -> None:
    person = make_profile(bot, psychological_summary="She waits.")
    asked: dict[str, Any] = {"bot_id": bot.id, "profile_id": person.id, "author_id": ANNA}
    with in_bot(bot.id):
        seen = summary_digest("She waits.")
        assert edit_summary(**asked, summary="She acts.", seen=seen)
        with pytest.raises(ProfileError, match="changed the summary meanwhile"):
            edit_summary(**asked, summary="She rests.", seen=seen)
        # Who wants the same as the colleague has it.
        assert not edit_summary(**asked, summary="She acts.", seen=seen)
    assert stored(person).psychological_summary == "She acts."


def test_blocking_is_known_from_the_first_to_the_last(bot: Bot, stopped_clock: Clock) -> None:
    person = make_profile(bot)
    asked: dict[str, Any] = {"bot_id": bot.id, "profile_id": person.id, "author_id": ANNA}
    with in_bot(bot.id):
        assert [set_blocked(**asked, is_blocked=each) for each in (True, True, False, False)] == [
            True,
            False,
            True,
            False,
        ]
    assert events(bot) == ["profile.barred", "profile.let_in"]
