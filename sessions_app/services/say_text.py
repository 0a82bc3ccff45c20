"""Answers that need no more than a text of the catalogue."""

from __future__ import annotations

from sessions_app.contracts import Line, Visit
from sessions_app.crisis import hotline_list
from sessions_app.lines import after_crisis, line, media, privacy, two_doors
from sessions_app.services.answer import answer
from sessions_app.speech import say


def say_help(*, visit: Visit) -> None:
    """/help."""
    answer(visit=visit, lines=[line("help.text", visit.language)])


def say_privacy(*, visit: Visit) -> None:
    """/privacy."""
    answer(visit=visit, lines=[privacy(visit.language)])


def say_unknown_command(*, visit: Visit) -> None:
    """A command that is none of ours."""
    answer(visit=visit, lines=[line("unknown_command.text", visit.language)])


def say_cancelled(*, visit: Visit) -> None:
    """/cancel: whatever was asked is asked no longer."""
    answer(visit=visit, lines=[line("cancel.done" if visit.awaits else "cancel.nothing", visit.language)])


def say_outside_session(*, visit: Visit) -> None:
    """Free text outside of a session: a short answer that offers the two ways in."""
    text = say("outside_session.text", visit.language, variant=visit.cause.int)
    answer(visit=visit, lines=[Line(text, two_doors(visit.language))])


def say_media(*, visit: Visit, kind: str) -> None:
    """Something other than text."""
    answer(visit=visit, lines=[media(kind, visit.language)])


def say_paused(*, visit: Visit) -> None:
    """Free text in a session that is paused after a sign of crisis: no coaching, a hand held out."""
    still = line("crisis.still_paused", visit.language, hotlines=hotline_list(visit.language))
    answer(
        visit=visit,
        lines=[still, after_crisis(visit.language)],
        session_id=visit.session.id if visit.session else None,
    )


def say_old_button(*, visit: Visit) -> None:
    """A button that means nothing any more."""
    answer(visit=visit, lines=[line("callback.too_old", visit.language)])


def say_nothing(*, visit: Visit) -> None:
    """An act that wants no answer; a tapped button goes away."""
    answer(visit=visit, lines=[])
