"""Who signs in from where: the address of a request, and a browser's name in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

# Most name those that they want to be taken for as well: the first that fits is meant.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_VERSION = re.compile(r"/(\d{1,4})")


def address_in(meta: Mapping[str, object], *, is_behind_proxy: bool) -> str | None:
    """Where a request comes from. Behind a proxy the last of `X-Forwarded-For`, which alone it has written itself."""
    said = str(meta.get("REMOTE_ADDR") or "")
    if is_behind_proxy:
        said = str(meta.get("HTTP_X_FORWARDED_FOR") or said).rpartition(",")[2]
    try:
        return str(ip_address(said.strip()))
    except ValueError:
        return None


def browser_of(agent: str) -> str:
    """A browser in words: “Firefox 128, Linux”; "" where it cannot be told."""
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    browser = ""
    for mark, name in _BROWSERS:
        _before, found, rest = agent.partition(mark)
        if found:
            version = _VERSION.match(rest)
            browser = f"{name} {version[1]}" if version and name != "Safari" else name
            break
    return ", ".join(part for part in (browser, system) if part)
