"""The hot statements of this room, by the names of their files."""

from __future__ import annotations

from pathlib import Path

from core.sql import statements

SQL = statements(Path(__file__).parent / "sql")
