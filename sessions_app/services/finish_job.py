"""Work of our own ends: what it came to is written, and its row settled, in one transaction."""

from __future__ import annotations

from uuid import UUID

from mailbox.contracts import Hand, Post
from mailbox.services.post import post
from mailbox.services.settle import settle
from profiles.contracts import Face, NewPortrait
from profiles.services.keep_look_up import keep_look_up
from profiles.services.keep_portrait import keep_portrait
from sessions_app.contracts import Line
from sessions_app.crisis import hotline_list
from sessions_app.models import Session, SessionState
from sessions_app.posts import send_params
from sessions_app.reflections import Reflection
from sessions_app.services.keep_reflection import keep_reflection
from sessions_app.speech import say


def finish_without(*, hand: Hand, job_id: UUID) -> None:
    """There was nothing to do, or it could not be done now."""
    settle(hand=hand, ids=[job_id], blank=True)


def finish_reflection(
    *,
    hand: Hand,
    job_id: UUID,
    profile_id: UUID,
    session_id: UUID,
    chat_id: int,
    language: str,
    reflection: Reflection,
) -> None:
    """Keep what was made of a session; who turned out to be under age is told so, and coached no more."""
    settle(hand=hand, ids=[job_id], blank=True)
    kept = keep_reflection(
        bot_id=hand.bot_id,
        profile_id=profile_id,
        session_id=session_id,
        reflection=reflection,
        correlation_id=str(job_id),
    )
    if kept.is_underage:
        Session.objects.for_bot(hand.bot_id).filter(id=session_id, state=SessionState.ACTIVE).update(
            state=SessionState.PAUSED
        )
        told = Line(say("care.underage", language, hotlines=hotline_list(language)))
        post(
            bot_id=hand.bot_id,
            posts=[
                Post(
                    key=f"{job_id}:underage",
                    chat_id=chat_id,
                    method="sendMessage",
                    params=send_params(chat_id, told),
                    correlation_id=str(job_id),
                )
            ],
        )


def finish_portrait(*, hand: Hand, job_id: UUID, profile_id: UUID, portrait: NewPortrait) -> None:
    """Keep the portrait that was refreshed because its person wrote."""
    settle(hand=hand, ids=[job_id], blank=True)
    keep_portrait(bot_id=hand.bot_id, profile_id=profile_id, portrait=portrait, origin="visit")


def finish_look_up(*, hand: Hand, job_id: UUID, profile_id: UUID, face: Face) -> None:
    """Keep what Telegram says of a person."""
    settle(hand=hand, ids=[job_id], blank=True)
    keep_look_up(bot_id=hand.bot_id, profile_id=profile_id, face=face)
