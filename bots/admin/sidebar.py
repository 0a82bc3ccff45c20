"""The admin's sidebar: what the settings list, with figures beside what waits."""

from __future__ import annotations

import copy
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of ADMIN_NAVIGATION; an item's `count` names what says how many wait, and nothing is shown for 0."""
    groups: list[dict[str, Any]] = copy.deepcopy(settings.ADMIN_NAVIGATION)
    for group in groups:
        for item in group["items"]:
            name = item.pop("count", None)
            waiting = import_string(name)(request) if name else 0
            if waiting:
                item["badge"] = waiting
                item["badge_style"] = "solid"
    return groups
