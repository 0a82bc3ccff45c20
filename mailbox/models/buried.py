from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mailbox.models.inbound import InboundUpdate


class BuriedUpdate(InboundUpdate):
    """An inbound update that was given up, as staff see it: never what it says."""

    class Meta:
        proxy = True
        verbose_name = _("buried update")
        verbose_name_plural = _("buried updates")
