"""The registry of tenants."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BotsConfig(AppConfig):
    name = "bots"
    verbose_name = _("Bots")

    def ready(self) -> None:
        from bots.alarms import watch_requests  # noqa: PLC0415 - models are loaded only now

        watch_requests()
