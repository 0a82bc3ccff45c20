"""A token between two pages: it lies sealed in the session of whoever adds a bot by it, or gives it to one."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest

from bots.services.keep_picture import picture_type
from bots.tokens import token_number
from core.clock import clock
from core.encryption import decrypt, encrypt
from dashboard.bots.asking import Asked
from telegram_client.contracts import BotIdentity

_KEY: Final = "new_bots"
_MADE: Final = "made_bots"
# Whoever begins more than so many loses the oldest.
_MOST: Final = 3
_LIVES: Final = timedelta(hours=1)
# The session is read with every request: a picture that is larger is done without.
_LARGEST_PICTURE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """What Telegram said of the bot, and the token, which is opened only where it is put to use."""

    id: str
    token_sealed: str = field(repr=False)
    api_url: str
    telegram_id: int
    username: str
    name: str
    reads_all: bool
    joins_groups: bool
    # In base64, "" where there is none.
    picture: str = field(repr=False)
    at: float
    # The bot that is to get this token; "" where a new one is made of it.
    bot_id: str = ""
    # False where Telegram could not be asked: then its id alone is known, from the token, and the rest is empty.
    is_asked: bool = True

    @property
    def token(self) -> str:
        """The token in the clear. Raises Undecryptable."""
        return decrypt(self.token_sealed)

    @property
    def asked(self) -> Asked | None:
        """What Telegram said, but for a picture that was too large to keep."""
        if not self.is_asked:
            return None
        who = BotIdentity(
            telegram_id=self.telegram_id,
            username=self.username,
            name=self.name,
            can_join_groups=self.joins_groups,
            can_read_all_group_messages=self.reads_all,
        )
        return Asked(who, self.picture_bytes)

    @property
    def picture_bytes(self) -> bytes | None:
        return base64.b64decode(self.picture) if self.picture else None

    @property
    def picture_address(self) -> str:
        """The picture as an address that holds all of it; "" where there is none."""
        kind = picture_type(self.picture_bytes or b"")
        return f"data:{kind.value};base64,{self.picture}" if kind else ""


def keep_draft(
    request: HttpRequest, *, token: str, api_url: str, asked: Asked | None, bot_id: UUID | None = None
) -> UUID:
    """Put a token, and what Telegram said of it, into this session; the answer is how pages call it."""
    draft_id, picture = uuid4(), (asked.picture if asked else None) or b""
    who = asked.identity if asked else BotIdentity(token_number(token), "", "", False, False)
    fits = len(picture) <= _LARGEST_PICTURE and picture_type(picture) is not None
    draft = Draft(
        id=str(draft_id),
        token_sealed=encrypt(token),
        api_url=api_url,
        telegram_id=who.telegram_id,
        username=who.username[:64],
        name=who.name[:100],
        reads_all=who.can_read_all_group_messages,
        joins_groups=who.can_join_groups,
        picture=base64.b64encode(picture).decode() if fits else "",
        at=clock.now().timestamp(),
        bot_id="" if bot_id is None else str(bot_id),
        is_asked=asked is not None,
    )
    request.session[_KEY] = [*_drafts(request), asdict(draft)][-_MOST:]
    return draft_id


def draft_of(request: HttpRequest, draft_id: UUID, *, bot_id: UUID | None = None) -> Draft | None:
    """The token of this name in this session, for a new bot or for this one; None where it is done, forgotten,
    meant for another bot or somebody else's.
    """
    if len(_drafts(request)) < len(request.session.get(_KEY, ())):
        # What is too old is not only passed over: its token goes.
        request.session[_KEY] = _drafts(request)
    found = next((each for each in _drafts(request) if each["id"] == str(draft_id)), None)
    draft = None if found is None else Draft(**found)
    return draft if draft and draft.bot_id == ("" if bot_id is None else str(bot_id)) else None


def drop_draft(request: HttpRequest, draft_id: UUID) -> None:
    """Forget it, and the token with it."""
    request.session[_KEY] = [each for each in _drafts(request) if each["id"] != str(draft_id)]


def become_bot(request: HttpRequest, draft_id: UUID, bot_id: UUID) -> None:
    """A draft has become a bot: its token is forgotten, and who goes back to its pages is led to the bot."""
    drop_draft(request, draft_id)
    made = [*request.session.get(_MADE, ()), [str(draft_id), str(bot_id)]]
    request.session[_MADE] = made[-_MOST:]


def bot_made_of(request: HttpRequest, draft_id: UUID) -> UUID | None:
    """The bot that this session made of a draft lately; None for one that it did not."""
    made = dict(request.session.get(_MADE, ()))
    return UUID(made[str(draft_id)]) if str(draft_id) in made else None


def drop_drafts_of(request: HttpRequest, bot_id: UUID) -> None:
    """Forget all that was begun for this bot: it has its token."""
    request.session[_KEY] = [each for each in _drafts(request) if each.get("bot_id") != str(bot_id)]


def _drafts(request: HttpRequest) -> list[dict[str, Any]]:
    oldest = (clock.now() - _LIVES).timestamp()
    return [each for each in request.session.get(_KEY, ()) if each["at"] >= oldest]
