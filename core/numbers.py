"""Numbers as the language of whoever reads writes them."""

from __future__ import annotations

from django.utils.formats import get_format


def decimal(figure: str) -> str:
    """A figure that was written with a point, with the decimal sign of the reader's language: 2,7 in Russian."""
    return figure.replace(".", get_format("DECIMAL_SEPARATOR"))
