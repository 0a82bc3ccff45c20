"""Lists for prompts: stages, streams, what a person did. Pure, and bounded whatever comes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from journey.stages import Stage, StageCode
from sessions_app.analysis.contracts import ActLine
from sessions_app.companion import StageBook, StreamBook
from sessions_app.fences import UNKNOWN, language_of
from sessions_app.records import Said, element, history_window, middle_out, record
from sessions_app.rendering import clean

MOST_ACTS: Final = 50
MOST_POSTS: Final = 50
_LONGEST_TEXT: Final = 400
_LONGEST_NAME: Final = 60
_MOST_CHARS: Final = 12_000

_NONE: Final = {"ru": "нет", "en": "none"}
_ACT: Final = {"ru": "действие", "en": "act"}
_POST: Final = {"ru": "пост", "en": "post"}


def stages_listed(stages: Sequence[Stage]) -> str:
    """A line for each: code, name, what it is about."""
    return "\n".join(f"{each.code}, {clean(each.name)}: {clean(each.description)}" for each in stages)


def stages_named(codes: Sequence[str], stages: StageBook, language: str) -> str:
    """The stages of these codes by code and name; codes of no stage are left out."""
    known = [code for code in dict.fromkeys(codes) if code in StageCode.__members__]
    shown = [f"{code} ({clean(stages.stage(code, language).name)})" for code in known]
    return ", ".join(shown) or _NONE[language_of(language)]


def streams_by_slug(streams: StreamBook, language: str) -> str:
    """A line for each programme on offer: slug, name, what it is about."""
    return "\n".join(
        clean(
            f"{each.slug}, {each.name}: {each.description}"
            if each.description
            else f"{each.slug}, {each.name}"
        )
        for each in streams.streams(language)
    )


def talk(history: Sequence[Said], language: str) -> str:
    """The talk as a record, what fits of it."""
    return record(history_window(history), language) or UNKNOWN[language_of(language)]


def deeds(acts: Sequence[ActLine], posts: Sequence[str], language: str) -> str:
    """What a person did and published, as a record: the newest that fits, and the newest last."""
    shown = [*_posts(posts, language), *_acts(acts, language)]
    return "\n".join(shown) or UNKNOWN[language_of(language)]


def words_of(acts: Sequence[ActLine], posts: Sequence[str] = ()) -> list[str]:
    """All that the person said or published, oldest first."""
    said = [each.text for each in sorted(acts, key=_moment)[-MOST_ACTS:]]
    return [text for text in (*posts[-MOST_POSTS:], *said) if text]


def _acts(acts: Sequence[ActLine], language: str) -> list[str]:
    tag = _ACT[language_of(language)]
    shown = []
    for act in sorted(acts, key=_moment)[-MOST_ACTS:]:
        name = " ".join(clean(f"{act.kind} {act.name}").split())[:_LONGEST_NAME]
        shown.append(element(tag, _shortened(act.text), about=f"{act.at:%Y-%m-%d %H:%M} {name}".strip()))
    return _fitting(shown)


def _posts(posts: Sequence[str], language: str) -> list[str]:
    tag = _POST[language_of(language)]
    texts = [_shortened(post) for post in posts[-MOST_POSTS:]]
    return _fitting([element(tag, text) for text in texts if text])


def _moment(act: ActLine) -> float:
    return act.at.timestamp()


def _shortened(text: str) -> str:
    return middle_out(clean(text).strip(), _LONGEST_TEXT)


def _fitting(shown: Sequence[str]) -> list[str]:
    kept: list[str] = []
    room = _MOST_CHARS
    for line in reversed(shown):
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return kept[::-1]
