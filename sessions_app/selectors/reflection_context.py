"""All that the model is told about a person before it is asked to judge."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from journey.contracts import Journey
from journey.selectors.journey_of import journey_of
from profiles.cards import ProfileCard
from profiles.contracts import FindingLine
from profiles.selectors.findings_of import findings_of
from profiles.selectors.posts_of import posts_of
from profiles.selectors.profile_card import profile_card
from sessions_app.analysis.contracts import ActLine
from sessions_app.selectors.recent_acts import recent_acts
from sessions_app.selectors.session_history import session_history


@dataclass(frozen=True, slots=True)
class ReflectionContext:
    """A person, where they stand, what is known of them, and what was said in the session at hand."""

    card: ProfileCard
    journey: Journey
    findings: tuple[FindingLine, ...]
    history: tuple[tuple[str, str], ...] = ()
    acts: tuple[ActLine, ...] = ()
    posts: tuple[str, ...] = ()


def session_context(*, bot_id: UUID, profile_id: UUID, session_id: UUID) -> ReflectionContext | None:
    """What a session is judged from; None where the person is gone or may not be coached."""
    context = _context(bot_id, profile_id)
    if context is None:
        return None
    card, journey, findings = context
    history = session_history(bot_id=bot_id, session_id=session_id)
    return ReflectionContext(card, journey, findings, history=tuple(history))


def person_context(*, bot_id: UUID, profile_id: UUID) -> ReflectionContext | None:
    """What a portrait and the readiness are made from; None where the person is gone or may not be coached."""
    context = _context(bot_id, profile_id)
    if context is None:
        return None
    card, journey, findings = context
    return ReflectionContext(
        card,
        journey,
        findings,
        acts=tuple(recent_acts(bot_id=bot_id, profile_id=profile_id)),
        posts=tuple(posts_of(bot_id=bot_id, profile_id=profile_id)),
    )


def _context(bot_id: UUID, profile_id: UUID) -> tuple[ProfileCard, Journey, tuple[FindingLine, ...]] | None:
    card = profile_card(bot_id=bot_id, profile_id=profile_id)
    if card is None or card.consented_at is None or card.is_underage:
        return None
    journey = journey_of(bot_id=bot_id, profile_id=profile_id)
    return card, journey, tuple(findings_of(bot_id=bot_id, profile_id=profile_id))
