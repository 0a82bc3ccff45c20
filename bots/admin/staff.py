from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action as unfold_action
from unfold.forms import AdminPasswordChangeForm, BaseDialogForm, UserChangeForm, UserCreationForm

from bots.admin.base import Admin, is_superuser
from bots.admin.faces import dialog_action
from bots.models import BotAccess
from bots.services.drop_second_factor import drop_second_factor

admin.site.unregister(User)
admin.site.unregister(Group)


class BotsInline(TabularInline):  # type: ignore[misc]
    """The bots that a member of staff sees, and in which role."""

    model = BotAccess
    extra = 0
    # Both columns say it already.
    hide_title = True
    fields = ("bot", "role")
    verbose_name = _("bot")
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
class StaffAdmin(OwnersOnly, DjangoUserAdmin, Admin):  # type: ignore[type-arg, misc]
    """People with an account, and the bots that each of them sees."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = (
        "username",
        "first_name",
        "last_name",
        "is_staff",
        "is_superuser",
        "has_second_factor",
        "last_login",
    )
    list_select_related = ("second_factor",)
    actions_detail = ("see_sessions", "reset_second_factor")
    list_filter = ("is_staff", "is_superuser", "is_active")

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:  # noqa: ARG002
        return [BotsInline] if obj else []

    @admin.display(description=_("two-factor"), boolean=True)
    def has_second_factor(self, user: User) -> bool:
        factor = getattr(user, "second_factor", None)
        return factor is not None and factor.is_confirmed

    @unfold_action(
        description=_("Where signed in"), url_path="sessions", icon="devices", permissions=["view"]
    )  # type: ignore[untyped-decorator]
    def see_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(reverse("staff-sessions-of", args=[object_id]))

    @dialog_action(
        label=_("Reset two-factor"),
        path="reset-two-factor",
        icon="phonelink_erase",
        question=_(
            "For who has lost phone and recovery codes: the password alone lets them in until they add an app."
        ),
        button=_("Reset"),
    )
    def reset_second_factor(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        if drop_second_factor(user=user, by=request.user):
            self.log_change(request, user, str(_("Two-factor sign-in was reset.")))
            messages.success(request, _("Two-factor sign-in was reset."))
        else:
            messages.warning(request, _("It was off already."))
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[user.pk]))


@admin.register(Group)
class GroupAdmin(OwnersOnly, DjangoGroupAdmin, Admin):
    """Sets of permissions that are given together."""
