"""What crosses the walls of this room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from llm.contracts import Usage


@dataclass(frozen=True, slots=True)
class Run:
    """A round over the profiles of one bot that this process goes on with.

    Who was tried since `started_at` is not tried again in it.
    """

    id: UUID
    bot_id: UUID
    started_at: datetime
    is_for_all: bool
    candidates: int
    trigger: str = "daily"
    # Over people whom staff have picked.
    is_picked: bool = False
    processed: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_micros: int = 0
    state: str = "running"
    note: str = ""
    # The message in Telegram that tells of it, and how often it was edited.
    report_id: UUID | None = None
    reports: int = 0


Result = Literal["updated", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one person in a round; `code` says why it failed."""

    profile_id: UUID
    result: Result
    code: str = ""
    usage: Usage = field(default_factory=lambda: Usage(0, 0, 0))
