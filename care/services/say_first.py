from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bots.models import Bot, ProactiveKind
from care.hours import Hours, local_time
from care.models import ProactiveMessage
from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from journey.selectors.published_stages import published_stages
from journey.services.mark_told import mark_told
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.services.post import post
from profiles.models import Profile
from sessions_app.companion import StageBook
from sessions_app.contracts import Line
from sessions_app.models import Conversation, Message, Role, SessionState
from sessions_app.posts import method_of, send_params
from sessions_app.rendering import plain
from sessions_app.selectors.had_crisis import had_crisis
from sessions_app.selectors.open_session_of import open_session_of
from sessions_app.speech import paragraphs, say

log = structlog.get_logger(__name__)

# After a sign of crisis the bot starts nothing for so long, whatever the person does.
AFTER_CRISIS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a bot would write first, and to whom. `cause` names it once and for all; "" is today."""

    kind: str
    profile_id: UUID
    cause: str
    session_id: UUID | None = None
    step_id: UUID | None = None
    stage: str = ""


def say_first(*, bot: Bot, occasion: Occasion, hours: Hours) -> bool:
    """Say it if it may be said to this person now; whether it was.

    The person's row is locked, so that two sweeps together keep to the limits too.
    """
    person = (
        Profile.objects.for_bot(bot.id)
        .select_for_update(skip_locked=True)
        .filter(id=occasion.profile_id)
        .first()
    )
    if person is None:
        return False
    talk = Conversation.objects.for_bot(bot.id).filter(profile_id=person.id).first()
    if talk is None or not _may(bot, person, talk, occasion):
        return False
    now = clock.now()
    local = local_time(now, person.timezone, bot.timezone)
    if not hours.holds(local) or not _is_within_limits(bot, person, local):
        return False
    cause = occasion.cause or f"{occasion.kind}:{local.date()}"
    said = ProactiveMessage(
        id=new_id(),
        bot_id=bot.id,
        profile_id=person.id,
        kind=occasion.kind,
        cause=cause,
        local_day=local.date(),
        created_at=now,
    )
    if ProactiveMessage.objects.for_bot(bot.id).filter(profile_id=person.id, cause=cause).exists():
        return False
    said.save(force_insert=True)
    line = _line(occasion, person, said)
    _post(bot, talk, said, line, occasion.session_id, not_after=hours.end_of(local))
    if occasion.step_id is not None:
        mark_told(bot_id=bot.id, progress_ids=[occasion.step_id])
    record_event(
        bot_id=bot.id,
        kind="proactive.posted",
        profile_id=person.id,
        payload={"kind": occasion.kind},
        correlation_id=str(said.id),
    )
    return True


def _may(bot: Bot, person: Profile, talk: Conversation, occasion: Occasion) -> bool:
    """Looked at again under the lock: much may have happened since the occasion was found."""
    if person.paused_at or person.blocked_at or person.is_underage or not person.is_active:
        return False
    if person.consented_at is None:
        return False
    if occasion.kind in bot.proactive_off:
        return False
    session = open_session_of(bot_id=bot.id, chat_id=talk.chat_id)
    if session is not None and session.state == SessionState.PAUSED:
        return False
    if occasion.session_id is not None and (session is None or session.id != occasion.session_id):
        return False
    return not had_crisis(bot_id=bot.id, profile_id=person.id, since=clock.now() - AFTER_CRISIS)


def _is_within_limits(bot: Bot, person: Profile, local: datetime) -> bool:
    limits = [bot.proactive_a_day]
    if person.proactive_a_day is not None:
        limits.append(person.proactive_a_day)
    today = ProactiveMessage.objects.for_bot(bot.id).filter(profile_id=person.id, local_day=local.date())
    return today.count() < min(limits)


def _line(occasion: Occasion, person: Profile, said: ProactiveMessage) -> Line:
    language, variant = person.language, said.id.int
    stages = StageBook(published_stages())
    if occasion.kind == ProactiveKind.SILENCE:
        text = say("care.silence", language, variant=variant)
    elif occasion.kind == ProactiveKind.STAGE:
        text = say("care.stage", language, stage=stages.stage(occasion.stage, language).name)
    else:
        questions = stages.stage_or_first(person.journey_stage, language).questions
        # Another one each day, and not the same for everybody.
        at = (said.local_day.toordinal() + person.id.int) % len(questions)
        text = say("care.morning", language, variant=variant, question=questions[at])
    return Line(paragraphs(text, say("care.how_to_stop", language)))


def _post(
    bot: Bot,
    talk: Conversation,
    said: ProactiveMessage,
    line: Line,
    session_id: UUID | None,
    *,
    not_after: datetime,
) -> None:
    post(
        bot_id=bot.id,
        posts=[
            Post(
                key=f"first:{said.id}",
                chat_id=talk.chat_id,
                method=method_of(line),
                params=send_params(talk.chat_id, line),
                priority=Priority.PROACTIVE,
                not_after=not_after,
                correlation_id=str(said.id),
            )
        ],
        wake=True,
    )
    # The coach knows what was asked when the person answers.
    message = Message(
        bot_id=bot.id,
        conversation_id=talk.id,
        session_id=session_id,
        role=Role.BOT,
        text=plain(line.html),
        created_at=said.created_at,
    )
    Message.objects.bulk_create([message])
