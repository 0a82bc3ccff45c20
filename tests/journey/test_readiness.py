from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from journey.contracts import ReadinessTaken, StreamReadiness
from journey.models import Readiness
from journey.selectors.latest_readiness import latest_readiness, readiness_over_time, readiness_with
from journey.services.choose_stream import choose_stream
from journey.services.keep_readiness import keep_readiness
from profiles.models import Profile, Stream
from profiles.services.set_marker import set_marker
from tests.cast import make_profile
from tests.journey.walks import again, erase, happened

HEART = StreamReadiness("open-heart", 80, "says what hurts", "I miss him")
SHADOW = StreamReadiness("shadow", 35, "", "")


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot)


def keep(person: Profile, *streams: StreamReadiness, digest: str = "d") -> UUID | None:
    with in_bot(person.bot_id):
        return keep_readiness(bot_id=person.bot_id, profile_id=person.id, streams=streams, digest=digest)


def choose(person: Profile, slug: str, correlation_id: str = "") -> bool:
    with in_bot(person.bot_id):
        return choose_stream(
            bot_id=person.bot_id, profile_id=person.id, slug=slug, correlation_id=correlation_id
        )


def latest(person: Profile) -> ReadinessTaken:
    with in_bot(person.bot_id):
        found = latest_readiness(bot_id=person.bot_id, profile_id=person.id)
    assert found is not None
    return found


def test_a_readiness_is_kept_beside_those_before_and_the_profile_holds_the_newest(
    vera: Profile, stopped_clock: Clock
) -> None:
    first = keep(vera, SHADOW, digest="one")
    taken_first = stopped_clock.now()
    stopped_clock.advance(timedelta(days=7))
    second = keep(vera, HEART, SHADOW, digest="two")

    assert latest(vera) == ReadinessTaken(second, (HEART, SHADOW), "", stopped_clock.now())  # type: ignore[arg-type]
    assert latest(vera).percents == {"open-heart": 80, "shadow": 35}
    assert again(vera).readiness == {"open-heart": 80, "shadow": 35}
    with in_bot(vera.bot_id):
        over_time = readiness_over_time(bot_id=vera.bot_id, profile_id=vera.id)
        newest = readiness_over_time(bot_id=vera.bot_id, profile_id=vera.id, limit=1)
    assert over_time == [
        (taken_first, {"shadow": 35}),
        (stopped_clock.now(), {"open-heart": 80, "shadow": 35}),
    ]
    assert newest == over_time[1:]
    assert first != second


def test_its_event_holds_percents_and_no_words(vera: Profile) -> None:
    keep(vera, HEART, SHADOW)
    assert happened(vera) == [("readiness.analysed", {"open-heart": 80, "shadow": 35})]


def test_it_is_known_by_what_it_was_made_from_while_it_is_the_latest(
    vera: Profile, stopped_clock: Clock
) -> None:
    def with_digest(digest: str) -> ReadinessTaken | None:
        with in_bot(vera.bot_id):
            return readiness_with(bot_id=vera.bot_id, profile_id=vera.id, digest=digest)

    assert with_digest("one") is None
    keep(vera, HEART, digest="one")
    assert with_digest("one") == latest(vera)
    stopped_clock.advance(timedelta(minutes=1))
    keep(vera, HEART, digest="two")
    assert with_digest("one") is None
    assert with_digest("two") == latest(vera)


def test_of_somebody_unknown_there_is_no_readiness(vera: Profile, other_bot: Bot) -> None:
    keep(vera, HEART)
    with in_bot(other_bot.id):
        assert latest_readiness(bot_id=other_bot.id, profile_id=vera.id) is None
        assert readiness_over_time(bot_id=other_bot.id, profile_id=vera.id) == []


def test_nothing_is_kept_of_somebody_who_is_gone(vera: Profile) -> None:
    erase(vera)
    assert keep(vera, HEART) is None
    assert choose(vera, "open-heart") is False
    assert happened(vera) == []


