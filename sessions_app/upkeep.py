"""What should be found out about people, and when. Pure but for the clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.clock import clock
from mailbox.contracts import Job
from profiles.contracts import Person
from sessions_app.contracts import Visit

# A profile that is older is refreshed when its person writes.
STALE = timedelta(days=7)
# After so many turns of a session, and again after as many, the stage is judged.
JUDGED_EVERY = 5

ANALYSE, REFRESH, LOOK_UP = "analyse", "refresh", "look_up"


def jobs_about(person: Person, chat_id: int) -> tuple[Job, ...]:
    """What is due about somebody who has just done something; each at most once a day."""
    if person.consented_at is None or person.blocked_at is not None:
        return ()
    now = clock.now()
    fresh = now - STALE
    jobs = []
    if person.looked_up_at is None or person.looked_up_at < fresh:
        jobs.append(LOOK_UP)
    if (person.profile_updated_at or person.consented_at) < fresh:
        jobs.append(REFRESH)
    return tuple(
        Job(kind, chat_id, f"{person.id}:{now:%Y-%m-%d}", {"profile": str(person.id)}) for kind in jobs
    )


def judging_after(*, turns: int, session_id: UUID, profile_id: UUID, chat_id: int) -> tuple[Job, ...]:
    """The judging of a session that has had so many turns, where it is due."""
    if turns == 0 or turns % JUDGED_EVERY:
        return ()
    payload = {"session": str(session_id), "profile": str(profile_id)}
    return (Job(ANALYSE, chat_id, f"{session_id}:{turns}", payload),)


def is_judged(visit: Visit) -> bool:
    """Whether the turn that this visit was may have been one after which its session is judged."""
    at_hand = visit.session
    return at_hand is not None and bool(visit.words) and (at_hand.question_count + 1) % JUDGED_EVERY == 0
