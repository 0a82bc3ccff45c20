"""Fills a database with a year of people: `python bench/seed.py --profiles N --messages M --bots B`.

For benches, and to look at pages with something on them. It fills the database that the environment (or `.env`)
names, which must be migrated; its bots are called `seed-N`, are stopped, and have tokens that nobody has. A few
bots have most of the people, and a few people most of the messages. Run it again with another --name for more;
deleting a bot takes all of its rows along.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import parser, say, table, write
from journey.stages import StageCode

if TYPE_CHECKING:
    from bench.stage import Owner

TABLES = (
    "profiles",
    "conversations",
    "consents",
    "sessions",
    "messages",
    "activity_logs",
    "events",
    "inbound_updates",
    "outbound_messages",
    "bot_metric_days",
    "findings",
    "profile_versions",
    "journey_progress",
    "readinesses",
    "linked_channels",
    "channel_posts",
    "inbox_items",
)
# What later statements read from: without figures PostgreSQL takes an empty table for granted, and walks it.
READ_LATER = {"profiles", "conversations", "sessions", "messages", "linked_channels"}
SQL = Path(__file__).resolve().parent / "seed_sql"
FIRST_ID = 200_000_000

BEGINNINGS = (
    "Мне кажется, что", "Иногда я думаю, что", "Вчера вдруг стало ясно, что", "Подруга говорит, что",
    "Я боюсь признаться, что", "На работе все видят, что", "Каждый раз выходит так, что", "Мама уверена, что",
    "Я устала делать вид, что", "Сегодня впервые почувствовала, что", "Он повторяет, что", "Сама не верю, что",
)  # fmt: skip
MIDDLES = (
    "я живу чужую жизнь", "мы снова не слышим друг друга", "пора сказать «нет»", "я жду разрешения",
    "любовь надо заслужить", "всё решится само", "я прячусь за заботой о других", "мне можно злиться",
    "это уже было со мной раньше", "я сильнее, чем привыкла думать", "нам не о чем говорить", "я выбираю молчание",
)  # fmt: skip
ENDINGS = (
    "и от этого тревожно.", "а я всё откладываю.", "и никто этого не замечает.", "но вслух сказать не могу.",
    "и впервые мне спокойно.", "хотя сердце говорит другое.", "и что теперь с этим делать?", "вот такие дела.",
    "и я не знаю, с чего начать.", "но уже не так страшно.", "и это повторяется годами.", "а хочется иначе.",
)  # fmt: skip
ANSWERS = (
    "А чего вы ждёте — что он догадается сам?", "Красиво сказано. И кому удобно, что вы молчите?",
    "Остановитесь здесь. Что вы чувствуете прямо сейчас?", "Вы говорите «все». Назовите хотя бы одного.",
    "И сколько лет вы уже платите эту цену?", "Допустим, вы правы. Что вы потеряете, если станет легче?",
    "Это вы сейчас о нём или о себе?", "Хорошо. А какой один шаг вы сделаете до завтра?",
    "Я слышу обиду. А где в этой истории вы сами?", "Что бы вы сказали подруге на вашем месте?",
    "Вы опять спрашиваете разрешения. У кого?", "Смешно, правда? Вы так сильны, когда защищаете свою слабость.",
)  # fmt: skip
NAMES = (
    "Анна",
    "Мария",
    "Елена",
    "Ольга",
    "Наталья",
    "Ирина",
    "Светлана",
    "Екатерина",
    "Дмитрий",
    "Алексей",
    "Юлия",
)
SURNAMES = (
    "Иванова",
    "Смирнова",
    "Кузнецова",
    "Попова",
    "Соколова",
    "Лебедева",
    "Новикова",
    "Морозова",
    "Волкова",
)
CITIES = (
    "Москва",
    "Санкт-Петербург",
    "Новосибирск",
    "Екатеринбург",
    "Казань",
    "Алматы",
    "Минск",
    "Тбилиси",
    "Берлин",
)
SOURCES = ("", "instagram", "friend", "blog", "webinar", "ads_spring")


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--profiles", type=int, default=10_000, help="people, over all bots")
    options.add_argument("--messages", type=int, default=200_000, help="about so many, over all bots")
    options.add_argument("--bots", type=int, default=10)
    options.add_argument("--name", default="seed", help="what the bots' slugs begin with")
    given = options.parse_args()
    os.environ["DATABASE_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - the role had to be said first
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    if not settings.DATABASE_URL_OWNER:
        say("Which database? Name it as its owner: DATABASE_URL=postgres://… python bench/seed.py")
        return 2
    started = time.monotonic()
    bots = register(given.name, given.bots)
    with psycopg.connect(settings.DATABASE_URL_OWNER, autocommit=True) as owner:
        fill(owner, bots, profiles=given.profiles, messages=given.messages)
        rows = count(owner, bots)
    seconds = time.monotonic() - started
    table(
        f"{given.bots} bots, {seconds:.0f} s",
        ["table", "rows in all", "largest bot", "smallest bot"],
        [[name, sum(there), max(there), min(there)] for name, there in rows.items()],
    )
    write(
        given.json,
        {"bench": "seed", "seconds": seconds, "rows": {name: sum(each) for name, each in rows.items()}},
    )
    return 0


def fill(owner: Owner, bots: Sequence[UUID], *, profiles: int, messages: int) -> None:
    """Give these bots so many people and about so many messages between them; needs rights beyond policies."""
    steps = sorted(SQL.glob("*.sql"), key=lambda path: int(path.stem.split("_")[0]))
    statements = [(path.stem.partition("_")[2], path.read_text()) for path in steps]
    people, lines = _shares(profiles, len(bots)), _shares(messages, len(bots))
    words = _words()
    # A row's references are looked up one by one: planned once, that takes a fifth of the time.
    owner.execute("SET plan_cache_mode = force_generic_plan")
    with tqdm(total=len(bots) * len(statements), unit="step", disable=not sys.stderr.isatty()) as progress:
        for number, bot_id in enumerate(bots):
            # One bot is all there or not at all.
            with owner.transaction():
                owner.execute("SELECT setseed(%s)", [number / (len(bots) + 1)])
                for name, statement in statements:
                    owner.execute(
                        statement,
                        {
                            **words,
                            "bot": bot_id,
                            "profiles": people[number],
                            "messages": lines[number],
                            "first_id": FIRST_ID,
                        },
                    )
                    if name in READ_LATER:
                        owner.execute(f"ANALYZE {name}")
                    progress.update()
    owner.execute("RESET plan_cache_mode")
    owner.execute("ANALYZE")


def register(name: str, number: int) -> list[UUID]:
    """Bots that nobody runs: stopped, with tokens of Telegram's shape that Telegram never gave."""
    from bots.models import WantedState  # noqa: PLC0415 - after django.setup
    from bots.services.register_bot import register_bot  # noqa: PLC0415

    chance = random.SystemRandom()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return [
        register_bot(
            name=f"{name} {place}",
            slug=f"{name}-{place}",
            token=f"{chance.randrange(10**9, 10**10)}:AA{''.join(chance.choices(letters, k=33))}",
            api_url="http://127.0.0.1:9",
            wanted_state=WantedState.STOPPED,
        ).id
        for place in range(number)
    ]


