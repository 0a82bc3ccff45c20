"""The statements of this room, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from core.sql import statements
from profiles.models import Profile

_FOLDER = Path(__file__).parent / "sql"

SQL = statements(_FOLDER)


def text_of(name: str) -> str:
    """A statement as it is written."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def with_people(
    statement: str, params: Mapping[str, Any], people: QuerySet[Profile]
) -> tuple[str, dict[str, Any]]:
    """The statement with a query of people (id, telegram_id) in place of `%(people)s`, for Django's cursor."""
    query, given = people.values_list("id", "telegram_id").query.sql_with_params()
    numbers = count()
    # Its parameters have places, those of the statement have names.
    named = re.sub(
        r"%(.)", lambda found: f"%(person_{next(numbers)})s" if found[1] == "s" else found[0], query
    )
    of_people = {f"person_{number}": value for number, value in enumerate(given)}
    return statement.replace("%(people)s", named), {**params, **of_people}
