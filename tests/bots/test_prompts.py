from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.auth.models import User

from bots.errors import BotError
from bots.models import Persona, Prompt, PromptVersion
from bots.selectors.published_prompt import published_prompt, published_prompts
from bots.services.draft_prompt import begin_draft, discard_draft, save_draft
from bots.services.publish_prompt import publish_draft, publish_prompt, publish_version, withdraw_prompt
from tests.bots.notifications import heard_by
from tests.cast import make_bot, make_token

pytestmark = pytest.mark.usefixtures("as_staff")


@pytest.fixture
def persona(as_staff: None) -> Persona:
    return Persona.objects.create(slug=f"p-{make_token()[:10]}", name="Vera")


def publish(
    persona: Persona, body: str, *, key: str = "coach", language: str = "ru", author: User | None = None
) -> PromptVersion:
    return publish_prompt(persona_id=persona.id, key=key, language=language, body=body, author=author)


def test_each_wording_is_a_version_and_the_last_is_in_force(persona: Persona) -> None:
    author = User.objects.create(username=make_token()[:20], is_staff=True)
    first = publish(persona, "One")
    second = publish(persona, "Two\r\nlines\n", author=author)

    assert (first.number, second.number) == (1, 2)
    assert second.author == author
    assert published_prompt(persona_id=persona.id, key="coach", language="ru") == ("Two\nlines", second.id)
    assert list(PromptVersion.objects.filter(prompt=first.prompt).values_list("number", "body")) == [
        (2, "Two\nlines"),
        (1, "One"),
    ]


def test_the_wording_that_is_in_force_is_not_written_again(
    persona: Persona, owner_database: psycopg.Connection[Any]
) -> None:
    make_bot(persona=persona)
    version = publish(persona, "One")
    with heard_by(owner_database) as heard:
        assert publish(persona, " One\n") == version
        assert heard() == []


def test_bots_of_the_persona_hear_of_it_and_others_do_not(
    persona: Persona, owner_database: psycopg.Connection[Any]
) -> None:
    bots = [make_bot(persona=persona), make_bot(persona=persona)]
    make_bot()
    with heard_by(owner_database) as heard:
        publish(persona, "One")
        assert sorted(heard()) == sorted(str(bot.id) for bot in bots)


def test_all_wordings_of_a_persona_come_in_one_query(
    persona: Persona, django_assert_num_queries: Any
) -> None:
    ru, en = publish(persona, "Раз"), publish(persona, "One", language="en")
    summary = publish(persona, "Sum", key="summary", language="en")
    with django_assert_num_queries(1):
        prompts = published_prompts(persona.id)
    assert prompts == {
        ("coach", "ru"): ("Раз", ru.id),
        ("coach", "en"): ("One", en.id),
        ("summary", "en"): ("Sum", summary.id),
    }
    assert published_prompt(persona_id=persona.id, key="crisis", language="ru") is None


def test_an_earlier_wording_can_be_put_in_force_again(
    persona: Persona, owner_database: psycopg.Connection[Any]
) -> None:
    bot = make_bot(persona=persona)
    first, _second = publish(persona, "One"), publish(persona, "Two")
    with heard_by(owner_database) as heard:
        publish_version(version_id=first.id)
        publish_version(version_id=first.id)
        assert heard() == [str(bot.id)]
    assert published_prompt(persona_id=persona.id, key="coach", language="ru") == ("One", first.id)
    assert publish(persona, "Three").number == 3


def test_a_prompt_that_is_withdrawn_leaves_the_word_to_the_default(
    persona: Persona, owner_database: psycopg.Connection[Any]
) -> None:
    bot = make_bot(persona=persona)
    version = publish(persona, "One")
    with heard_by(owner_database) as heard:
        withdraw_prompt(prompt_id=version.prompt_id)
        withdraw_prompt(prompt_id=version.prompt_id)
        assert heard() == [str(bot.id)]
    assert published_prompts(persona.id) == {}
    assert PromptVersion.objects.filter(id=version.id).exists()


def test_what_cannot_be_published_is_refused(persona: Persona) -> None:
    for body, code in (("", "bots.prompt_empty"), (" \n", "bots.prompt_empty")):
        with pytest.raises(BotError) as refusal:
            publish(persona, body)
        assert refusal.value.code == code
    assert not Prompt.objects.filter(persona=persona).exists()

    with pytest.raises(BotError) as refusal:
        publish_prompt(persona_id=uuid4(), key="coach", language="ru", body="x", author=None)
    assert refusal.value.code == "bots.persona_unknown"
    with pytest.raises(BotError) as refusal:
        publish_version(version_id=uuid4())
    assert refusal.value.code == "bots.version_unknown"
    with pytest.raises(BotError) as refusal:
        withdraw_prompt(prompt_id=uuid4())
    assert refusal.value.code == "bots.prompt_unknown"


def test_a_draft_is_for_a_prompt_that_there_is(persona: Persona) -> None:
    def refused(**where: Any) -> str:
        asked = {"persona_id": persona.id, "key": "coach.natasha", "language": "ru", "body": "x", **where}
        with pytest.raises(BotError) as refusal:
            begin_draft(**asked, editor=None)
        return refusal.value.code

    assert refused(key="coach.han") == "bots.prompt_unknown"
    assert refused(language="de") == "bots.prompt_unknown"
    assert refused(persona_id=uuid4()) == "bots.persona_unknown"
    assert refused(body=" \n") == "bots.prompt_empty"
    assert refused(body="x" * 20_001) == "bots.prompt_long"
    assert not Prompt.objects.filter(persona=persona).exists()


def test_a_draft_that_is_gone_is_neither_saved_nor_published(persona: Persona) -> None:
    with pytest.raises(BotError) as refusal:
        save_draft(draft_id=uuid4(), seen=1, body="x", title="", editor=None)
    assert refusal.value.code == "bots.draft_unknown"
    with pytest.raises(BotError) as refusal:
        publish_draft(draft_id=uuid4(), seen=1, author=None)
    assert refusal.value.code == "bots.draft_unknown"
    assert discard_draft(draft_id=uuid4()) is False
