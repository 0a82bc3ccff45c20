"""Codes of an authenticator app (RFC 6238: six digits, 30 seconds), and what stands in for them."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from django_otp.oath import TOTP

# A phone's clock may be off by this many steps of 30 seconds.
TOLERANCE = 1
RECOVERY_CODES = 10
_DIGITS = 6
# 160 bits, as RFC 4226 asks for.
_SECRET_BYTES = 20
# 80 bits: too many to be guessed, so that a plain digest of them may be kept.
_CODE_BYTES = 10


def new_secret() -> str:
    """What the app and we share, base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def new_recovery_code() -> str:
    """Four groups of four letters and digits."""
    code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says: an `otpauth:` address, as apps read it."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def step_of(code: str, *, secret: str, now: datetime, after: int) -> int | None:
    """The time step of which this is the code, if it is one of now and later than the step `after`; else None."""
    digits = code.replace(" ", "")
    if not (len(digits) == _DIGITS and digits.isascii() and digits.isdecimal()):
        return None
    app = TOTP(base64.b32decode(secret))
    app.time = now.timestamp()
    return app.t() if app.verify(int(digits), tolerance=TOLERANCE, min_t=after + 1) else None


def is_like_recovery_code(code: str) -> bool:
    """Whether somebody typed letters, so that it is no code of the app."""
    return any(each.isalpha() for each in code)


def plain(code: str) -> str:
    """A recovery code as it is compared, however it was typed."""
    return "".join(code.split()).replace("-", "").upper()
