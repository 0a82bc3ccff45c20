"""The audience becomes a ledger: whole, once each, and the same whoever is interrupted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError

from bots.models import Bot
from broadcast.comparison import Split
from broadcast.contracts import ITSELF
from broadcast.models import Broadcast, Recipient
from broadcast.services import freeze as freezing
from broadcast.services.draft import File, attach_file
from broadcast.services.lifecycle import (
    ask_to_start,
    cancel_broadcast,
    pause_broadcast,
    resume_broadcast,
)
from core.clock import Clock
from core.tenancy import in_bot, in_bots
from profiles.models import Profile, Stream
from profiles.services.erase_profile import erase_profile
from tests.broadcast.campaigns import begun, content, frozen, ledger, read, recounted, share_of, written
from tests.broadcast.postman import elsewhere
from tests.cast import make_profile

PDF = File("plan.pdf", "application/pdf", b"%PDF-1.7 plan")


def asked(*bots: Bot, **fields: Any) -> Broadcast:
    """Started, and its ledger not yet begun."""
    broadcast = written(*bots, **fields)
    start(broadcast)
    return broadcast


def start(broadcast: Broadcast) -> None:
    with in_bots(broadcast.bot_ids):
        ask_to_start(broadcast_id=broadcast.id, by=ITSELF, is_sure=True)


def one_slice(broadcast: Broadcast) -> None:
    """As much as one transaction does."""
    freezing.freeze(broadcast_id=broadcast.id, bot_ids=list(broadcast.bot_ids), must_stop=lambda: True)


def erase(person: Profile) -> None:
    with in_bot(person.bot_id):
        erase_profile(bot_id=person.bot_id, profile_id=person.id)


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "SLICE", 2)


def test_everybody_is_in_the_ledger_once_and_then_it_runs(bot: Bot, small_slices: None) -> None:
    people = [make_profile(bot) for _ in range(5)]
    broadcast = begun(bot)
    assert broadcast.state == "running"
    assert ledger(broadcast, bot.id, "profile_id") == sorted((each.id for each in people), key=str)
    assert recounted(broadcast) == [{"total": 5}]


def test_the_planner_knows_a_large_ledger_as_soon_as_it_is_whole(
    bot: Bot, owner_database: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def known() -> list[Any]:
        return owner_database.execute(
            "SELECT xmin, reltuples FROM pg_class WHERE oid = 'broadcast_recipients'::regclass"
        ).fetchall()

    for _ in range(3):
        make_profile(bot)
    before = known()
    begun(bot)
    assert known() == before
    monkeypatch.setattr(freezing, "WORTH_ANALYSING", 3)
    begun(bot)
    ((_, rows),) = known()
    assert owner_database.execute("SELECT count(*) FROM broadcast_recipients").fetchall() == [(rows,)]


def test_what_died_goes_on_where_it_was_and_two_at_once_do_no_harm(bot: Bot, small_slices: None) -> None:
    people = [make_profile(bot) for _ in range(4)]
    broadcast = asked(bot)
    one_slice(broadcast)
    assert len(ledger(broadcast, bot.id)) == 2
    assert read(broadcast).state == "freezing"
    recounted(broadcast)
    frozen(broadcast)
    frozen(broadcast)
    assert len(ledger(broadcast, bot.id)) == len(people)
    assert recounted(broadcast) == [{"total": 4}]
    assert read(broadcast).state == "running"


def test_who_must_not_be_written_to_is_not_in_it(bot: Bot, other_bot: Bot) -> None:
    vera = make_profile(bot)
    make_profile(bot, consented_at=None)
    make_profile(bot, is_underage=True)
    make_profile(bot, is_active=False)
    make_profile(other_bot)
    broadcast = begun(bot)
    assert ledger(broadcast, bot.id, "profile_id") == [vera.id]
    assert ledger(broadcast, other_bot.id) == []


def test_nobody_is_left_when_it_starts(bot: Bot) -> None:
    vera = make_profile(bot)
    broadcast = asked(bot)
    erase(vera)
    frozen(broadcast)
    found = read(broadcast)
    assert (found.state, found.reason) == ("finished", "nobody")
    assert share_of(broadcast, bot.id).done_at is not None


def test_somebody_in_two_bots_is_written_to_by_the_one_they_used_last(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    now = stopped_clock.now()
    used = [
        # Here, there, and both at the same moment.
        (make_profile(bot, last_seen_at=now), now - timedelta(days=1)),
        (make_profile(bot, last_seen_at=now - timedelta(days=1)), now),
        (make_profile(bot, last_seen_at=now), now),
    ]
    there = [make_profile(other_bot, telegram_id=each.telegram_id, last_seen_at=at) for each, at in used]
    broadcast = begun(bot, other_bot)
    counted = Counter(each for one in (bot, other_bot) for each in written_to(broadcast, one))
    assert counted == {each.telegram_id: 1 for each, _ in used}
    assert used[0][0].telegram_id in written_to(broadcast, bot)
    assert there[1].telegram_id in written_to(broadcast, other_bot)
    # Of equals it is the same each time.
    assert there[2].id > used[2][0].id
    assert there[2].telegram_id in written_to(broadcast, other_bot)
    recounted(broadcast)


def written_to(broadcast: Broadcast, bot: Bot) -> list[int]:
    return ledger(broadcast, bot.id, "profile__telegram_id")


@pytest.mark.parametrize("is_first", [True, False])
def test_somebody_who_goes_from_bot_to_bot_meanwhile_still_gets_it_once(
    bot: Bot, other_bot: Bot, stopped_clock: Clock, is_first: bool
) -> None:
    now = stopped_clock.now()
    earlier, later = now - timedelta(days=2), now - timedelta(days=1)
    here = make_profile(bot, last_seen_at=earlier if is_first else later)
    make_profile(other_bot, telegram_id=here.telegram_id, last_seen_at=later if is_first else earlier)
    # Somebody of each, for whom nothing changes.
    make_profile(bot), make_profile(other_bot)
    broadcast = asked(bot, other_bot)
    one_slice(broadcast)
    stopped_clock.advance(timedelta(seconds=1))
    # The first bot is done: it left them to the other, or has them already.
    moved = bot if is_first else other_bot
    with in_bot(moved.id):
        Profile.objects.for_bot(moved.id).filter(telegram_id=here.telegram_id).update(
            last_seen_at=stopped_clock.now()
        )
    frozen(broadcast)
    everybody = [*written_to(broadcast, bot), *written_to(broadcast, other_bot)]
    assert everybody.count(here.telegram_id) == 1
    assert len(everybody) == 3
    assert sum(each["total"] for each in recounted(broadcast)) == 3


def test_they_are_placed_as_the_comparison_says(bot: Bot) -> None:
    people = [make_profile(bot) for _ in range(120)]
    broadcast = begun(bot, texts=content("One", "Two", "Three"), control_percent=10, test_percent=40)
    split = Split(control_percent=10, test_percent=40, variants=3)
    wanted = {}
    for each in people:
        place = split.place(broadcast.id, each.telegram_id)
        wanted[each.telegram_id] = (place, None) if isinstance(place, str) else ("waiting", place)
    found = ledger(broadcast, bot.id, "profile__telegram_id", "state", "variant")
    assert {telegram_id: (state, variant) for telegram_id, state, variant in found} == wanted
    assert len({state for state, _ in wanted.values()}) == 3
    (figures,) = recounted(broadcast)
    assert figures["control"] + figures["spare"] < 120


def test_paused_on_the_way_it_goes_on_to_freeze(bot: Bot, small_slices: None) -> None:
    for _ in range(4):
        make_profile(bot)
    broadcast = asked(bot)
    one_slice(broadcast)
    with in_bot(bot.id):
        pause_broadcast(broadcast_id=broadcast.id)
    frozen(broadcast)
    assert len(ledger(broadcast, bot.id)) == 2
    with in_bot(bot.id):
        assert resume_broadcast(broadcast_id=broadcast.id, by=ITSELF).state == "freezing"
    frozen(broadcast)
    assert read(broadcast).state == "running"
    assert recounted(broadcast) == [{"total": 4}]


def test_paused_after_any_slice_it_still_takes_its_file_along(bot: Bot, small_slices: None) -> None:
    """Whole is what has its file, too: a message that names none would bring the whole bot down."""
    for _ in range(3):
        make_profile(bot)
    broadcast = written(bot)
    with in_bot(bot.id):
        attach_file(broadcast_id=broadcast.id, kind="document", file=PDF, by=ITSELF)
    start(broadcast)
    while read(broadcast).state == "freezing":
        one_slice(broadcast)
        with in_bot(bot.id):
            pause_broadcast(broadcast_id=broadcast.id)
            resume_broadcast(broadcast_id=broadcast.id, by=ITSELF)
    assert share_of(broadcast, bot.id).media_id is not None
    assert recounted(broadcast) == [{"total": 3}]


def test_cancelled_on_the_way_it_ends_there(bot: Bot, small_slices: None) -> None:
    for _ in range(4):
        make_profile(bot)
    broadcast = asked(bot)
    one_slice(broadcast)
    with in_bot(bot.id):
        cancel_broadcast(broadcast_id=broadcast.id, by=ITSELF)
    frozen(broadcast)
    assert len(ledger(broadcast, bot.id)) == 2
    assert read(broadcast).state == "cancelled"


def test_somebody_erased_between_two_slices_leaves_a_figure(bot: Bot, small_slices: None) -> None:
    people = [make_profile(bot) for _ in range(4)]
    broadcast = asked(bot)
    one_slice(broadcast)
    (first, *_) = ledger(broadcast, bot.id, "profile_id")
    erase(next(each for each in people if each.id == first))
    frozen(broadcast)
    assert ledger(broadcast, bot.id) == ["erased", "waiting", "waiting", "waiting"]
    assert recounted(broadcast) == [{"total": 4, "erased": 1}]


def test_a_figure_that_changes_while_a_slice_is_written_is_not_written_over(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for the better text and is erased in that moment is counted out by another transaction."""
    people = [make_profile(bot) for _ in range(30)]
    monkeypatch.setattr(freezing, "SLICE", 29)
    broadcast = asked(bot, texts=content("One", "Two"), test_percent=1)
    one_slice(broadcast)
    with in_bot(bot.id):
        rows = Recipient.objects.for_bot(bot.id).filter(broadcast_id=broadcast.id, state="spare")
        spare = rows.values_list("profile_id", flat=True).first()
    gone = next(each for each in people if each.id == spare)

    def meanwhile(of: Broadcast, share: Any) -> Any:
        monkeypatch.setattr(freezing, "_people", picked)
        # The share was read before; the other transaction commits now.
        elsewhere(lambda: erase(gone))
        return picked(of, share)

    picked = freezing._people
    monkeypatch.setattr(freezing, "_people", meanwhile)
    frozen(broadcast)
    assert recounted(broadcast)[0]["erased"] == 1


