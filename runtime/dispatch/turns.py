"""From rows in hand to the chain, and what happens to rows that nothing can be done with."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bots.services.raise_alert import raise_alert
from core import aio
from mailbox.contracts import Claimed, Hand, RowBehind
from mailbox.services.settle import bury, settle
from profiles.selectors.has_consented import has_consented
from runtime.dispatch.act import Act, Desk
from runtime.dispatch.chain import walk
from runtime.dispatch.heard import Heard, Unreadable, read_update
from runtime.dispatch.middleware.recognise import recognise_act
from runtime.dispatch.router import named_route
from runtime.handlers.jobs import do_job
from sessions_app.crisis import detect
from sessions_app.services.note_failure import note_failure

log = structlog.get_logger(__name__)


class Turns:
    """The turns of one bot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def slug(self) -> str:
        """The bot's name in the logs."""
        return self._desk.settings.slug

    async def take(self, rows: Sequence[Claimed]) -> None:
        """Read one burst and walk it; what cannot be read is buried, and its neighbours are answered."""
        if rows[0].is_job:
            await do_job(self._desk, rows[0])
            return
        read: list[tuple[Claimed, Heard]] = []
        for row in rows:
            try:
                read.append((row, self._read(row)))
            except Unreadable as error:
                await self.bury([row], error.message)
        if read:
            await walk(
                Act(desk=self._desk, rows=[row for row, _ in read], updates=[heard for _, heard in read])
            )

    async def give_up(self, rows: Sequence[Claimed], code: str) -> None:
        """Tell the person kindly that something of ours failed, and bury what it was.

        Raises Unreadable where there is nobody to tell.
        """
        if rows[0].is_job:
            await self.bury(rows, code)
            return

        async def apologise(act: Act) -> None:
            if act.visit is None:
                message = "nobody to apologise to"
                raise Unreadable(message)
            await aio.run_in_bot(self._desk.hand.bot_id, note_failure, visit=act.visit, code=code)

        act = Act(desk=self._desk, rows=rows, updates=[self._read(row) for row in rows])
        await recognise_act(act, apologise)
        self._desk.sender.wake()

    def are_pressing(self, rows: Sequence[RowBehind]) -> bool:
        """Whether one of these may not wait for a model: the wish to be forgotten, or words of somebody in danger."""
        words: list[str] = []
        for row in rows:
            try:
                heard = read_update(row.payload, kind=row.kind, our_name=self._desk.username)
            except Unreadable:
                continue
            route = named_route(heard)
            if route is not None and route.may_overtake:
                return True
            if heard.kind == "message":
                words.append(heard.text)
        return detect("\n".join(words), self._desk.settings.language) is not None

    async def leave(self, rows: Sequence[Claimed]) -> None:
        """Be done with a turn that came to the model, without an answer; its words were kept before.

        Raises LeaseLost where it was answered after all.
        """
        log.info("turn.left", updates=len(rows))
        await aio.run_in_bot(
            self._desk.hand.bot_id, settle, hand=self._desk.hand, ids=[each.id for each in rows]
        )

    async def bury(self, rows: Sequence[Claimed], reason: str) -> None:
        """Out of the queue, with the reason; of who has not consented nothing is kept but that."""
        for row in rows:
            log.warning("update.buried", bot=self._desk.settings.slug, reason=reason, size=len(row.payload))
        await aio.run_in_bot(self._desk.hand.bot_id, _bury, hand=self._desk.hand, rows=rows, reason=reason)

    def _read(self, row: Claimed) -> Heard:
        return read_update(row.payload, kind=row.kind, our_name=self._desk.username)


def _bury(*, hand: Hand, rows: Sequence[Claimed], reason: str) -> None:
    for row in rows:
        # Where the sender cannot be made out, a private chat still tells whose words they are.
        person = row.user_id if row.user_id is not None else row.lane
        is_known = person <= 0 or has_consented(bot_id=hand.bot_id, telegram_id=person)
        bury(hand=hand, ids=[row.id], reason=reason, blank=not is_known)
    raise_alert(kind="error", bot_id=hand.bot_id, subject="update buried", detail=reason)