def test_the_stream_that_a_person_taps_is_a_marker_and_is_kept_with_their_readiness(
    vera: Profile, stopped_clock: Clock
) -> None:
    keep(vera, SHADOW)
    stopped_clock.advance(timedelta(hours=1))
    keep(vera, HEART, SHADOW)
    with in_bot(vera.bot_id):
        set_marker(bot_id=vera.bot_id, profile_id=vera.id, name="vip", value=True)
    stopped_clock.advance(timedelta(hours=1))
    assert choose(vera, "open-heart", "c-9") is True

    assert again(vera).markers == {"vip": True, "interested_stream": "open-heart"}
    with in_bot(vera.bot_id):
        rows = Readiness.objects.for_bot(vera.bot_id).filter(profile_id=vera.id).order_by("created_at")
        assert list(rows.values_list("chosen", "chosen_at")) == [
            ("", None),
            ("open-heart", stopped_clock.now()),
        ]
    assert happened(vera)[-1] == ("stream.chosen", {"stream": "open-heart"})


def test_choosing_the_same_again_changes_nothing_and_another_replaces_it(
    vera: Profile, stopped_clock: Clock
) -> None:
    keep(vera, HEART, SHADOW)
    choose(vera, "open-heart")
    seen = happened(vera)
    stopped_clock.advance(timedelta(hours=1))
    assert choose(vera, "open-heart") is True
    assert happened(vera) == seen
    assert choose(vera, "shadow") is True
    assert again(vera).markers == {"interested_stream": "shadow"}
    assert latest(vera).chosen == "shadow"
    assert len(happened(vera)) == len(seen) + 1


def test_a_new_readiness_is_answered_by_choosing_the_same_stream_anew(
    vera: Profile, stopped_clock: Clock
) -> None:
    keep(vera, HEART)
    choose(vera, "open-heart")
    stopped_clock.advance(timedelta(days=7))
    keep(vera, HEART)
    assert latest(vera).chosen == ""
    assert choose(vera, "open-heart") is True
    assert latest(vera).chosen == "open-heart"
    assert [kind for kind, _ in happened(vera)].count("stream.chosen") == 2


def test_a_stream_can_be_chosen_without_a_readiness(vera: Profile) -> None:
    assert choose(vera, "awakening") is True
    assert again(vera).markers == {"interested_stream": "awakening"}


@pytest.mark.parametrize("slug", ["", "no-such-stream", "OPEN-HEART", "x" * 500])
def test_what_is_not_offered_cannot_be_chosen(vera: Profile, slug: str) -> None:
    keep(vera, HEART)
    seen = happened(vera)
    assert choose(vera, slug) is False
    assert (again(vera).markers, latest(vera).chosen, happened(vera)) == ({}, "", seen)


def test_a_stream_that_is_not_offered_any_more_cannot_be_chosen(vera: Profile, owner_database: Any) -> None:
    slug = f"gone-{vera.telegram_id}"
    owner_database.execute(
        "INSERT INTO streams (id, slug, name_ru, name_en, description_ru, description_en, url, position,"
        " is_offered, updated_at) VALUES (gen_random_uuid(), %s, 'x', 'x', '', '', '', 9, false, now())",
        [slug],
    )
    assert Stream.objects.filter(slug=slug).exists()
    assert choose(vera, slug) is False


def test_markers_that_are_set_at_once_do_not_undo_each_other(vera: Profile) -> None:
    both = Barrier(2)

    def act(which: str) -> None:
        try:
            with in_bot(vera.bot_id):
                both.wait(timeout=30)
                if which == "stream":
                    choose_stream(bot_id=vera.bot_id, profile_id=vera.id, slug="shadow")
                else:
                    set_marker(bot_id=vera.bot_id, profile_id=vera.id, name="vip", value=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(act, ("stream", "marker")))
    assert again(vera).markers == {"interested_stream": "shadow", "vip": 1}