def test_somebody_erased_within_a_slice_is_left_out_and_the_rest_is_not(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera, mila = make_profile(bot), make_profile(bot)
    broadcast = asked(bot)
    add = freezing._add

    def meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(freezing, "_add", add)
        elsewhere(lambda: erase(vera))
        # What PostgreSQL says of a row that refers to somebody who has gone in this moment.
        raise IntegrityError

    monkeypatch.setattr(freezing, "_add", meanwhile)
    frozen(broadcast)
    assert ledger(broadcast, bot.id, "profile_id") == [mila.id]
    assert read(broadcast).state == "running"
    assert recounted(broadcast) == [{"total": 1}]


@pytest.mark.usefixtures("as_staff")
def test_criteria_that_are_no_longer_understood_pause_it_and_say_so(bot: Bot) -> None:
    make_profile(bot, streams=["gone"])
    slug = f"gone-{uuid4().hex[:8]}"
    stream = Stream.objects.create(slug=slug, name_ru="Ушёл", name_en=slug)
    make_profile(bot, streams=[slug])
    broadcast = asked(bot, criteria=f"streams={slug}")
    stream.delete()
    frozen(broadcast)
    found = read(broadcast)
    assert (found.state, found.reason) == ("paused", "criteria")
    assert ledger(broadcast, bot.id) == []
