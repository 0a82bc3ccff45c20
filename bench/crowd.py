"""Bots and the people who talk with them: registered by the product's services, with sessions that are open.

Import it after Stage.enter_django: it needs the models.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from bench.stage import Owner, Stage
from bots.models import Bot, ModelProvider, WantedState
from bots.services.register_bot import register_bot

FIRST_PERSON = 1_000_000
# Nothing here is a sign of crisis: the coach is to answer, not to pause.
LINES = (
    "Мне кажется, что он меня не слышит, и я снова молчу.",
    "Вчера мы опять поссорились из-за мелочи, а я так и не сказала главного.",
    "Я всё время жду, что кто-то другой решит за меня.",
    "Наверное, мне просто страшно остаться без его одобрения.",
    "На работе меня хвалят, а дома я чувствую себя маленькой девочкой.",
    "Хочу понять, почему я выбираю одно и то же.",
    "Сегодня впервые сказала «нет» и до сих пор не верю.",
    "Мама говорила, что хорошие девочки не злятся.",
)

# Time-ordered, as the product's own ids are.
UUID7 = (
    "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)"
    " || '8' || substr(md5(random()::text), 1, 15))::uuid"
)
_PROFILES = f"""
INSERT INTO profiles (
    id, bot_id, telegram_id, first_name, last_name, username, language, gender, location, interests, chat_style,
    personality, psychotype, strengths, challenges, psychological_summary, metaphysical_profile, streams, markers,
    journey_stage, has_started_journey, has_completed_journey, has_visited_platform, has_purchased_stream,
    is_active, is_underage, source, last_seen_at, created_at, consented_at, looked_up_at
)
SELECT
    {UUID7.format(at="now()")}, %(bot)s, %(first)s + place, 'Анна', '', '', 'ru', '', '', '[]', '',
    '', '', '[]', '[]', '', '{{}}', '[]', '{{}}',
    '', false, false, false, false,
    -- Telegram was asked about them this week, as about everybody who is not new.
    true, false, %(source)s, now(), now(), now(), now()
FROM generate_series(0, %(people)s - 1) AS place
"""
_CONVERSATIONS = f"""
INSERT INTO conversations (id, bot_id, profile_id, chat_id, created_at)
SELECT {UUID7.format(at="now()")}, bot_id, id, telegram_id, now() FROM profiles WHERE bot_id = %(bot)s
"""
_SESSIONS = f"""
INSERT INTO sessions (
    id, bot_id, conversation_id, kind, state, patterns, core_issue, question_count, data, summary,
    started_at, last_error
)
SELECT {UUID7.format(at="now()")}, bot_id, id, 'natasha', 'active', '[]', '', 0, '{{}}', '', now(), ''
FROM conversations WHERE bot_id = %(bot)s
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One bot of the bench, and how many people are in a session with it."""

    id: UUID
    slug: str
    token: str
    people: int

    @property
    def chats(self) -> range:
        return range(FIRST_PERSON, FIRST_PERSON + self.people)


def gather(
    stage: Stage, *, bots: int, people: int, name: str = "bench", model_base_url: str = ""
) -> list[Member]:
    """Register bots that want to run, unpaced, each with so many consented people in an open session.

    With a `model_base_url` they ask the model there, else the demo inside the process.
    """
    members = []
    with stage.connect() as owner:
        for number in range(bots):
            slug = f"{name}-{number}"
            bot = register_bot(
                name=slug,
                slug=slug,
                token=stage.telegram.create_bot(slug),
                api_url=stage.telegram.url,
                provider=ModelProvider.OPENAI if model_base_url else ModelProvider.DEMO,
                model_name="stub" if model_base_url else "",
                model_base_url=model_base_url,
                model_key="sk-bench" if model_base_url else "",
                config={"act_burst": 1_000_000},
            )
            Bot.objects.filter(id=bot.id).update(
                burst_wait=0.0,
                sends_per_second=None,
                chat_sends_per_second=None,
                wanted_state=WantedState.RUNNING,
            )
            seat(owner, bot.id, people)
            members.append(Member(bot.id, slug, bot.token, people))
        owner.execute("ANALYZE")
    return members


def retire(members: list[Member]) -> None:
    """These bots are wanted no longer."""
    Bot.objects.filter(id__in=[each.id for each in members]).update(wanted_state=WantedState.STOPPED)


def seat(owner: Owner, bot_id: UUID, people: int) -> None:
    """Give the bot so many people who are in a session with it."""
    for statement in (_PROFILES, _CONVERSATIONS, _SESSIONS):
        owner.execute(statement, {"bot": bot_id, "first": FIRST_PERSON, "people": people, "source": ""})


def introduce(owner: Owner, bot_id: UUID, people: int, *, first: int, source: str) -> None:
    """Give the bot so many people who have consented and said nothing since, their Telegram ids in a row."""
    owner.execute(_PROFILES, {"bot": bot_id, "first": first, "people": people, "source": source})


_numbers: Iterator[int] = count(1)


def update(chat_id: int) -> dict[str, Any]:
    """A private text message from this chat, unlike any other; Telegram gives it its update id."""
    number = next(_numbers)
    return {
        "message": {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat_id, "type": "private", "first_name": "Анна"},
            "from": {"id": chat_id, "is_bot": False, "first_name": "Анна", "language_code": "ru"},
            "text": f"№{number:06d} {LINES[number % len(LINES)]}",
        }
    }
