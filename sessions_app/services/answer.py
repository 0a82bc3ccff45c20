from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.clock import clock
from mailbox.services.post import post
from mailbox.services.settle import bury, settle
from sessions_app.contracts import Cost, Line, Visit
from sessions_app.models import Message, Role
from sessions_app.posts import posts_of, unbutton
from sessions_app.rendering import plain
from sessions_app.services.keep_words import keep_words


def answer(
    *,
    visit: Visit,
    lines: Sequence[Line],
    session_id: UUID | None = None,
    consented: bool | None = None,
    cost: Cost | None = None,
    bury_as: str = "",
) -> None:
    """End a visit: keep what was said on both sides, post the lines, settle its updates; in one transaction.

    `session_id` puts the words of both into a session. Before consent nothing that anybody said is kept.
    `bury_as` is the reason for which the updates are buried instead. Raises LeaseLost when the updates are no
    longer in this process's hand.
    """
    is_kept = visit.person.has_consented if consented is None else consented
    # First of all, so that a visit which somebody else has answered is found out by nothing else.
    if bury_as:
        bury(hand=visit.hand, ids=visit.inbound_ids, reason=bury_as, blank=not is_kept)
    else:
        settle(hand=visit.hand, ids=visit.inbound_ids, blank=not is_kept)
    if is_kept:
        keep_words(
            bot_id=visit.bot_id,
            words=[(visit.conversation_id, session_id, each) for each in visit.words],
        )
        _keep_ours(visit=visit, lines=lines, session_id=session_id, cost=cost or Cost())
    # The answer first: the pace of a chat leaves room for a few messages at once, and nobody waits for buttons.
    post(bot_id=visit.bot_id, posts=[*posts_of(visit, lines), *unbutton(visit)])


def _keep_ours(*, visit: Visit, lines: Sequence[Line], session_id: UUID | None, cost: Cost) -> None:
    text = "\n\n".join(plain(each.html) for each in lines)
    if not text:
        return
    Message.objects.bulk_create(
        [
            Message(
                bot_id=visit.bot_id,
                conversation_id=visit.conversation_id,
                session_id=session_id,
                role=Role.BOT,
                text=text,
                inbound_id=visit.cause,
                created_at=clock.now(),
                model=cost.model,
                prompt_tokens=cost.prompt_tokens,
                completion_tokens=cost.completion_tokens,
                cost_micros=cost.cost_micros,
                latency_ms=cost.latency_ms,
                prompt_version_id=cost.prompt_version_id,
            )
        ]
    )
