"""The columns of the tables that are written down in the book, as their models know them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Field


def column_of(table: str, name: str) -> Field[Any, Any] | None:
    """A table's column; None for what is no table, or has no such column any more."""
    return _columns().get(table, {}).get(name)


@lru_cache(maxsize=1)
def _columns() -> Mapping[str, Mapping[str, Field[Any, Any]]]:
    return {
        model._meta.db_table: {str(field.column): field for field in model._meta.concrete_fields}
        for model in apps.get_models(include_auto_created=True)
    }
