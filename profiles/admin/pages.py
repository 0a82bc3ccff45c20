"""Pages of people."""

from __future__ import annotations

from unfold.paginator import InfinitePaginator


class PeoplePaginator(InfinitePaginator):  # type: ignore[misc]
    """Pages without a count, which would be the slowest part of them."""
