"""Links that are counted: signed, one for each recipient and button."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

_LONGEST = 120
_ID = 16


def counted_link(*, bot_id: UUID, recipient_id: UUID, button: int) -> str:
    """The link under this button of this recipient's message; whole, for a button. It says nothing of them."""
    packed = bot_id.bytes + recipient_id.bytes + bytes([button])
    token = _signer().sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))
    # Telegram refuses a button that leads to "localhost", however the settings spell this machine.
    return f"{settings.PUBLIC_URL.replace('//localhost', '//127.0.0.1', 1)}/b/{token}"


def read_link(token: str) -> tuple[UUID, UUID, int] | None:
    """The bot, the recipient and the button that a link was made for; None for one that we did not make."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        said = _signer().unsign(token)
        packed = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
    except (BadSignature, binascii.Error, ValueError):
        return None
    if len(packed) != 2 * _ID + 1:
        return None
    return UUID(bytes=packed[:_ID]), UUID(bytes=packed[_ID : 2 * _ID]), packed[2 * _ID]


def _signer() -> Signer:
    return Signer(salt="broadcast.links", sep="~")
