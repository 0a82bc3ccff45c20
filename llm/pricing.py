"""Tokens and money."""

from __future__ import annotations

import math
from collections.abc import Iterable

CHARS_PER_TOKEN = 4
# More than any model takes: a larger figure is a server's mistake and must not reach a budget.
MOST_TOKENS = 10_000_000


def cost_micros(
    *, prompt_tokens: int, completion_tokens: int, input_price: float, output_price: float
) -> int:
    """Millionths of a USD. Prices are in USD per million tokens, so the millions cancel out."""
    cost = prompt_tokens * input_price + completion_tokens * output_price
    return max(round(cost), 0) if math.isfinite(cost) else 0


def estimate_tokens(texts: Iterable[str]) -> int:
    """About how many tokens these texts are, when the server did not say; at least one."""
    return max(sum(map(len, texts)) // CHARS_PER_TOKEN, 1)


def token_count(value: object) -> int | None:
    """A believable count of tokens, else None: servers send null, text, negative and absurd ones."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS:
        return value
    return None
