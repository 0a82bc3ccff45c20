"""Wordings of stages, as staff put them in force."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connections

from bots.models import Bot
from core.clock import Clock, clock
from core.errors import AppError
from core.tenancy import in_bots
from journey.comparison import ComparedLine
from journey.models import StageVersion
from journey.selectors.published_stages import published_stages
from journey.selectors.stage_names import stage_names
from journey.selectors.stage_versions import stage_versions
from journey.selectors.stage_wordings import stage_wordings
from journey.services.publish_stage import publish_stage, publish_stage_version, withdraw_stage
from journey.stages import StageCode, stage, stages
from profiles.differences import Change
from tests.bots.notifications import heard_by
from tests.fixtures.database import database_role
from tests.journey.wordings import CODE, LANGUAGE, in_force, publish, shipped, taken_back, versions
from tests.web.people import make_user

FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _wordings(as_staff: None, owner_database: psycopg.Connection[Any]) -> Iterator[None]:
    """Staff write them, and no other test meets what these have written."""
    owner_database.execute("DELETE FROM stage_versions")
    with taken_back():
        yield
    owner_database.execute("DELETE FROM stage_versions")


def refused(**said: Any) -> str:
    with pytest.raises(AppError) as raised:
        publish(**said)
    return raised.value.code


def test_versions_are_numbered_and_only_the_last_is_in_force() -> None:
    for name in ("One", "Two", "Three"):
        publish(name=name)
    assert versions() == [(1, False), (2, False), (3, True)]
    assert published_stages()[CODE, LANGUAGE].name == "Three"
    # Another language counts for itself.
    publish(language="ru", name="Раз")
    assert versions(language="ru") == [(1, True)]
    assert versions()[-1] == (3, True)


def test_a_wording_is_kept_as_it_was_written_with_its_author() -> None:
    author = make_user()
    version = publish(author=author, questions=["What?", "Why?", "What for?"], intensity="firm")
    stored = StageVersion.objects.get(id=version.id)
    assert (stored.author, stored.questions, stored.intensity) == (
        author,
        ["What?", "Why?", "What for?"],
        "firm",
    )
    now = stage_wordings()[CODE, LANGUAGE]
    assert (now.number, now.author, now.versions, now.version_id) == (1, author.username, 1, version.id)
    assert now.stage == published_stages()[CODE, LANGUAGE]


def test_what_is_in_force_is_not_written_again() -> None:
    assert refused() == "journey.nothing_new"
    assert versions() == []
    first = publish(name="One")
    assert publish(name=" One\u200b ").id == first.id
    assert versions() == [(1, True)]
    # What ships is something new once something else is in force.
    publish()
    assert versions() == [(1, False), (2, True)]
    assert published_stages()[CODE, LANGUAGE] == stage(CODE, LANGUAGE)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"code": "LUNCH_BREAK"}, "stage_unknown"),
        ({"language": "de"}, "language_unknown"),
        ({"intensity": "cruel"}, "intensity_unknown"),
        ({"name": " \u200b "}, "name_unfit"),
        ({"name": "N" * 61}, "name_unfit"),
        ({"description": "…"}, "description_unfit"),
        ({"questions": ["One?", "One?", "Two?"]}, "questions_unfit"),
        ({"resistance": []}, "resistance_unfit"),
        ({"techniques": ["t" * 121]}, "techniques_unfit"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(said: dict[str, Any], code: str) -> None:
    texts = {**shipped(), "code": CODE, "language": LANGUAGE, "author": None, **said}
    with pytest.raises(AppError) as raised:
        publish_stage(**texts)
    assert raised.value.code == f"journey.{code}"
    assert StageVersion.objects.count() == 0


def test_an_earlier_version_is_put_in_force_again() -> None:
    first, _second = publish(name="One"), publish(name="Two")
    assert publish_stage_version(version_id=first.id).number == 1
    assert versions() == [(1, True), (2, False)]
    assert published_stages()[CODE, LANGUAGE].name == "One"
    # Once more changes nothing.
    assert publish_stage_version(version_id=first.id).is_published
    assert versions() == [(1, True), (2, False)]
    # Numbers go on from the highest, not from the one in force.
    publish(name="Three")
    assert versions() == [(1, False), (2, False), (3, True)]


def test_a_version_that_is_not_there_is_refused() -> None:
    with pytest.raises(AppError) as raised:
        publish_stage_version(version_id=uuid4())
    assert (raised.value.code, raised.value.permanent) == ("journey.version_unknown", True)


def test_a_stage_is_withdrawn_to_what_ships_and_its_versions_stay() -> None:
    publish(name="One")
    assert withdraw_stage(code=CODE, language=LANGUAGE) is True
    assert withdraw_stage(code=CODE, language=LANGUAGE) is False
    assert (versions(), in_force(), published_stages()) == ([(1, False)], None, {})
    now = stage_wordings()[CODE, LANGUAGE]
    assert (now.stage, now.versions, now.author, now.created_at) == (stage(CODE, LANGUAGE), 1, "", None)
    # The same words are a new version: what is in force is the product's.
    assert publish(name="One").number == 2


def test_bots_are_told_of_each_change_and_of_nothing_else(
    bot: Bot, other_bot: Bot, stopped_clock: Clock, owner_database: psycopg.Connection[Any]
) -> None:
    with heard_by(owner_database) as heard:
        first = publish(name="One")
        assert {str(bot.id), str(other_bot.id)} <= set(heard())
        assert Bot.objects.get(id=bot.id).updated_at == clock.now()

        stopped_clock.advance(FIVE_MINUTES)
        publish(name="One")
        assert publish_stage_version(version_id=first.id).is_published
        assert refused(name="") == "journey.name_unfit"
        assert heard() == []
        assert Bot.objects.get(id=bot.id).updated_at == clock.now() - FIVE_MINUTES

        assert withdraw_stage(code=CODE, language=LANGUAGE)
        assert {str(bot.id), str(other_bot.id)} <= set(heard())
        assert not withdraw_stage(code=CODE, language=LANGUAGE)
        assert heard() == []
        assert Bot.objects.get(id=bot.id).updated_at == clock.now()


def test_a_member_of_staff_who_sees_one_bot_changes_what_all_bots_say(bot: Bot, other_bot: Bot) -> None:
    before = Bot.objects.get(id=other_bot.id).updated_at
    with in_bots([bot.id]):
        publish(name="One")
    assert Bot.objects.get(id=other_bot.id).updated_at > before
    with database_role("runtime"):
        assert published_stages()[CODE, LANGUAGE].name == "One"


@pytest.mark.parametrize("names", [("One", "Two"), ("Same", "Same")])
def test_two_who_publish_at_once_take_turns(names: tuple[str, str]) -> None:
    together = Barrier(2)

    def write(name: str) -> int:
        together.wait(10)
        try:
            return publish(name=name).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(write, names))
    # The same words are one version, whoever came first.
    expected = [1, 2] if names[0] != names[1] else [1, 1]
    assert numbers == expected
    assert versions() == [(number, number == expected[-1]) for number in sorted(set(expected))]


def test_publishing_and_withdrawing_at_once_leaves_one_or_none_in_force() -> None:
    publish(name="One")
    together = Barrier(2)

    def act(what: str) -> None:
        together.wait(10)
        try:
            if what == "withdraw":
                withdraw_stage(code=CODE, language=LANGUAGE)
            else:
                publish(name=what)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, ("Two", "withdraw")))
    assert [number for number, _is in versions()] == [1, 2]
    assert in_force() in (2, None)


# What is read


def test_history_shows_each_version_beside_the_one_before_it(stopped_clock: Clock) -> None:
    author = make_user()
    publish(name="Trial")
    questions = [*stage(CODE, LANGUAGE).questions, "And then what?"]
    publish(author=author, name="Great Trial", questions=questions)

    second, first = stage_versions(code=CODE, language=LANGUAGE)
    assert (second.number, second.author, second.is_in_force) == (2, author.username, True)
    assert second.changes.name == (Change("added", "Great"), Change("same", " Trial"))
    assert [line for line in second.changes.questions if line.kind != "same"] == [
        ComparedLine("added", (Change("added", "And then what?"),))
    ]
    # The first, beside what ships.
    assert (first.number, first.author, first.is_in_force) == (1, "", False)
    assert first.changes.name == (Change("removed", "Ordeal"), Change("added", "Trial"))


def test_history_is_read_page_by_page() -> None:
    for number in range(1, 6):
        publish(name=f"Wording {number}")
    newest = stage_versions(code=CODE, language=LANGUAGE, limit=2)
    assert [each.number for each in newest] == [5, 4]
    older = stage_versions(code=CODE, language=LANGUAGE, limit=2, before=4)
    assert [each.number for each in older] == [3, 2]
    # The last on a page is compared with the first of the next, not with what ships.
    assert older[1].changes.name[0] == Change("same", "Wording")
    assert [each.number for each in stage_versions(code=CODE, language=LANGUAGE, limit=2, before=2)] == [1]
    with pytest.raises(LookupError):
        stage_versions(code="LUNCH_BREAK", language=LANGUAGE)


def test_an_author_who_left_takes_no_wording_along() -> None:
    author = make_user()
    publish(author=author, name="One")
    User.objects.filter(id=author.id).delete()
    assert stage_versions(code=CODE, language=LANGUAGE)[0].author == ""
    assert in_force() == 1


def test_names_are_those_in_force_in_the_order_of_the_path() -> None:
    publish(name="Trial")
    names = stage_names(language="en")
    assert list(names) == [each.value for each in StageCode]
    assert (names[CODE], names["REWARD"]) == ("Trial", "Reward")
    assert stage_names(language="ru") == {each.code.value: each.name for each in stages("ru")}
    assert stage_names(language="de") == names
