"""Consent and what ends it, who can be reached, what was found out, and the end of it all."""

from __future__ import annotations

from uuid import UUID

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot, in_bots
from events.models import Event
from profiles.models import ActivityLog, Consent, Profile
from profiles.selectors.profiles_of import profiles_of
from profiles.services.change_language import change_language
from profiles.services.erase_profile import erase_profile
from profiles.services.give_consent import TERMS, give_consent
from profiles.services.mark_underage import mark_underage
from profiles.services.set_active import set_active
from profiles.services.update_portrait import update_portrait
from tests.cast import make_profile


def stored(bot: Bot, profile: Profile) -> Profile:
    with in_bot(bot.id):
        return Profile.objects.for_bot(bot.id).get(id=profile.id)


def events(bot: Bot) -> list[tuple[str, UUID | None, object]]:
    with in_bot(bot.id):
        rows = Event.objects.for_bot(bot.id).order_by("created_at", "id")
        return list(rows.values_list("kind", "profile_id", "payload"))


def consents(bot: Bot) -> list[tuple[object, ...]]:
    with in_bot(bot.id):
        rows = Consent.objects.for_bot(bot.id).order_by("given_at")
        return list(rows.values_list("profile_id", "terms", "language", "given_at", "withdrawn_at"))


def agree(bot: Bot, profile: Profile) -> bool:
    with in_bot(bot.id):
        return give_consent(
            bot_id=bot.id,
            profile_id=profile.id,
            language="en",
            first_name="Vera",
            last_name="Orlova",
            username="vera",
        )


@pytest.fixture
def stranger(bot: Bot) -> Profile:
    return make_profile(bot, consented_at=None, first_name="")


def test_consent_is_kept_as_proof_and_from_then_on_names_are(
    bot: Bot, stranger: Profile, stopped_clock: Clock
) -> None:
    assert agree(bot, stranger) is True
    row = stored(bot, stranger)
    assert (row.consented_at, row.first_name, row.last_name, row.username) == (
        clock.now(),
        "Vera",
        "Orlova",
        "vera",
    )
    assert consents(bot) == [(stranger.id, TERMS, "en", clock.now(), None)]
    assert events(bot) == [("consent.given", stranger.id, {"terms": TERMS})]


def test_consent_is_given_once(bot: Bot, stranger: Profile) -> None:
    agree(bot, stranger)
    assert agree(bot, stranger) is False
    assert (len(consents(bot)), len(events(bot))) == (1, 1)


def test_who_turns_out_to_be_under_age_has_not_consented(
    bot: Bot, stranger: Profile, stopped_clock: Clock
) -> None:
    agree(bot, stranger)
    with in_bot(bot.id):
        mark_underage(bot_id=bot.id, profile_id=stranger.id)
    row = stored(bot, stranger)
    assert (row.is_underage, row.consented_at) == (True, None)
    assert [withdrawn_at for *_, withdrawn_at in consents(bot)] == [clock.now()]
    assert [kind for kind, *_ in events(bot)] == ["consent.given", "profile.underage"]


def test_who_blocks_the_bot_is_inactive_and_said_to_be_so_once(bot: Bot) -> None:
    vera = make_profile(bot)
    for is_active in (False, False, True, True):
        with in_bot(bot.id):
            set_active(bot_id=bot.id, telegram_id=vera.telegram_id, is_active=is_active)
        assert stored(bot, vera).is_active is is_active
    assert events(bot) == [("profile.blocked", vera.id, {}), ("profile.unblocked", vera.id, {})]


def test_a_stranger_who_blocks_the_bot_is_not_remembered_for_it(bot: Bot) -> None:
    with in_bot(bot.id):
        set_active(bot_id=bot.id, telegram_id=404, is_active=False)
        assert not Profile.objects.for_bot(bot.id).exists()
    assert events(bot) == []


def test_the_language_is_the_persons_choice(bot: Bot) -> None:
    vera, boris = make_profile(bot, language="en"), make_profile(bot, language="en")
    with in_bot(bot.id):
        change_language(bot_id=bot.id, profile_id=vera.id, language="ru")
    assert (stored(bot, vera).language, stored(bot, boris).language) == ("ru", "en")


def test_a_portrait_takes_what_was_found_and_keeps_what_was_not(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot, strengths=["patient"], challenges=["waits"], psychotype="emotional")
    with in_bot(bot.id):
        update_portrait(
            bot_id=bot.id,
            profile_id=vera.id,
            metaphysical={"light": -20},
            psychotype="practical",
            strengths=[],
            challenges=["waits too long"],
            journey_stage="",
        )
    row = stored(bot, vera)
    assert (row.psychotype, row.strengths, row.challenges) == ("practical", ["patient"], ["waits too long"])
    assert (row.metaphysical_profile, row.profile_updated_at) == ({"light": -20}, clock.now())
    assert events(bot) == [
        ("profile.updated", vera.id, {"fields": ["challenges", "metaphysical_profile", "psychotype"]})
    ]


def test_an_erased_person_is_gone_with_all_that_refers_to_them(bot: Bot, other_bot: Bot) -> None:
    vera, boris, elsewhere = make_profile(bot), make_profile(bot), make_profile(other_bot)
    for each in (vera, boris):
        agree_anew = {"terms": TERMS, "language": "en", "given_at": clock.now()}
        with in_bot(bot.id):
            Consent.objects.create(bot=bot, profile=each, **agree_anew)
            ActivityLog.objects.create(bot=bot, profile=each, kind="message", created_at=clock.now())
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=vera.id)
        assert list(Profile.objects.for_bot(bot.id).values_list("id", flat=True)) == [boris.id]
        assert list(Consent.objects.for_bot(bot.id).values_list("profile_id", flat=True)) == [boris.id]
        assert list(ActivityLog.objects.for_bot(bot.id).values_list("profile_id", flat=True)) == [boris.id]
    assert events(bot) == [("profile.erased", None, {})]
    assert stored(other_bot, elsewhere).id == elsewhere.id


def test_who_is_not_there_is_not_said_to_be_erased(bot: Bot, other_bot: Bot) -> None:
    elsewhere = make_profile(other_bot)
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=elsewhere.id)
    assert events(bot) == []
    assert stored(other_bot, elsewhere).id == elsewhere.id


def test_the_profiles_of_one_person_are_found_in_the_bots_in_scope(bot: Bot, other_bot: Bot) -> None:
    here = make_profile(bot, telegram_id=900_001)
    there = make_profile(other_bot, telegram_id=900_001)
    with in_bots([bot.id, other_bot.id]):
        assert set(profiles_of(telegram_id=900_001)) == {(bot.id, here.id), (other_bot.id, there.id)}
    with in_bot(bot.id):
        assert profiles_of(telegram_id=900_001) == [(bot.id, here.id)]
