from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from core.clock import clock
from mailbox.services.post import post
from mailbox.services.settle import bury, settle
from sessions_app.contracts import Cost, Line, Visit
from sessions_app.models import Conversation, Message, Role
from sessions_app.posts import posts_of, unbutton
from sessions_app.rendering import plain
from sessions_app.services.keep_words import keep_words

# So long the next words are taken for the answer to what was asked.
PATIENCE = timedelta(minutes=15)


def answer(
    *,
    visit: Visit,
    lines: Sequence[Line],
    session_id: UUID | None = None,
    consented: bool | None = None,
    cost: Cost | None = None,
    bury_as: str = "",
    awaits: str = "",
    keeps_buttons: bool = False,
) -> None:
    """End a visit: keep what was said on both sides, post the lines, settle its updates; in one transaction.

    `session_id` puts the words of both into a session. Before consent nothing that anybody said is kept.
    `bury_as` is the reason for which the updates are buried instead. `awaits` says what their next words are an
    answer to; whatever was awaited before is awaited no longer. `keeps_buttons` leaves those that were tapped
    where they are. Raises LeaseLost when the updates are no
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
    if awaits or visit.awaits:
        Conversation.objects.for_bot(visit.bot_id).filter(id=visit.conversation_id).update(
            awaits=awaits, awaits_until=clock.now() + PATIENCE if awaits else None
        )
    # The answer first: the pace of a chat leaves room for a few messages at once, and nobody waits for buttons.
    tapped = () if keeps_buttons else unbutton(visit)
    post(bot_id=visit.bot_id, posts=[*posts_of(visit, lines), *tapped])


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
