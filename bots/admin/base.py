"""What the admin pages of this product have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.admin import ModelAdmin

from core.errors import AppError


class Admin(ModelAdmin):  # type: ignore[misc]
    """Unfold's admin with the words of our errors."""

    list_filter_sheet = False
    show_full_result_count = False

    def attempt(self, request: HttpRequest, service: Callable[[], object], *, done: str) -> bool:
        """Call a service and tell the person how it went, in words; whether it went well."""
        try:
            service()
        except AppError as error:
            messages.error(request, error.message or error.code)
            return False
        messages.success(request, done)
        return True

    def back(self, request: HttpRequest) -> HttpResponse:
        """Return to the page on which the person pressed the button, dialog or not."""
        came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
        options = self.model._meta
        to = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        if url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
            parts = urlsplit(came_from)
            to = parts.path + (f"?{parts.query}" if parts.query else "")
        if request.headers.get("HX-Request"):
            # The dialog's form is sent by script, which a plain redirect would not lead away from the page.
            return HttpResponse(headers={"HX-Redirect": to})
        return HttpResponseRedirect(to)


class RefusalsInForm:
    """A form that is told, on its second showing, why the service refused what was sent."""

    refusal: AppError | None = None
    # Codes whose words belong beside a field; the others stand above the form.
    refusal_fields: dict[str, str] = {}

    def clean(self) -> Any:
        """Add the service's refusal to what is wrong with the form."""
        cleaned = super().clean()  # type: ignore[misc]
        if self.refusal is not None:
            field = self.refusal_fields.get(self.refusal.code)
            self.add_error(field, self.refusal.message or self.refusal.code)  # type: ignore[attr-defined]
        return cleaned


class ServiceAdmin(Admin):
    """Saves through services; a refusal shows the person's form again, with the refusal in words."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show or save the form; what a service refuses comes back as an error of the form."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AppError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form's class, knowing of a refusal."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form


class ReadOnlyAdmin(Admin):
    """Pages to look at: nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser


def is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_staff
