"""What the parts of a worker process share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.errors import AppError


class TokenRevoked(AppError):
    """Telegram no longer knows the token: the bot waits for another one."""

    def __init__(self) -> None:
        super().__init__(
            code="telegram.token_revoked",
            permanent=True,
            message="Telegram does not accept this token. Paste a new one from @BotFather.",
        )


class Deaf(AppError):
    """No poll has succeeded for too long, and a fresh connection did not help."""

    def __init__(self) -> None:
        super().__init__(
            code="runtime.deaf", permanent=False, message="No answer from Telegram for too long."
        )


class LoopDied(AppError):
    """One of a bot's loops ended by an error that it should have outlived."""

    def __init__(self, name: str) -> None:
        super().__init__(code=f"runtime.{name}_died", permanent=False, message=f"The {name} died.")


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do with one bot: a new generation is a fresh start, a new revision a second look."""

    bot_id: UUID
    generation: int
    revision: str
    is_paused: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "bot": str(self.bot_id),
            "generation": self.generation,
            "revision": self.revision,
            "paused": self.is_paused,
        }

    @staticmethod
    def from_json(value: Mapping[str, object]) -> Order:
        """The order that `as_json` wrote. Raises ValueError, KeyError."""
        return Order(
            bot_id=UUID(str(value["bot"])),
            generation=int(str(value["generation"])),
            revision=str(value["revision"]),
            is_paused=bool(value["paused"]),
        )
