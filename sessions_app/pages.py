"""The lines about a person and their way: journey, portrait, readiness, programmes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from journey.contracts import Journey, Move, StreamReadiness
from journey.picture import JourneyPicture, StageMark, StageState
from journey.stages import Stage
from profiles.contracts import FindingLine
from sessions_app.companion import StreamCard
from sessions_app.contracts import Button, Line
from sessions_app.durations import duration
from sessions_app.lines import button, line
from sessions_app.rendering import Html, escape
from sessions_app.speech import paragraphs, say

# What is shown at once: a screenful, and numbers that fit under it.
MOST_FINDINGS = 20
MOST_STREAMS = 10
_IN_A_ROW = 5
_SINGLES = ("age", "birthday", "gender", "location", "timezone", "occupation", "relationship", "children")
_GROUPS = (("interest", "interest_title"), ("theme", "theme_title"), ("pattern", "pattern_title"))


def journey_picture(
    language: str, *, journey: Journey, stages: Sequence[Stage], name: str, now: datetime
) -> JourneyPicture:
    """What the picture of a journey is drawn from."""
    return JourneyPicture(
        title=str(say("journey.title", language)),
        subtitle=f"{name} · {now:%d.%m.%Y}" if name else f"{now:%d.%m.%Y}",
        marks=tuple(
            StageMark(
                number=each.number,
                name=each.name,
                state=_state(each, journey),
                time=_time(each, journey, language, now),
            )
            for each in stages
        ),
        legend=(
            str(say("journey.done", language)),
            str(say("journey.current", language)),
            str(say("journey.ahead", language)),
        ),
    )


def journey_line(
    language: str, *, journey: Journey, stages: Sequence[Stage], now: datetime, photo: UUID | None
) -> Line:
    """The journey as a picture with its text form, and the evidence for where the person stands."""
    steps = []
    for each in stages:
        time = _time(each, journey, language, now)
        shown = Html(f" {say('journey.time', language, time=time)}" if time else "")
        steps.append(say(f"journey.step_{_state(each, journey)}", language, name=each.name, time=shown))
    at = next((each for each in stages if each.code == journey.current), None)
    told = paragraphs(
        say("journey.caption", language, steps=Html("\n".join(steps))),
        _why(language, at, journey.quotes) if at else say("journey.none_yet", language),
    )
    return Line(told, _not_me(language, at) if at else (), photo=photo)


def disputed(language: str, *, stage: Stage, back: Stage | None) -> Line:
    """The person said that a stage is not theirs."""
    returned = Html(f" {say('journey.disputed_back', language, stage=back.name)}" if back else "")
    return line("journey.disputed", language, stage=stage.name, back=returned)


def moved(language: str, *, move: Move, stage_of: Callable[[str], Stage], quote: str) -> Html | None:
    """What moved on the journey, for the end of a session; None where nothing can be said."""
    if move.kind == "enters" and move.to:
        to = stage_of(move.to).name
        told = (
            say("journey.moved", language, was=stage_of(move.was).name, to=to)
            if move.was
            else say("journey.moved_first", language, to=to)
        )
    elif move.was:
        told = say("journey.stayed", language, to=stage_of(move.was).name)
    else:
        return None
    heard = say("journey.moved_because", language, quote=quote) if quote and move.kind == "enters" else None
    return Html("\n".join(each for each in (told, heard) if each))


def portrait(language: str, *, light: int | None, findings: Sequence[FindingLine]) -> Line:
    """What is known of the person, numbered, with a button for each line."""
    shown = list(findings[:MOST_FINDINGS])
    if light is None and not shown:
        return line("portrait.empty", language)
    numbers = {each.id: place for place, each in enumerate(shown, start=1)}
    parts: list[str | None] = [say("portrait.title", language), _light(language, light)]
    facts = [each for each in shown if each.kind in _SINGLES]
    parts.append(_group("facts_title", language, facts, numbers))
    for kind, title in _GROUPS:
        parts.append(_group(title, language, [each for each in shown if each.kind == kind], numbers))
    if shown:
        parts.append(say("portrait.outro", language))
    buttons = [Button(str(number), f"finding:pick:{finding.hex}") for finding, number in numbers.items()]
    rows = tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))
    return Line(paragraphs(*parts), rows)


def picked(language: str, finding: FindingLine) -> Line:
    """One line of the portrait: correct it, remove it, or leave it?"""
    key = "portrait.picked_said" if finding.sentence else "portrait.picked"
    told = say(
        key,
        language,
        kind=say(f"portrait.kind.{finding.kind}", language),
        value=_value(language, finding),
        sentence=finding.sentence,
    )
    return Line(
        told,
        (
            (
                button("portrait.fix_button", language, f"finding:fix:{finding.id.hex}"),
                button("portrait.drop_button", language, f"finding:drop:{finding.id.hex}"),
            ),
            (button("portrait.keep_button", language, "finding:keep:"),),
        ),
    )


def ask_correction(language: str, finding: FindingLine) -> Line:
    """How should it be?"""
    told = say("portrait.ask_fix", language, value=_value(language, finding))
    return Line(told, ((button("portrait.cancel_button", language, "finding:keep:"),),))


def readiness(language: str, *, found: Sequence[StreamReadiness], streams: Sequence[StreamCard]) -> Line:
    """The three programmes that a person is readiest for, with a button each."""
    names = {each.slug: each.name for each in streams}
    top = [each for each in found if each.slug in names][:3]
    told = [
        say(
            "readiness.stream_quote" if each.quote else "readiness.stream",
            language,
            name=names[each.slug],
            percent=each.percent,
            bar=_bar(each.percent),
            reason=each.reason,
            quote=each.quote,
        )
        for each in top
    ]
    buttons = tuple(
        (
            Button(
                str(say("readiness.choose_button", language, name=names[each.slug], percent=each.percent)),
                f"stream:{each.slug}",
            ),
        )
        for each in top
    )
    return Line(
        paragraphs(say("readiness.title", language), *told, say("readiness.outro", language)), buttons
    )


def programmes(language: str, *, streams: Sequence[StreamCard], interested: str) -> Line:
    """The programmes on offer, with a button each."""
    if not streams:
        return line("streams.none", language)
    shown = streams[:MOST_STREAMS]
    told = [say("streams.stream", language, name=each.name, description=each.description) for each in shown]
    buttons = tuple((Button(_marked(each, interested), f"stream:{each.slug}"),) for each in shown)
    return Line(paragraphs(say("streams.title", language), *told, say("streams.outro", language)), buttons)


def platform(language: str, *, url: str) -> Line:
    """The way to the platform."""
    return Line(say("platform.text", language), ((Button(str(say("platform.button", language)), url=url),),))


def _marked(stream: StreamCard, interested: str) -> str:
    return f"✓ {stream.name}" if stream.slug == interested else stream.name


def _state(stage: Stage, journey: Journey) -> StageState:
    if stage.code == journey.current:
        return "current"
    return "done" if stage.code in journey.completed else "ahead"


def _time(stage: Stage, journey: Journey, language: str, now: datetime) -> str:
    seconds = journey.seconds_in(stage.code, now=now)
    return "" if seconds is None else duration(seconds, language)


def _why(language: str, at: Stage, quotes: Sequence[str]) -> Html | None:
    if not quotes:
        return None
    told = "\n".join(say("journey.quote", language, quote=each) for each in quotes[-2:])
    return say("journey.why", language, stage=at.name, quotes=Html(told))


def _not_me(language: str, at: Stage) -> tuple[tuple[Button, ...], ...]:
    return ((button("journey.not_me_button", language, f"notme:{at.code}"),),)


def _light(language: str, light: int | None) -> Html:
    if light is None:
        return say("portrait.light_unknown", language)
    word = "dark" if light < -20 else "bright" if light > 20 else "even"
    scale = say("portrait.scale", language, bar=_bar((light + 100) / 2))
    return say("portrait.light", language, scale=scale, word=say(f"portrait.word_{word}", language))


def _group(
    title: str, language: str, findings: Sequence[FindingLine], numbers: Mapping[UUID, int]
) -> Html | None:
    if not findings:
        return None
    told = [say(f"portrait.{title}", language)]
    for each in findings:
        value = _value(language, each)
        text = f"{say(f'portrait.kind.{each.kind}', language)}: {value}" if each.kind in _SINGLES else value
        key = "portrait.item_said" if each.sentence and each.kind in _SINGLES else "portrait.item"
        told.append(say(key, language, number=numbers[each.id], text=Html(text), sentence=each.sentence))
    return Html("\n".join(told))


def _value(language: str, finding: FindingLine) -> Html:
    if finding.kind == "gender" and finding.value in ("female", "male", "other"):
        return say(f"portrait.gender.{finding.value}", language)
    return Html(escape(finding.value))


def _bar(percent: float) -> str:
    full = max(0, min(10, round(percent / 10)))
    return "▰" * full + "▱" * (10 - full)
