"""Refreshing profiles of people who were picked: one, a selection, or all who match; beside the bot's own rounds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from bots.models import Bot
from bots.roles import Role
from care.models import RotationPick, RotationRun
from care.selectors.picked_runs import TOLD_FOR, picked_runs
from care.services import pick_people as module
from care.services.keep_run import end_run, runs_to_go_on_with, take_run, want_run
from care.services.pick_people import Picked, pick_people
from care.services.rotate import go_on_with_run
from core import work
from core.clock import Clock, clock
from core.tenancy import in_bot
from profiles.models import Profile
from profiles.services.erase_profile import erase_profile
from tests.care.folk import again, talker
from tests.cast import make_profile
from tests.web.people import browser, make_coach

PAGE, REFRESH, RUNS = "/admin/gallery/", "/admin/gallery/refresh/", "/admin/gallery/runs/"
WORDS = "I am afraid and I long for another life by the sea."
HX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("as_staff")


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The background work that was asked for; nobody does it."""
    asked: list[tuple[Any, ...]] = []

    class Nobody:
        def send_task(self, name: str, arguments: Any, **_how: Any) -> None:
            asked.append((name, *arguments))

    monkeypatch.setattr(work, "_client", Nobody)
    return asked


@pytest.fixture
def me(bot: Bot) -> Client:
    return browser(make_coach(bot))


def html(response: Any) -> str:
    return str(response.content.decode())


def key(person: Profile) -> str:
    return f"{person.bot_id}:{person.id}"


def picked(bot: Bot, *people: Profile) -> Picked:
    return pick_people(bot_id=bot.id, profile_ids=[each.id for each in people])


def results(bot: Bot) -> dict[UUID, str]:
    with in_bot(bot.id):
        return dict(RotationPick.objects.for_bot(bot.id).values_list("profile_id", "result"))


def walked(bot: Bot, run_id: UUID | None) -> str:
    assert run_id is not None
    for _ in range(9):
        run = go_on_with_run(bot_id=bot.id, run_id=run_id)
        assert run is not None
        if run.state != "running":
            return run.state
    pytest.fail("the run does not end")


# The rounds


def test_those_who_were_picked_and_nobody_else_are_portrayed(bot: Bot, asked_for: list[Any]) -> None:
    people = [talker(bot, WORDS) for _ in range(3)]
    fresh = talker(bot, WORDS, profile_updated_at=clock.now(), last_seen_at=clock.now() - timedelta(days=99))
    mute = make_profile(bot)
    wish = picked(bot, people[0], fresh, mute)
    assert (wish.taken, wish.left_out, wish.refusal) == (3, 0, "")
    assert asked_for == [("care.tasks.rotate_batch", str(bot.id), str(wish.run_id))]
    assert walked(bot, wish.run_id) == "done"
    assert results(bot) == {people[0].id: "updated", fresh.id: "updated", mute.id: "skipped"}
    portrayed = [bool(again(each).psychological_summary) for each in (*people, fresh)]
    assert portrayed == [True, False, False, True]
    with in_bot(bot.id):
        run = RotationRun.objects.for_bot(bot.id).get(id=wish.run_id)
        assert (run.trigger, run.is_picked, run.candidates, run.processed) == ("staff", True, 3, 3)


def test_a_selection_goes_beside_the_bots_own_round(bot: Bot) -> None:
    person = talker(bot, WORDS)
    with in_bot(bot.id):
        own = want_run(bot_id=bot.id, trigger="daily")
        assert own is not None
        assert take_run(bot_id=bot.id, run_id=own) is not None
    wish = picked(bot, person)
    with in_bot(bot.id):
        # Neither is in the other's way, and the sweep finds it even if nobody was told.
        assert want_run(bot_id=bot.id, trigger="daily") is None
        assert wish.run_id in runs_to_go_on_with(bot_id=bot.id)
    assert walked(bot, wish.run_id) == "done"
    with in_bot(bot.id):
        end_run(bot_id=bot.id, run_id=own, state="stopped")
        assert want_run(bot_id=bot.id, trigger="daily") is not None


