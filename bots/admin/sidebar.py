"""The admin's sidebar: what the settings list, with figures beside what waits."""

from __future__ import annotations

import copy
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of ADMIN_NAVIGATION, without lists that the person's roles do not open.

    An item's `count` names what says how many wait, and nothing is shown for 0.
    """
    groups: list[dict[str, Any]] = copy.deepcopy(settings.ADMIN_NAVIGATION)
    closed = _closed_lists(request)
    for group in groups:
        group["items"] = [item for item in group["items"] if str(item["link"]) not in closed]
        for item in group["items"]:
            name = item.pop("count", None)
            waiting = import_string(name)(request) if name else 0
            if waiting:
                item["badge"] = waiting
                item["badge_style"] = "solid"
    return [group for group in groups if group["items"]]


def _closed_lists(request: HttpRequest) -> set[str]:
    return {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model, its_admin in admin.site._registry.items()
        if not its_admin.has_module_permission(request)
    }
