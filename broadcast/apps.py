"""One message to many, exactly once each."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BroadcastConfig(AppConfig):
    name = "broadcast"
    verbose_name = _("Broadcasts")

    def ready(self) -> None:
        # Models are there from here on.
        from broadcast.services.forget_recipient import forget_recipient  # noqa: PLC0415
        from profiles.erasing import add_eraser  # noqa: PLC0415

        add_eraser(forget_recipient)
