"""A person's own link to the platform, signed, so that whoever follows it can be counted."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

_ID = 16
_LOCALHOST = re.compile(r"//localhost(?=[:/]|$)", re.IGNORECASE)
# Two ids and a slug of 32 letters, in base64, and a signature of 43 characters.
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class PlatformVisit:
    """Whom a link was made for, and the stream that it leads to ("" for the platform itself)."""

    bot_id: UUID
    profile_id: UUID
    stream: str


def platform_link(*, bot_id: UUID, profile_id: UUID, stream: str = "") -> str:
    """The link that is counted as this person's; whole, for a button. It never ends, and says nothing of them."""
    packed = bot_id.bytes + profile_id.bytes + stream.encode("ascii")
    token = _signer().sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))
    # Telegram refuses a button that leads to "localhost", however the settings spell this machine.
    return f"{_LOCALHOST.sub('//127.0.0.1', settings.PUBLIC_URL, count=1)}/go/{token}"


def read_token(token: str) -> PlatformVisit | None:
    """Whom a link was made for; None for one that we did not make."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        said = _signer().unsign(token)
        packed = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        ids, stream = packed[: 2 * _ID], packed[2 * _ID :]
        return PlatformVisit(UUID(bytes=ids[:_ID]), UUID(bytes=ids[_ID:]), stream.decode("ascii"))
    except (BadSignature, binascii.Error, ValueError):
        return None


def _signer() -> Signer:
    # A colon would be quoted in an address, and a dot at the end of one taken for the end of a sentence.
    return Signer(salt="profiles.platform", sep="~")
