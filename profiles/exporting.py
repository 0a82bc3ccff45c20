"""What a table holds of a person, as the file with all of it names and writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Q, QuerySet

from bots.tenant import Erasure, TenantModel


def personal_models() -> list[type[TenantModel]]:
    """Every table that holds rows about people, in the order of its name."""
    models = [
        each
        for each in TenantModel.__subclasses__()
        if each.personal_data.erasure is not Erasure.NOT_PERSONAL
    ]
    return sorted(models, key=lambda each: each._meta.db_table)


def rows_about(
    model: type[TenantModel], *, bot_id: UUID, profile_id: UUID, telegram_id: int
) -> QuerySet[TenantModel]:
    """The rows of this table that speak of the person, oldest first."""
    declared = model.personal_data
    about = Q()
    if declared.profile is not None:
        about |= Q(**{declared.profile: profile_id})
    for name in declared.telegram:
        about |= Q(**{name: telegram_id})
    return model._default_manager.filter(about, bot_id=bot_id).order_by("id")


def lines_of(rows: QuerySet[TenantModel]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """Each row's id, and what its person gets to see of it."""
    names = rows.model.personal_data.exported
    binary = {each.name for each in rows.model._meta.concrete_fields if isinstance(each, BinaryField)}
    # In pieces: whoever was here for years has many.
    for row_id, *values in rows.values_list("id", *names).iterator(chunk_size=1000):
        line = dict(zip(names, values, strict=True))
        yield row_id, {name: _read(value) if name in binary else value for name, value in line.items()}


def written(value: object) -> str:
    """A row on one line of JSON: indented, a long history would take half as long again."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _read(content: Any) -> Any:
    """An update as Telegram told it; the bytes of a file stay as they are."""
    held = bytes(content or b"")
    try:
        return json.loads(held)
    except ValueError:
        return held


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
