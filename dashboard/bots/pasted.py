"""What people paste where a token belongs. Pure."""

from __future__ import annotations

import re
from typing import Final

# As BotFather writes them, wherever in its message they stand.
_INSIDE: Final = re.compile(
    r"(?<![0-9A-Za-z_-])([0-9]{5,20}:[A-Za-z0-9_-]{30,256})(?![A-Za-z0-9_-])", re.ASCII
)


def token_in(pasted: str) -> str:
    """The one token in the whole message that somebody pasted; what was pasted, where there is none, or several."""
    found = set(_INSIDE.findall(pasted))
    return found.pop() if len(found) == 1 else pasted.strip()
