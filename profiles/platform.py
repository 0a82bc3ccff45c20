"""A person's own link to the platform, signed, so that whoever comes by it can be counted."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

_IDS = 16


@dataclass(frozen=True, slots=True)
class PlatformVisit:
    """Who a link was made for, and the stream that it leads to ("" for the platform itself)."""

    bot_id: UUID
    profile_id: UUID
    stream: str


def platform_link(*, bot_id: UUID, profile_id: UUID, stream: str = "") -> str:
    """The link that is counted as this person's; whole, for a button."""
    packed = bot_id.bytes + profile_id.bytes + stream.encode("ascii")
    token = _signer().sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))
    return f"{settings.PUBLIC_URL}/go/{token}"


def read_token(token: str) -> PlatformVisit | None:
    """Who the link was made for; None for one that we did not make."""
    try:
        said = _signer().unsign(token)
        packed = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        return PlatformVisit(
            UUID(bytes=packed[:_IDS]), UUID(bytes=packed[_IDS : 2 * _IDS]), packed[2 * _IDS :].decode("ascii")
        )
    except (BadSignature, binascii.Error, ValueError):
        return None


def _signer() -> Signer:
    # A colon would be quoted in an address.
    return Signer(salt="platform", sep="~")
