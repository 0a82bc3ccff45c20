"""What took some effort to make and may be asked for again, in Redis: one sealed hash for each person (ADR 21).

Nothing depends on it. A value is asked for with the version of the row that it was made from, so nothing stale
comes out whatever Redis did meanwhile; without Redis everything is made anew. All calls here are synchronous and
wait 0.2 s at most; `AnswerShelf` is for coroutines.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from core.clock import clock
from core.encryption import Undecryptable, decrypt, encrypt
from core.metrics import cache_failures_total, cache_requests_total

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

HOUR = 3600
DAY = 86_400
# A value that is longer, in bytes of JSON, is not kept; nor are more fields of one person: the server is also
# Celery's, which stops where its memory is full.
LARGEST = 256 * 1024
MOST_FIELDS = 200
# After a failure nobody asks for so many seconds.
LEFT_ALONE = 5.0
_PATIENCE = 0.2

log = structlog.get_logger(__name__)

T = TypeVar("T")


class PersonShelf:
    """What is kept of one person in one bot, each value in a field of its own (`card`, `session:<chat>`, …)."""

    def __init__(self, bot_id: UUID, profile_id: UUID) -> None:
        self._key = _key(bot_id, profile_id)

    def get(self, field: str, *, version: str) -> Any | None:
        """What was put there with the same version and has not ended; None for anything else. Never raises.

        An empty version is that of a row which is still being written: nothing is found.
        """
        line = _line(settings.REDIS_URL)
        if not version or line is None:
            return None
        try:
            sealed = line.call("get", lambda redis: redis.hget(self._key, field))
        except _Away:
            _count(field, "away")
            return None
        value = None if sealed is None else self._opened(sealed, field, version)
        _count(field, "miss" if value is None else "hit")
        return value

    def put(self, field: str, value: Any, *, version: str, seconds: float) -> None:
        """Keep a value (JSON, not None) for a day at most; it may be gone sooner. An empty version keeps nothing.

        Raises TypeError for what JSON cannot say, and nothing else.
        """
        line = _line(settings.REDIS_URL)
        if not version or line is None:
            return
        end = (clock.now() + timedelta(seconds=seconds)).timestamp()
        # It says itself where it belongs: moved to another person's hash, it is not opened.
        text = json.dumps([self._key, field, version, end, value], ensure_ascii=False)
        try:
            if len(text.encode()) > LARGEST:
                return
            sealed = encrypt(text)
        except ValueError:
            # Half a character, or no key to seal with.
            return
        try:
            line.call("put", lambda redis: self._write(redis, field, sealed))
        except _Away:
            return

    def _write(self, redis: Redis, field: str, sealed: str) -> None:
        with redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._key, field, sealed)
            # From its first field on; later ones do not prolong it.
            pipe.expire(self._key, DAY, nx=True)
            pipe.hlen(self._key)
            *_, held = pipe.execute()
        if held > MOST_FIELDS:
            # Not the key: somebody may have forgotten the person in between, and that stays.
            redis.hdel(self._key, *redis.hkeys(self._key))

    def _opened(self, sealed: bytes | str, field: str, version: str) -> Any | None:
        try:
            text = decrypt(sealed if isinstance(sealed, str) else sealed.decode("ascii"))
            *label, end, value = json.loads(text)
            is_good = label == [self._key, field, version] and end > clock.now().timestamp()
        except (Undecryptable, ValueError, TypeError):
            return None
        return value if is_good else None


class AnswerShelf:
    """What the model answered about one person, by the digest of the question; for `llm.remembered`."""

    def __init__(self, bot_id: UUID, profile_id: UUID) -> None:
        self._shelf = PersonShelf(bot_id, profile_id)

    async def get(self, digest: str) -> str | None:
        """The answer to the same question, if it is kept. Never raises."""
        kept = await asyncio.to_thread(self._shelf.get, f"answer:{digest}", version=digest)
        return kept if isinstance(kept, str) else None

    async def put(self, digest: str, text: str) -> None:
        """Keep an answer for a day at most. Never raises."""
        await asyncio.to_thread(self._shelf.put, f"answer:{digest}", text, version=digest, seconds=DAY)


def forget_person(*, bot_id: UUID, profile_id: UUID) -> None:
    """Drop all that is kept of a person, and take nothing more for an hour. Never raises.

    To be called when the transaction that erases them has committed (`transaction.on_commit`). Where Redis is away
    it is logged, and what is left ends by itself; nobody is shown it, since ids of profiles are never used again.
    """
    line = _line(settings.REDIS_URL)
    if line is None:
        return
    try:
        # Not a DEL: an answer that is under way now would come in after it. A hash cannot be written where a
        # string lies.
        line.call("forget", lambda redis: redis.set(_key(bot_id, profile_id), "", ex=HOUR))
    except _Away:
        log.warning("cache.person_not_forgotten", bot=bot_id, profile=profile_id)


def shape_of(contract: type[DataclassInstance]) -> str:
    """8 hex digits that change with the fields of a dataclass: part of a field's name, so that what another release
    kept is not taken for ours.
    """
    told = [(each.name, str(each.type)) for each in fields(contract)]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8]


class _Away(Exception):
    """Redis does not answer, or refuses."""


class _Line:
    """The way to one Redis. It is never in anybody's way: after a failure it is left alone for a while."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._client: Redis | None = None
        self._is_away = False
        self._alone_until = 0.0

    def call(self, name: str, ask: Callable[[Redis], T]) -> T | None:
        """What Redis says; None where the person is forgotten. Raises _Away, and does not wait twice for that."""
        if self._is_away and not self._may_look():
            raise _Away
        try:
            said = ask(self._connected())
        except ResponseError as error:
            if "WRONGTYPE" not in str(error):
                self._failed(name, error)
                raise _Away from None
            said = None
        except (RedisError, OSError, ValueError) as error:
            self._failed(name, error)
            raise _Away from None
        if self._is_away:
            self._is_back()
        return said

    def _connected(self) -> Redis:
        # Reaches for nothing yet. A pool of its own in each process, also after a fork.
        if self._client is None:
            self._client = Redis.from_url(
                self._url,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                retry=Retry(NoBackoff(), 0),
            )
        return self._client

    def _may_look(self) -> bool:
        with self._lock:
            now = clock.monotonic()
            if 0 < self._alone_until - now <= LEFT_ALONE:
                return False
            # One goes and looks; the others do not wait with them.
            self._alone_until = now + LEFT_ALONE
            return True

    def _failed(self, name: str, error: Exception) -> None:
        cache_failures_total.labels(call=name).inc()
        with self._lock:
            is_news, self._is_away = not self._is_away, True
            self._alone_until = clock.monotonic() + LEFT_ALONE
        if is_news:
            log.warning("cache.away", kind=type(error).__name__)

    def _is_back(self) -> None:
        with self._lock:
            is_news, self._is_away = self._is_away, False
        if is_news:
            log.info("cache.back")


@lru_cache(maxsize=4)
def _line(url: str) -> _Line | None:
    return _Line(url) if url else None


def _key(bot_id: UUID, profile_id: UUID) -> str:
    return f"relove:person:{bot_id}:{profile_id}"


def _count(field: str, result: str) -> None:
    cache_requests_total.labels(what=field.partition(":")[0], result=result).inc()
