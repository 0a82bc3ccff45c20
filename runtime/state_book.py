"""What staff see of a bot: each change one line of the log, one figure, and one write behind everybody's back."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from django.db import Error as DatabaseError

from bots.models import ObservedState
from bots.services.observe_state import observe_state
from core import aio, metrics
from core.errors import AppError
from runtime.vitals import Vitals

log = structlog.get_logger(__name__)

_STATES = tuple(ObservedState.values)


class StateBook:
    """The observed state of one bot. Who never held its lease writes nothing; who lost it, nothing any more."""

    def __init__(self, *, vitals: Vitals, generation: int) -> None:
        self.state = ""
        self.reason = ""
        # The epoch of the lease that we hold, or held last.
        self.epoch: int | None = None
        self._vitals = vitals
        self._generation = generation
        self._news: asyncio.Queue[tuple[str, str, int] | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._write())

    def observe(self, state: str, reason: str = "", *, restarts: int = 0) -> None:
        """Note what the bot is doing now, and why."""
        if (state, reason) == (self.state, self.reason) and not restarts:
            return
        if state != self.state:
            log.info("bot.state", bot=self._vitals.slug, state=str(state), was=self.state, reason=reason)
            metrics.show_bot_state(bot=self._vitals.slug, state=state, states=_STATES)
        self.state, self.reason = state, reason
        if self.epoch is not None:
            self._news.put_nowait((state, reason, restarts))

    async def close(self, *, seconds: float) -> None:
        """Write down what is not written yet, for at most `seconds`."""
        self._news.put_nowait(None)
        await asyncio.wait({self._task}, timeout=seconds)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _write(self) -> None:
        while (news := await self._news.get()) is not None:
            state, reason, restarts = news
            with contextlib.suppress(AppError):
                await self._keep_trying(state, reason, restarts)

    async def _keep_trying(self, state: str, reason: str, restarts: int) -> None:
        while True:
            try:
                await aio.run(
                    observe_state,
                    bot_id=self._vitals.bot_id,
                    state=state,
                    error=reason,
                    epoch=self.epoch,
                    restarts_delta=restarts,
                    generation=self._generation,
                )
                return
            except DatabaseError:
                await asyncio.sleep(0.5)