def _shares(total: int, count: int) -> list[int]:
    """Zipf's shares: the first has most, and each has something."""
    weights = [1 / (place + 1) for place in range(count)]
    shares = [max(1, round(total * weight / sum(weights))) for weight in weights]
    shares[0] += total - sum(shares)
    return shares


def _words() -> dict[str, Any]:
    chance = random.Random(7)
    texts = [f"{first} {middle}, {last}" for first in BEGINNINGS for middle in MIDDLES for last in ENDINGS]
    answers = [f"{first} {last}" for first in ANSWERS for last in ANSWERS if first != last]
    return {
        # PostgreSQL walks an array from its beginning to reach an element: some hundred are enough.
        "texts": chance.sample(texts, 400),
        "answers": chance.sample(answers, len(answers)),
        "names": list(NAMES),
        "surnames": list(SURNAMES),
        "cities": list(CITIES),
        "sources": list(SOURCES),
        "stages": [each.value for each in StageCode],
    }


def count(owner: Owner, bots: Sequence[UUID]) -> dict[str, list[int]]:
    """How many rows each table holds, bot by bot."""
    found: dict[str, list[int]] = {}
    for name in TABLES:
        rows = owner.execute(
            f"SELECT count({name}.bot_id) FROM unnest(%s::uuid[]) AS bot (id)"
            f" LEFT JOIN {name} ON {name}.bot_id = bot.id GROUP BY bot.id",
            [list(bots)],
        )
        found[name] = [row[0] for row in rows]
    return found


if __name__ == "__main__":
    raise SystemExit(main())
