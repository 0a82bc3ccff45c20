from __future__ import annotations

from typing import Any

from django.db.models import ForeignKey
from django.forms import Field
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from bots.admin.base import may
from bots.models import Bot, BotAccess
from bots.roles import Capability


class AccessInline(TabularInline):  # type: ignore[misc]
    """Who of the staff sees this bot, and in which role."""

    model = BotAccess
    extra = 0
    # Both columns say it already.
    hide_title = True
    fields = ("user", "role")
    verbose_name = _("member of staff")
    verbose_name_plural = _("Staff who see this bot")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.queryset = field.queryset.filter(is_staff=True, is_superuser=False)
            # Looked up once, not once for every row.
            field.choices = [each for each in field.choices]  # noqa: C416 - list() would count them besides
        return field  # type: ignore[no-any-return]

    def has_view_permission(self, request: HttpRequest, obj: Bot | None = None) -> bool:
        # Of the page's bot; without one Django asks whether to look for rows at all.
        return may(request, Capability.GIVE_ACCESS, obj.id if obj is not None else None)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission
