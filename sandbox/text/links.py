"""Addresses inside messages: what Telegram accepts as a link, and the people that tg:// links mean."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d{1,19})$")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(r"[^\s/?#@.]+(\.[^\s/?#@.]+)+\.?$")


class LinkError(ValueError):
    """An address that Telegram refuses; the message is its reason."""


def mentioned_user(url: str) -> int | None:
    """The person that a `tg://user?id=…` link stands for, if it is one."""
    match = _USER_LINK.match(url.strip())
    return int(match.group(1)) if match else None


def checked_link(url: str) -> str:
    """The link with its scheme. Raises LinkError with Telegram's reason when it is none."""
    url = url.strip()
    if not url:
        raise LinkError("URL host is empty")
    scheme = _SCHEME.match(url)
    # "example.com:8080/x" looks like a scheme; a dot in it tells that it is a host.
    if scheme is None or "." in scheme.group(1):
        url = f"http://{url}"
    elif scheme.group(1).lower() in {"tg", "ton", "tonsite"}:
        return url
    elif scheme.group(1).lower() not in {"http", "https"}:
        raise LinkError("Unsupported URL protocol")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise LinkError("Wrong HTTP URL") from error
    if not host:
        raise LinkError("URL host is empty")
    if not _HOST.match(host) and ":" not in host:
        raise LinkError("Wrong HTTP URL")
    return url if parts.path or parts.query or parts.fragment else f"{url}/"
