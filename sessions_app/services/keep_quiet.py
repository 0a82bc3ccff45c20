"""Whether the bot may write first."""

from __future__ import annotations

from mailbox.services.withdraw import withdraw
from profiles.services.pause_person import pause_person, resume_person
from sessions_app.contracts import Visit
from sessions_app.lines import line
from sessions_app.services.answer import answer


def keep_quiet(*, visit: Visit) -> None:
    """/pause: nothing more that the bot starts by itself, nor what waits to be sent of it."""
    is_new = pause_person(bot_id=visit.bot_id, profile_id=visit.person.id)
    withdraw(bot_id=visit.bot_id, chat_id=visit.chat_id)
    answer(visit=visit, lines=[line("quiet.paused" if is_new else "quiet.paused_already", visit.language)])


def speak_first(*, visit: Visit) -> None:
    """/resume: the bot may write first again; and a session that was paused is offered again."""
    is_new = resume_person(bot_id=visit.bot_id, profile_id=visit.person.id)
    answer(visit=visit, lines=[line("quiet.resumed" if is_new else "quiet.resumed_already", visit.language)])
