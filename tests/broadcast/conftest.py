from __future__ import annotations

from tests.runtime.conftest import office, told_at_once

__all__ = ["office", "told_at_once"]