def test_who_may_not_be_portrayed_is_left_out(bot: Bot, other_bot: Bot) -> None:
    strangers = [
        make_profile(bot, consented_at=None),
        make_profile(bot, is_underage=True),
        make_profile(bot, is_active=False),
        make_profile(other_bot),
    ]
    assert picked(bot, *strangers) == Picked(bot.id, left_out=4, refusal="nobody")
    wish = picked(bot, talker(bot, WORDS), *strangers)
    assert (wish.taken, wish.left_out) == (1, 4)
    assert len(results(bot)) == 1


def test_who_takes_back_their_consent_meanwhile_is_passed_over(bot: Bot) -> None:
    people = [talker(bot, WORDS) for _ in range(2)]
    wish = picked(bot, *people)
    with in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=people[0].id).update(consented_at=None)
    assert walked(bot, wish.run_id) == "done"
    assert results(bot) == {people[0].id: "skipped", people[1].id: "updated"}
    assert again(people[0]).psychological_summary == ""


def test_who_was_erased_takes_their_pick_along(bot: Bot) -> None:
    person = talker(bot, WORDS)
    wish = picked(bot, person)
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=person.id)
    assert results(bot) == {}
    assert walked(bot, wish.run_id) == "done"


def test_nobody_waits_twice_and_no_bot_has_too_many_waiting(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [talker(bot, WORDS) for _ in range(3)]
    assert picked(bot, people[0]).taken == 1
    assert picked(bot, people[0]).refusal == "waiting"
    assert picked(bot, *people[:2]).taken == 1
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    assert picked(bot, people[2]).refusal == "too_many"
    assert len(results(bot)) == 2


def test_a_spent_budget_is_told_beforehand_and_ends_what_is_under_way(bot: Bot, asked_for: list[Any]) -> None:
    person = talker(bot, WORDS)
    wish = picked(bot, person)
    Bot.objects.filter(id=bot.id).update(rotation_budget_usd=Decimal(0))
    assert picked(bot, talker(bot, WORDS)).refusal == "budget"
    assert walked(bot, wish.run_id) == "over_budget"
    assert results(bot) == {person.id: ""}
    assert len(asked_for) == 1


def test_old_picks_are_trimmed_and_rounds_are_told_of_for_a_while(bot: Bot, stopped_clock: Clock) -> None:
    people = [talker(bot, WORDS) for _ in range(2)]
    first = picked(bot, people[0])
    assert walked(bot, first.run_id) == "done"
    with in_bot(bot.id):
        assert [(run.id, run.is_live) for run in picked_runs(bot_ids=[bot.id])] == [(first.run_id, False)]
    stopped_clock.advance(TOLD_FOR)
    second = picked(bot, people[1])
    with in_bot(bot.id):
        (run,) = picked_runs(bot_ids=[bot.id])
    assert (run.id, run.is_live, run.people) == (second.run_id, True, {people[1].id: ""})
    stopped_clock.advance(timedelta(days=3))
    assert walked(bot, second.run_id) == "done"
    picked(bot, people[0])
    assert results(bot) == {people[0].id: ""}


# The page


def test_one_is_refreshed_by_the_button_on_their_card(bot: Bot, me: Client) -> None:
    person = talker(bot, WORDS, first_name="Vera")
    assert f'name="one" value="{key(person)}"' in html(me.get(PAGE))
    answer = me.post(REFRESH, {"one": key(person), "query": "gender=-"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/gallery/?gender=-")
    assert "The profile of 1 person is being refreshed." in html(me.get(PAGE))
    live = html(me.get(RUNS))
    assert "Refreshing profiles" in live
    assert 'hx-trigger="every 2s"' in live
    assert f'id="gl-state-{person.id}"' in live
    assert "Being refreshed…" in live
    with in_bot(bot.id):
        run_id = RotationRun.objects.for_bot(bot.id).get().id
    walked(bot, run_id)
    over = html(me.get(RUNS))
    assert "Profiles refreshed" in over
    assert "1 renewed · 0 nothing new · 0 failed" in over
    assert "Refreshed just now" in over
    assert "hx-trigger" not in over


def test_a_selection_is_refreshed_and_a_live_page_is_answered_with_how_it_goes(
    bot: Bot, other_bot: Bot
) -> None:
    me = browser(make_coach(bot, other_bot))
    people = [talker(bot, WORDS), talker(bot, WORDS), talker(other_bot, WORDS)]
    stranger = make_profile(bot, consented_at=None)
    answer = me.post(REFRESH, {"what": "chosen", "pick": [*map(key, people), key(stranger)]}, headers=HX)
    page = html(answer)
    assert answer.status_code == 200
    assert "1 person may not be portrayed and was left out." in page
    assert "0 / 3" in page
    assert (len(results(bot)), len(results(other_bot))) == (2, 1)
    assert f"{other_bot.name}: They are being refreshed already." in html(
        me.post(REFRESH, {"pick": [key(people[2]), key(talker(bot, WORDS))]}, headers=HX)
    )


def test_all_who_match_are_refreshed_within_a_bound(
    bot: Bot, other_bot: Bot, me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    men = [talker(bot, WORDS, gender="male") for _ in range(3)]
    talker(bot, WORDS, gender="female")
    make_profile(bot, gender="male", consented_at=None)
    talker(other_bot, WORDS, gender="male")
    me.post(REFRESH, {"what": "all", "query": "gender=male", "pick": key(men[0])})
    assert set(results(bot)) == {each.id for each in men}
    assert results(other_bot) == {}
    monkeypatch.setattr("dashboard.gallery.refreshing.MOST_PICKS", 1)
    me.post(REFRESH, {"what": "all", "query": "gender=female"})
    assert len(results(bot)) == 4
    nobody = me.post(REFRESH, {"what": "all", "query": "gender=other"}, headers=HX)
    assert "Nobody fits." in html(nobody)


def test_a_refusal_is_told(bot: Bot, me: Client) -> None:
    person = talker(bot, WORDS)
    Bot.objects.filter(id=bot.id).update(daily_budget_usd=Decimal(0))
    said = html(me.post(REFRESH, {"one": key(person)}, headers=HX))
    assert "budget for today is spent" in said
    assert "Refreshing profiles" not in said
    assert results(bot) == {}


def test_a_round_that_ended_early_says_why(bot: Bot, me: Client) -> None:
    wish = picked(bot, talker(bot, WORDS))
    Bot.objects.filter(id=bot.id).update(rotation_budget_usd=Decimal(0))
    walked(bot, wish.run_id)
    page = html(me.get(RUNS))
    assert "Refreshing ended early" in page
    assert "budget is spent; the others were left as they are" in page
    assert "Left as it is" in page


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ANALYST])
def test_who_may_not_change_people_refreshes_nobody_and_sees_no_button(bot: Bot, role: Role) -> None:
    person = talker(bot, WORDS)
    looker = browser(make_coach(bot, role=role))
    assert looker.post(REFRESH, {"one": key(person)}).status_code == 403
    assert looker.get(RUNS).status_code == 403
    if role is Role.READ_ONLY:
        page = html(looker.get(PAGE))
        assert 'name="one"' not in page
        assert 'name="pick"' not in page
        assert "Refresh profiles" not in page
    assert results(bot) == {}


def test_people_of_others_and_nonsense_are_not_there(bot: Bot, other_bot: Bot, me: Client) -> None:
    theirs = talker(other_bot, WORDS)
    both = browser(make_coach(bot))
    for asked in (
        {"one": key(theirs)},
        {"pick": [key(talker(bot, WORDS)), key(theirs)]},
        {"pick": "nonsense"},
        {"one": f"{bot.id}:x"},
        {"pick": []},
        {"what": "all", "query": f"bot={other_bot.slug}"},
    ):
        assert both.post(REFRESH, asked).status_code == 404, asked
    assert (results(bot), results(other_bot)) == ({}, {})
    # Of a bot of theirs, but another bot's person: as if there were nobody.
    me.post(REFRESH, {"one": f"{bot.id}:{theirs.id}"})
    me.post(REFRESH, {"one": f"{bot.id}:{uuid4()}"})
    assert (results(bot), results(other_bot)) == ({}, {})


def test_only_a_form_acts(bot: Bot, me: Client) -> None:
    assert me.get(REFRESH).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = me.cookies
    assert strict.post(REFRESH, {"one": key(talker(bot, WORDS))}).status_code == 403
    assert results(bot) == {}
