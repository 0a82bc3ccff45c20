"""The lines that handlers say, put together from the catalogue of texts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sessions_app.contracts import Button, Line
from sessions_app.crisis import crisis_reply
from sessions_app.rendering import Html, escape
from sessions_app.speech import listing, paragraphs, say

KINDS = ("natasha", "diagnostic")


def line(key: str, language: str, /, *, variant: int = 0, **values: object) -> Line:
    """One text of the catalogue as a line without buttons."""
    return Line(say(key, language, variant=variant, **values))


def button(key: str, language: str, data: str) -> Button:
    """A button whose label is a text of the catalogue."""
    return Button(say(key, language), data)


def two_doors(language: str) -> tuple[tuple[Button, ...], ...]:
    """The two ways into a session, a row each."""
    return tuple((button(f"outside_session.{kind}_button", language, f"open:{kind}"),) for kind in KINDS)


def greeting(language: str) -> Line:
    """Who speaks, what is kept, and the question for consent and age."""
    return Line(
        say("start.greeting", language),
        (
            (button("start.consent_button", language, "consent:yes"),),
            (button("start.decline_button", language, "consent:no"),),
            (button("start.underage_button", language, "consent:underage"),),
            (Button("Русский", "hello:ru"), Button("English", "hello:en")),
        ),
    )


def other_open(language: str, *, is_open: str, wanted: str) -> Line:
    """Another session is open: go on with it, or end it and begin the one asked for?"""
    return Line(
        say(f"session.other_open.{is_open}", language),
        (
            (button("session.continue_button", language, "resume:open"),),
            (button("session.switch_button", language, f"switch:{wanted}"),),
        ),
    )


def after_crisis(language: str) -> Line:
    """The session is paused after a sign of crisis: gently on, or not for now?"""
    return Line(
        say("session.resume_after_crisis", language),
        (
            (button("session.resume_button", language, "resume:gently"),),
            (button("session.stay_paused_button", language, "resume:not_now"),),
        ),
    )


def crisis_lines(kind: str, language: str, *, is_paused: bool) -> tuple[Line, ...]:
    """Support, and living people to turn to; and that the session is paused, where there is one to go back to."""
    support = Line(crisis_reply(kind, language))
    return (support, line("crisis.paused_note", language)) if is_paused and kind != "minor" else (support,)


def privacy(language: str) -> Line:
    """What is kept, and the way to have it erased."""
    return Line(
        say("privacy.text", language),
        (
            (button("privacy.forget_button", language, "forget:ask"),),
            (button("privacy.close_button", language, "close:"),),
        ),
    )


def forget_question(language: str) -> Line:
    """Here, everywhere, or not at all?"""
    return Line(
        say("forget.confirm", language),
        (
            (button("forget.confirm_button", language, "forget:here"),),
            (button("forget.everywhere_button", language, "forget:everywhere"),),
            (button("forget.cancel_button", language, "forget:no"),),
        ),
    )


def language_question(language: str) -> Line:
    """Which language?"""
    return Line(
        say("language.choose", language),
        (
            (
                button("language.ru_button", language, "language:ru"),
                button("language.en_button", language, "language:en"),
            ),
        ),
    )


def session_ended(
    language: str,
    *,
    summary: str,
    patterns: Sequence[str],
    core_issue: str | None,
    next_step: str | None,
    moved: Html | None = None,
) -> Line:
    """What a session came to, with what moved on the journey and the way to see it."""
    look = ((button("journey.look_button", language, "journey:"),),) if moved else ()
    return Line(
        paragraphs(
            say("session.ended", language, summary=summary),
            _list("session.patterns_title", language, patterns),
            say("session.core_issue", language, core_issue=core_issue) if core_issue else None,
            say("session.next_step", language, next_step=next_step) if next_step else None,
            moved,
            say("session.ended_outro", language),
        ),
        look,
    )


def diagnostic_result(
    language: str,
    *,
    explanation: str,
    psychotype: str,
    stage: str,
    strengths: Sequence[str],
    challenges: Sequence[str],
    stream: str | None,
) -> Line:
    """What a diagnostic came to."""
    return Line(
        paragraphs(
            say("diagnostic.result_title", language),
            say("diagnostic.psychotype", language, psychotype=say(f"psychotype.{psychotype}", language)),
            say("diagnostic.stage", language, stage=stage) if stage else None,
            Html(escape(explanation)) if explanation else None,
            _list("diagnostic.strengths_title", language, strengths),
            _list("diagnostic.challenges_title", language, challenges),
            say("diagnostic.stream", language, stream=stream) if stream else None,
            say("diagnostic.outro", language),
        )
    )


def overview(
    language: str,
    *,
    kind: str,
    state: str,
    started_at: datetime,
    questions: int,
    stage: str,
    patterns: Sequence[str],
    core_issue: str,
    summary: str,
) -> Line:
    """What a session has come to so far."""
    shown = {"active": "open", "paused": "paused"}.get(state, "completed")
    found = [
        Html(escape(summary)) if summary else None,
        say("overview.stage", language, stage=stage) if stage else None,
        _list("session.patterns_title", language, patterns),
        say("session.core_issue", language, core_issue=core_issue) if core_issue else None,
    ]
    return Line(
        paragraphs(
            say(f"overview.title.{kind}", language),
            say(f"overview.{shown}", language, started=f"{started_at:%d.%m.%Y}", questions=questions),
            *(found if any(found) else [say("overview.nothing_yet", language)]),
        )
    )


def media(kind: str, language: str) -> Line:
    """A polite word about something that cannot be answered yet."""
    return line(f"media.{kind}", language)


def _list(title: str, language: str, items: Sequence[str]) -> Html | None:
    return Html(f"{say(title, language)}\n{listing(items)}") if items else None


def as_texts(value: object) -> tuple[str, ...]:
    """The texts of a JSON list, whatever else it holds."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()


def as_mapping(value: object) -> Mapping[str, object]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}
