from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from bots.admin.base import Admin, is_superuser
from bots.models import BotAccess

admin.site.unregister(User)
admin.site.unregister(Group)


class BotsInline(TabularInline):  # type: ignore[misc]
    """The bots that a member of staff sees, and in which role."""

    model = BotAccess
    extra = 0
    fields = ("bot", "role")
    verbose_name_plural = _("Bots that this person sees (superusers see all)")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            # Looked up once, not once for every row.
            field.choices = list(field.choices)
        return field


class OwnersOnly:
    """Accounts decide who sees what: only superusers look after them."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return is_superuser(request)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)


@admin.register(User)
class StaffAdmin(OwnersOnly, DjangoUserAdmin, Admin):  # type: ignore[type-arg]
    """People with an account, and the bots that each of them sees."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active")

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:  # noqa: ARG002
        return [BotsInline] if obj else []


@admin.register(Group)
class GroupAdmin(OwnersOnly, DjangoGroupAdmin, Admin):
    """Sets of permissions that are given together."""
