"""Signs that a person is in danger, and whom they can call. Pure: no model, no database.

The rules would rather err on the careful side: a person who is offered a hotline for nothing loses a minute.
"""

from __future__ import annotations

from sessions_app.crisis.detection import detect
from sessions_app.crisis.hotlines import Hotline, crisis_reply, hotline_list, hotlines
from sessions_app.crisis.kinds import CrisisKind, CrisisSign

__all__ = ["CrisisKind", "CrisisSign", "Hotline", "crisis_reply", "detect", "hotline_list", "hotlines"]
