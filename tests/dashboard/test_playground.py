"""A draft beside the prompt in force, on the same words: who may, what is asked, what it costs, and what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis import Redis

from bots.models import Bot, BotMetric
from bots.roles import Role
from bots.selectors.spending import spent_today
from bots.services.publish_prompt import publish_prompt
from core.clock import Clock, clock
from core.tenancy import in_bot
from dashboard.playground.shelf import kept_standing, kept_trial
from dashboard.services.run_trial import run_trial
from dashboard.services.want_trial import TASK
from dashboard.tasks import run_trial as task
from journey.stages import stage
from sessions_app.default_prompts import PROMPT_KEYS, default_prompt
from tests.cast import make_bot
from tests.dashboard.playing import (
    KEY,
    LANGUAGE,
    PAGE,
    WORDS,
    Past,
    asked,
    form,
    make_draft,
    make_past,
    make_persona,
    make_speaking,
    make_trial,
    model_server,
    played,
    trial_of,
)
from tests.dashboard.talks import make_talk
from tests.web.people import browser, make_coach, make_user

pytestmark = pytest.mark.usefixtures("redis_url")


@pytest.fixture
def speaking(as_staff: None) -> Iterator[Bot]:
    cache.clear()
    yield make_speaking()
    cache.clear()


@pytest.fixture
def owner(as_staff: None) -> Client:
    return browser(make_user(superuser=True))


@pytest.fixture
def talk(speaking: Bot) -> Past:
    """A session of two turns, with names in it."""
    talk = make_past(
        speaking,
        first_name="Elena",
        last_name="Kovaleva",
        username="elena_k",
        journey_stage="REFUSAL",
        psychological_summary="Elena hides from Paul.",
        gender="female",
    )
    now, where = clock.now(), {"session_id": talk.session_id}
    talk.says("My husband Paul is silent.", "Call me: +7 916 123-45-67", at=now, **where)
    talk.answers("And you, Elena?", at=now + timedelta(seconds=10), **where)
    talk.says("I am afraid of Paul's answer.", at=now + timedelta(seconds=20), **where)
    talk.answers("Good, Elena. Ask him.", at=now + timedelta(seconds=30), **where)
    return talk


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def opened(client: Client, talk: Past, reason: str = "quality") -> Any:
    return client.post(talk.page, {"reason": reason})


# The page


def test_the_page_offers_the_newest_draft_beside_what_is_in_force(owner: Client, speaking: Bot) -> None:
    draft = make_draft(speaking, title="softer")
    publish_prompt(persona_id=speaking.persona_id, key=KEY, language=LANGUAGE, body="Published.", author=None)
    response = owner.get(f"{PAGE}?persona={speaking.persona_id}&key={KEY}&language={LANGUAGE}")
    context = response.context
    assert [each["token"] for each in context["lefts"] if each["is_chosen"]] == [f"d{draft.id.hex}"]
    assert [each["token"] for each in context["rights"] if each["is_chosen"]] == ["v1"]
    assert context["bot"].id == speaking.id
    assert "Draft · softer" in words(response)


def test_the_page_asks_twelve_questions_at_most(owner: Client, speaking: Bot) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(f"{PAGE}?persona={speaking.persona_id}&key={KEY}&language=en").status_code == 200
        said = [each["sql"] for each in queries.captured_queries]
        return sum(each.split()[0] not in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"} for each in said)

    make_draft(speaking)
    questions()
    few = questions()
    for number in range(4):
        make_draft(speaking, f"Draft {number}")
        make_bot(persona_id=speaking.persona_id)
        publish_prompt(persona_id=speaking.persona_id, key=KEY, language="en", body=f"V{number}", author=None)
        make_persona()
    assert questions() == few
    assert few <= 12


def test_nobody_is_led_to_a_playground_without_bots_or_personas(as_staff: None, speaking: Bot) -> None:
    Bot.objects.filter(id=speaking.id).update(persona=None)
    manager = browser(make_coach(speaking, role=Role.MANAGER))
    response = manager.get(PAGE)
    # Personas that speak for nobody are there for everybody.
    assert response.status_code == 200
    assert response.context["bot"].id == speaking.id


# Asking


def test_both_wordings_are_run_and_shown_side_by_side(owner: Client, speaking: Bot) -> None:
    draft = make_draft(speaking, "The draft at {stage_name}: {stage_intensity}.")
    waiting = asked(owner, speaking, left=f"d{draft.id.hex}", stage="REFUSAL")
    assert waiting.status_code == 200
    trial_id = trial_of(waiting)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert "waits for its turn" in words(waiting)

    run_trial(trial_id=trial_id)
    done = owner.get(f"{PAGE}trial/{trial_id}/")
    assert "hx-trigger" not in done.content.decode()
    standing = done.context["standing"]
    assert (standing.state, standing.left.source) == ("done", "demo")
    assert standing.left.text == standing.right.text
    assert stage("REFUSAL", "en").questions[0] in standing.left.text
    left, right = (dict(side.shown) for side in (standing.left, standing.right))
    assert "The draft at Refusal of the Call: firm." in left["system"]
    # The character stands before it, as in a conversation.
    assert left["system"].startswith("You are Natasha: an artificial intelligence")
    assert default_prompt(KEY, "en")[:40] in right["system"]
    assert left["user"] == WORDS
    assert "The demo model answered" in words(done)
    assert "0.0 s Cost $0" in words(done)


def test_the_wording_is_tried_as_it_was_when_it_was_asked_for(owner: Client, speaking: Bot) -> None:
    draft = make_draft(speaking, "As it was.")
    trial_id = trial_of(asked(owner, speaking, left=f"d{draft.id.hex}"))
    draft.body = "As it is."
    draft.save()
    run_trial(trial_id=trial_id)
    left = kept_standing(trial_id).left
    assert left is not None
    assert "As it was." in left.shown[0][1]


def test_without_script_the_page_itself_shows_the_trial(owner: Client, speaking: Bot) -> None:
    response = owner.post(f"{PAGE}run/", form(speaking))
    assert response.status_code == 302
    trial_id = response["Location"].partition("trial=")[2]
    run_trial(trial_id=UUID(trial_id))
    assert owner.get(response["Location"]).context["standing"].state == "done"
    refused = owner.post(f"{PAGE}run/", form(speaking, text=" "))
    assert "Write what the person says." in words(owner.get(refused["Location"]))


@pytest.mark.parametrize("key", PROMPT_KEYS)
def test_every_prompt_can_be_tried(speaking: Bot, key: str) -> None:
    standing = played(speaking, key=key)
    assert standing.state == "done"
    for side, said in ((standing.left, "Draft: "), (standing.right, "Shipped for ")):
        assert side is not None
        assert side.error == ""
        assert said in side.shown[0][1]
        assert side.text or side.details


def test_what_is_known_and_a_crisis_before_go_into_the_prompt(speaking: Bot) -> None:
    standing = played(speaking, known="keeps silent", stage="ORDEAL", is_gentle=True)
    assert standing.left is not None
    system = standing.left.shown[0][1]
    assert f"Draft: {stage('ORDEAL', 'en').name}, soft, ⟦keeps silent⟧." in system
    assert "showed signs of a crisis" in system


def test_words_that_would_have_stopped_the_coach_are_told(owner: Client, speaking: Bot) -> None:
    trial_id = trial_of(asked(owner, speaking, text="I want to kill myself tonight."))
    run_trial(trial_id=trial_id)
    shown = owner.get(f"{PAGE}trial/{trial_id}/")
    assert kept_standing(trial_id).crisis == "self_harm"
    assert "These words carry a sign of crisis ( self harm )" in words(shown).replace(
        "(self harm)", "( self harm )"
    )


def test_hostile_words_are_shown_as_text(owner: Client, speaking: Bot) -> None:
    hostile = '<script>alert("x")</script>'
    draft = make_draft(speaking, hostile, title=hostile)
    trial_id = trial_of(asked(owner, speaking, left=f"d{draft.id.hex}", text=hostile, known=hostile))
    run_trial(trial_id=trial_id)
    assert hostile not in owner.get(f"{PAGE}trial/{trial_id}/").content.decode()
    page = owner.get(f"{PAGE}?persona={speaking.persona_id}&key={KEY}&language=en")
    assert hostile not in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"text": "  "}, "Write what the person says."),
        ({"text": "x" * 4001}, "At most 4000 characters, please."),
        ({"known": "x" * 4001}, "At most 4000 characters, please."),
        ({"source": "session"}, "Choose a session, and what the bot is to answer in it."),
    ],
)
def test_what_cannot_be_tried_is_told(owner: Client, speaking: Bot, sent: dict[str, str], told: str) -> None:
    response = asked(owner, speaking, **sent)
    assert told in words(response)
    assert "hx-trigger" not in response.content.decode()


def test_one_trial_at_a_time(owner: Client, speaking: Bot) -> None:
    trial_id = trial_of(asked(owner, speaking))
    assert "Your last trial is still under way" in words(asked(owner, speaking))
    run_trial(trial_id=trial_id)
    assert trial_of(asked(owner, speaking)) != trial_id


def test_a_task_that_is_handed_out_twice_asks_once(speaking: Bot) -> None:
    trial = make_trial(speaking)
    assert run_trial(trial_id=trial.id) is not None
    assert run_trial(trial_id=trial.id) is None
    assert run_trial(trial_id=uuid4()) is None


def test_the_worker_knows_the_task_by_its_name(speaking: Bot) -> None:
    trial = make_trial(speaking)
    assert task.name == TASK
    task(str(trial.id))
    assert kept_standing(trial.id).state == "done"


def test_a_worker_that_does_not_come_is_told(owner: Client, speaking: Bot, stopped_clock: Clock) -> None:
    trial_id = trial_of(asked(owner, speaking))
    stopped_clock.advance(timedelta(seconds=40))
    late = owner.get(f"{PAGE}trial/{trial_id}/")
    assert "it waits for its turn since 40 s" in words(late)
    stopped_clock.advance(timedelta(seconds=300))
    over = owner.get(f"{PAGE}trial/{trial_id}/")
    assert "no background worker has finished it" in words(over)
    assert "hx-trigger" not in over.content.decode()


# What goes wrong


def test_a_model_that_refuses_is_told_on_its_side(owner: Client, speaking: Bot) -> None:
    Bot.objects.filter(id=speaking.id).update(model_provider="openai")
    trial_id = trial_of(asked(owner, speaking))
    run_trial(trial_id=trial_id)
    standing = kept_standing(trial_id)
    assert standing.state == "done"
    assert standing.left is not None
    assert standing.left.error == "key_missing"
    assert "The bot has no key for its model. (key_missing)" in words(owner.get(f"{PAGE}trial/{trial_id}/"))


def test_a_bot_that_is_gone_ends_its_trial(owner: Client, speaking: Bot) -> None:
    trial = make_trial(speaking, bot_id=uuid4(), user_id=of(owner).pk)
    standing = run_trial(trial_id=trial.id)
    assert standing is not None
    assert (standing.state, standing.why) == ("lost", "bots.unknown")
    assert "The model gave no usable answer. (bots.unknown)" in words(owner.get(f"{PAGE}trial/{trial.id}/"))


def test_what_nobody_foresaw_is_told_as_lost(speaking: Bot) -> None:
    trial = make_trial(speaking, key="coach.han")
    with pytest.raises(LookupError):
        run_trial(trial_id=trial.id)
    assert kept_standing(trial.id).why == "failed"


# Money


def priced(bot: Bot, **budget: Any) -> None:
    Bot.objects.filter(id=bot.id).update(
        model_provider="openai",
        model_base_url="http://127.0.0.1:1/v1",
        model_key_sealed="",
        model_input_price=1.0,
        model_output_price=10.0,
        model_max_tokens=1000,
        **budget,
    )


def test_what_would_pass_the_budget_is_not_asked(owner: Client, speaking: Bot) -> None:
    priced(speaking, daily_budget_usd=0.01)
    trial_id = trial_of(asked(owner, speaking))
    run_trial(trial_id=trial_id)
    standing = kept_standing(trial_id)
    assert (standing.state, standing.why, standing.left) == ("refused", "over_budget", None)
    assert standing.asked_micros > 20_000
    assert standing.left_micros == 10_000
    told = words(owner.get(f"{PAGE}trial/{trial_id}/"))
    assert "Not asked: both answers together may cost up to $0.02" in told
    assert "$0.0100 of today's budget of the bot is left." in told


def test_a_budget_that_is_spent_is_told_at_once(owner: Client, speaking: Bot) -> None:
    priced(speaking, daily_budget_usd=0.0)
    assert "The bot has spent its budget of today (UTC)." in words(asked(owner, speaking))
    Bot.objects.filter(id=speaking.id).update(model_provider="demo")
    # Who asks for no money may be asked.
    assert "waits for its turn" in words(asked(owner, speaking))


def test_what_it_costs_counts_for_the_budget_of_the_bot(owner: Client, speaking: Bot) -> None:
    with model_server() as (address, questions):
        priced(speaking, daily_budget_usd=1.0)
        Bot.objects.filter(id=speaking.id).update(model_base_url=address)
        publish_prompt(
            persona_id=speaking.persona_id,
            key="persona.natasha",
            language="en",
            body="I am\n\n{persona_name} of the persona.",
            author=None,
        )
        trial_id = trial_of(asked(owner, speaking))
        run_trial(trial_id=trial_id)
    standing = kept_standing(trial_id)
    assert len(questions) == 2
    assert standing.left is not None
    # The other prompts are those of the persona.
    assert standing.left.text == "I was told this: Natasha of the persona."
    figures = (standing.left.prompt_tokens, standing.left.completion_tokens, standing.left.cost_micros)
    assert figures == (1000, 100, 2000)
    assert standing.left.source == "model"
    assert spent_today(bot_id=speaking.id).total_micros == 4000
    shown = words(owner.get(f"{PAGE}trial/{trial_id}/"))
    assert "Cost $0.0020 Tokens 1 000 in · 100 out" in shown
    assert "Together $0.0040, counted for today's budget of the bot." in shown


# Past sessions


def test_sessions_are_listed_without_saying_who_it_was(owner: Client, talk: Past) -> None:
    elsewhere = make_talk(talk.bot, language="ru", first_name="Boris")
    elsewhere.session(question_count=3)
    away = make_talk(talk.bot, consented_at=None, first_name="Greta")
    away.session(question_count=3)
    silent = make_talk(talk.bot)
    silent.session()
    diagnostic = make_talk(talk.bot)
    diagnostic.session(kind="diagnostic", question_count=4)

    page = f"{PAGE}sessions/?persona={talk.bot.persona_id}&key={{}}&language=en&bot={talk.bot.id}"
    response = owner.get(page.format(KEY))
    (row,) = response.context["rows"]
    assert row["id"] == talk.session_id
    assert "Elena" not in words(response)
    assert len(owner.get(page.format("analysis.stage")).context["rows"]) == 2
    assert len(owner.get(page.format("diagnostic.result")).context["rows"]) == 1


def test_a_long_list_of_sessions_has_pages(owner: Client, speaking: Bot) -> None:
    talks = [make_talk(speaking) for _ in range(14)]
    ids = [each.session(question_count=1).id for each in talks]
    page = f"{PAGE}sessions/?persona={speaking.persona_id}&key={KEY}&language=en&bot={speaking.id}"
    newest = owner.get(page)
    assert [each["id"] for each in newest.context["rows"]] == ids[:1:-1]
    older = owner.get(newest.context["older"])
    assert [each["id"] for each in older.context["rows"]] == ids[1::-1]
    assert older.context["older"] == ""


def test_a_session_is_opened_with_a_reason_that_is_kept(owner: Client, talk: Past) -> None:
    gate = owner.get(talk.page)
    assert "Why do you open this session?" in words(gate)
    assert "silent" not in words(gate)
    assert "Say why you open this conversation." in words(opened(owner, talk, reason="x"))
    assert talk.events("conversation.opened") == []

    shown = opened(owner, talk)
    (event,) = talk.events("conversation.opened")
    assert event["by"] == of(owner).pk
    assert event["reason"] == "quality"
    said = words(shown)
    assert "My husband [name A] is silent." in said
    assert "Call me: [phone]" in said
    assert "I am afraid of [name A]'s answer." in said
    assert not re.search("Elena|Paul|Kovaleva|916", said)
    # Once a day is enough.
    assert "is silent." in words(owner.get(talk.page))


def test_a_past_session_is_answered_anew_from_a_turn(owner: Client, talk: Past) -> None:
    turns = [each for each in opened(owner, talk).context["turns"] if each["is_choice"]]
    assert [each["is_last"] for each in turns] == [False, True]
    draft = make_draft(talk.bot, "Draft: {person_name}, {person_gender}, {question_count}, {person_summary}.")
    sent = {
        "source": "session",
        "session": str(talk.session_id),
        "left": f"d{draft.id.hex}",
    }
    trial_id = trial_of(asked(owner, talk.bot, **sent, upto=str(turns[1]["upto"])))
    # No word of theirs lies in the cache.
    assert kept_trial(trial_id).text == ""  # type: ignore[union-attr]
    run_trial(trial_id=trial_id)
    standing = kept_standing(trial_id)
    assert standing.state == "done"
    assert standing.left is not None
    assert standing.said_then == "Good, [name]. Ask him."
    assert "Draft: ⟦[name]⟧, ⟦female⟧, 1, ⟦[name] hides from [name A]⟧." in standing.left.shown[0][1].replace(
        ".⟧", "⟧"
    )
    assert standing.left.shown[1:] == (
        ("user", "My husband [name A] is silent.\n\nCall me: [phone]"),
        ("assistant", "And you, [name]?"),
        ("user", "I am afraid of [name A]'s answer."),
    )
    first = trial_of(asked(owner, talk.bot, **sent, upto=str(turns[0]["upto"])))
    run_trial(trial_id=first)
    assert kept_standing(first).said_then == "And you, [name]?"
    assert kept_standing(first).left.shown[1:] == (  # type: ignore[union-attr]
        ("user", "My husband [name A] is silent.\nCall me: [phone]"),
    )


def test_a_summary_is_tried_on_the_whole_session(talk: Past) -> None:
    standing = played(talk.bot, key="session.summary", source="session", text="", session_id=talk.session_id)
    assert standing.left is not None
    record = standing.left.shown[1][1]
    assert record.count("<person>") == 3
    assert "afraid" in record
    assert standing.said_then == ""


@pytest.mark.parametrize("erased", [False, True])
def test_a_session_that_is_gone_or_says_nothing_is_told(speaking: Bot, erased: bool) -> None:
    silent = make_talk(speaking)
    session = silent.session(question_count=1)
    standing = played(speaking, source="session", text="", session_id=uuid4() if erased else session.id)
    assert (standing.state, standing.why) == ("refused", "gone")


def test_nothing_of_it_is_stored_and_the_cache_is_sealed(owner: Client, talk: Past, redis_url: str) -> None:
    secret = "a sentence that nobody else says"
    trial_id = trial_of(asked(owner, talk.bot, text=secret))
    run_trial(trial_id=trial_id)
    for what in ("asked", "standing"):
        key = f"playground:{what}:{trial_id}"
        assert secret not in str(cache.get(key))
        with Redis.from_url(redis_url) as redis:
            assert 0 < redis.ttl(cache.make_key(key)) <= 900
    cache.clear()
    assert "This trial is kept no longer." in words(owner.get(f"{PAGE}trial/{trial_id}/"))
    with in_bot(talk.bot.id):
        assert not BotMetric.objects.for_bot(talk.bot.id).exists()


# Who may


@pytest.mark.parametrize("role", [Role.COACH, Role.ANALYST, Role.READ_ONLY])
def test_whoever_may_not_change_prompts_has_no_playground(talk: Past, role: Role) -> None:
    client = browser(make_coach(talk.bot, role=role))
    assert client.get(PAGE).status_code == 403
    assert asked(client, talk.bot).status_code == 403
    assert client.get(f"{PAGE}sessions/").status_code == 403
    assert client.get(talk.page).status_code == 403


def test_other_bots_personas_and_sessions_do_not_exist(talk: Past, other_bot: Bot) -> None:
    mine = make_speaking()
    client = browser(make_coach(mine, role=Role.OWNER))
    theirs = talk.bot
    assert client.get(f"{PAGE}?persona={theirs.persona_id}").status_code == 404
    assert client.get(f"{PAGE}?persona={mine.persona_id}&bot={theirs.id}").status_code == 404
    assert client.get(f"{PAGE}?persona={mine.persona_id}&key=coach.han").status_code == 404
    assert client.get(f"{PAGE}?persona={mine.persona_id}&language=de").status_code == 404
    assert client.get(f"{PAGE}?persona={mine.persona_id}&left=v9").status_code == 404
    assert asked(client, theirs).status_code == 404
    assert asked(client, mine, bot=str(theirs.id)).status_code == 404
    assert client.get(talk.page).status_code == 404
    own = talk.page.replace(str(theirs.persona_id), str(mine.persona_id))
    assert client.get(own).status_code == 404
    assert client.get(own.replace(str(theirs.id), str(mine.id))).status_code == 404
    session = str(talk.session_id)
    assert asked(client, mine, source="session", session=session).status_code == 404


def test_a_session_that_was_not_opened_is_not_tried(owner: Client, talk: Past) -> None:
    session = str(talk.session_id)
    assert asked(owner, talk.bot, source="session", session=session).status_code == 403


def test_a_trial_is_for_who_asked_for_it(owner: Client, speaking: Bot) -> None:
    trial_id = trial_of(asked(owner, speaking))
    other = browser(make_user(superuser=True))
    assert other.get(f"{PAGE}trial/{trial_id}/").status_code == 404
    run_trial(trial_id=trial_id)
    page = other.get(f"{PAGE}?persona={speaking.persona_id}&trial={trial_id}")
    assert "standing" not in page.context
