"""Hears PostgreSQL's NOTIFY on a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


async def listen(channel: str, on_notify: Callable[[str], None]) -> None:
    """Call `on_notify` with each payload until cancelled; with "" after a (re)connection, when some may be missed.

    Where no direct connection is to be had, those who wait look by themselves every few seconds.
    """
    delay = 0.5
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                settings.DATABASE_URL_LISTEN,
                autocommit=True,
                connect_timeout=5,
                application_name="relove-listen",
            )
            async with connection:
                await connection.execute(f'LISTEN "{channel}"')
                delay = 0.5
                on_notify("")
                async for notice in connection.notifies():
                    on_notify(notice.payload)
        except (psycopg.Error, OSError):
            log.warning("listen.disconnected", channel=channel)
        await asyncio.sleep(delay)
        delay = min(delay * 2, 5.0)
