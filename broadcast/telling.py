"""What a bot's admins read of broadcasts in Telegram. Pure."""

from __future__ import annotations

from broadcast.contracts import Estimate, Figures
from broadcast.keys import DIALOG
from sessions_app.contracts import Button, Line
from sessions_app.durations import duration
from sessions_app.lines import button
from sessions_app.rendering import Html
from sessions_app.speech import paragraphs, say

_BAR = 10


def criteria_asked(language: str, *, broadcast_id: str, segments: list[tuple[str, str]]) -> Line:
    """Whom is it for? `segments` are what their ids begin with, and names."""
    rows = [(button("broadcast.everybody_button", language, _data("all", broadcast_id)),)]
    rows += [(Button(name, _data("seg", broadcast_id, segment)),) for segment, name in segments]
    return Line(say("broadcast.criteria", language), tuple(rows))


def text_asked(language: str, *, described: str, estimate: Estimate) -> Line:
    example = "{name|друг}" if language == "ru" else "{name|friend}"
    return Line(
        say(
            "broadcast.text",
            language,
            described=described,
            count=counted(language, estimate),
            example=example,
        )
    )


def counted(language: str, estimate: Estimate) -> Html:
    if estimate.is_at_least:
        return say("broadcast.count_at_least", language)
    return say("broadcast.count", language, count=estimate.total)


def confirmation(
    language: str,
    *,
    broadcast_id: str,
    title: str,
    described: str,
    estimate: Estimate,
    quiet: tuple[int, int],
) -> Line:
    """All that one should know before it goes out, and the buttons."""
    text = say(
        "broadcast.confirm",
        language,
        title=title,
        described=described,
        count=counted(language, estimate),
        duration=duration(max(60.0, estimate.seconds), language),
        quiet_from=quiet[0],
        quiet_until=quiet[1],
    )
    return Line(
        text,
        (
            (button("broadcast.start_button", language, _data("go", broadcast_id)),),
            (
                button("broadcast.text_button", language, _data("text", broadcast_id)),
                button("broadcast.criteria_button", language, _data("who", broadcast_id)),
            ),
            (button("broadcast.cancel_button", language, _data("drop", broadcast_id)),),
        ),
    )


def listed(language: str, found: list[tuple[str, str, str]]) -> Line:
    """What is under way: ids, titles and states, each with the buttons that fit."""
    rows = [
        say("broadcast.list_row", language, title=title, state=_state(language, state))
        for _, title, state in found
    ]
    buttons: list[tuple[Button, ...]] = []
    for broadcast_id, title, state in found:
        if state == "awaiting":
            agree = say("broadcast.confirm_button", language, title=title[:30])
            buttons.append((Button(str(agree), _data("agree", broadcast_id)),))
        else:
            buttons += actions(language, broadcast_id=broadcast_id, state=state)
    buttons.append((button("broadcast.new_button", language, _data("new", "")),))
    return Line(paragraphs(say("broadcast.list", language), Html("\n".join(rows))), tuple(buttons))


def actions(language: str, *, broadcast_id: str, state: str) -> list[tuple[Button, ...]]:
    """What one may do with a broadcast in this state."""
    stop = button("broadcast.stop_button", language, _data("stop", broadcast_id))
    if state in ("running", "freezing"):
        return [(button("broadcast.pause_button", language, _data("pause", broadcast_id)), stop)]
    if state == "paused":
        return [(button("broadcast.resume_button", language, _data("resume", broadcast_id)), stop)]
    return [(stop,)] if state in ("scheduled", "awaiting") else []


def progress(
    language: str, *, broadcast_id: str, title: str, state: str, reason: str, figures: Figures, rate: float
) -> Line:
    """How it stands, with a bar; `rate` in messages a second."""
    share = figures.settled / figures.total if figures.total else float(state == "finished")
    full = round(share * _BAR)
    text = say(
        "broadcast.progress",
        language,
        title=title,
        state=_state(language, state),
        bar="▰" * full + "▱" * (_BAR - full),
        percent=int(share * 100),
        sent=figures.sent,
        total=figures.total,
        blocked=figures.blocked,
        failed=figures.failed,
        deferred=figures.deferred,
        held=figures.held,
        unknown=figures.unknown,
    )
    parts = [text]
    if state == "running" and rate >= 0.1 and figures.waiting:
        left = duration(max(60.0, figures.waiting / rate), language)
        parts.append(
            say("broadcast.pace", language, rate=f"{rate:.0f}" if rate >= 1 else f"{rate:.1f}", left=left)
        )
    if figures.replied or figures.clicked:
        parts.append(say("broadcast.answers", language, replied=figures.replied, clicked=figures.clicked))
    if state == "paused" and reason == "errors":
        parts.append(say("broadcast.paused_for_errors", language))
    return Line(paragraphs(*parts), tuple(actions(language, broadcast_id=broadcast_id, state=state)))


def _state(language: str, state: str) -> Html:
    return say(f"broadcast.state.{state}", language)


def _data(what: str, broadcast_id: str, more: str = "") -> str:
    return ":".join(part for part in (DIALOG, what, broadcast_id, more) if part)
