"""The statements of this room, by name."""

from __future__ import annotations

from pathlib import Path

from core.sql import statements

SQL = statements(Path(__file__).parent / "sql")
