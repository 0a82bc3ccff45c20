"""What is tried, on what, and what came of it: plain values, as they are kept for a few minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

Source = Literal["text", "session"]
SIDES: Final = ("left", "right")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two wordings, as it was when the trial was asked for."""

    token: str
    name: str
    body: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Two wordings of a prompt on the same words.

    With the source "session" the words are not part of it: whoever runs it reads and redacts them, up to the message
    `upto`.
    """

    id: UUID
    user_id: int
    bot_id: UUID
    persona_id: UUID
    key: str
    language: str
    left: Side
    right: Side
    source: Source
    # Seconds since 1970.
    wanted_at: float
    text: str = ""
    known: str = ""
    stage: str = ""
    is_gentle: bool = False
    session_id: UUID | None = None
    upto: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The words that a prompt is tried on, and what surrounds them. What was said is (role, text), oldest first."""

    kind: str
    language: str
    history: tuple[tuple[str, str], ...]
    new: tuple[str, ...]
    name: str = ""
    gender: str = ""
    age: int | None = None
    summary: str = ""
    metaphysical: Mapping[str, object] = field(default_factory=dict)
    streams: tuple[str, ...] = ()
    stage: str = ""
    completed: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    question_count: int = 0
    known: tuple[tuple[str, str], ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    is_gentle: bool = False
    # What the bot said then, in a past session.
    said_then: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one side. With an `error` (a code) there is no answer, and what was spent was spent all the same.

    `details` are the parts of an answer that has a shape; `shown` is all that the model was shown.
    """

    text: str = ""
    details: tuple[tuple[str, Any], ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    model: str = ""
    source: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    is_estimated: bool = False
    cost_micros: int = 0
    latency_ms: int = 0
    attempts: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a trial stands: "waiting", "running", "done", or "refused" and "lost" with `why`.

    `crisis` is the sign that would have kept the bot from asking any model.
    """

    state: Literal["waiting", "running", "done", "refused", "lost"]
    why: str = ""
    crisis: str = ""
    said_then: str = ""
    left: Outcome | None = None
    right: Outcome | None = None
    # Millionths of a USD.
    asked_micros: int = 0
    left_micros: int = 0
