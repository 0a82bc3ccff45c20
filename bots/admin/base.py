"""What the admin pages of this product have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from bots.admin.seen import NAME as SEEN
from bots.admin.seen import seen_form
from bots.roles import Capability
from bots.selectors.access import bots_with, capabilities_of
from core.errors import AppError

# No list shows more at once.
_MOST_CHOSEN: Final = 1_000


class CountedList(ChangeList):  # type: ignore[misc]
    """A list that says how many of all there are only to whoever has narrowed it."""

    # Django's own, which mypy does not see through unfold.
    result_list: Any
    result_count: int
    full_result_count: int | None

    def get_results(self, request: HttpRequest) -> None:
        """The rows of this page."""
        super().get_results(request)
        if self.full_result_count is None and not (self.query or self.has_active_filters):
            # All are shown: they were counted already.
            self.full_result_count, self.show_full_result_count = self.result_count, True


class Admin(ModelAdmin):  # type: ignore[misc]
    """Unfold's admin with the words of our errors."""

    list_filter_sheet = False
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return CountedList

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form's class; of a row that is there, one that tells who saves second."""
        if change and obj is not None:
            kwargs.setdefault("form", seen_form(self.form))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The form's sections; the mark of what was seen goes along, unseen."""
        sections: Any = [(title, dict(options)) for title, options in super().get_fieldsets(request, obj)]
        if obj is not None and sections and self.has_change_permission(request, obj):
            names = flatten_fieldsets(sections)
            if SEEN not in names:
                sections[0][1]["fields"] = (*sections[0][1]["fields"], SEEN)
        return sections

    def attempt(self, request: HttpRequest, service: Callable[[], object], *, done: str) -> bool:
        """Call a service and tell the person how it went, in words; whether it went well."""
        try:
            service()
        except AppError as error:
            messages.error(request, error.message or error.code)
            return False
        messages.success(request, done)
        return True

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Do something with chosen rows; who puts another's id into the form is told that there is no such row."""
        chosen = set(request.POST.getlist(ACTION_CHECKBOX_NAME)[:_MOST_CHOSEN])
        if chosen:
            rows = self.get_queryset(request)
            try:
                found = {str(each) for each in rows.filter(pk__in=chosen).values_list("pk", flat=True)}
            except (ValidationError, ValueError):
                found = set()
            for each in sorted(chosen - found):
                not_there(request, each)
        return super().response_action(request, queryset)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: Any) -> Any:  # noqa: ARG002
        # Django leads home with a message that repeats the id; what one may not see is not there.
        raise Http404

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


class OfBots:
    """Rows of bots: what one may do with a row follows from one's role in its bot, not from Django's permissions.

    Stands before the admin class. Where no row is asked about, any bot will do: lists hold the rows of those bots
    alone, and a row of another bot is not found.
    """

    looks = Capability.SEE_PEOPLE
    # None: nobody changes rows by the admin's form.
    changes: Capability | None = None

    def bot_of(self, row: Any) -> UUID | None:
        """The bot whose role counts for this row; None for what is the installation's."""
        return row.bot_id  # type: ignore[no-any-return]

    def may(self, request: HttpRequest, capability: Capability, row: Any = None) -> bool:
        """May whoever asks do this with the row: itself, or its id, as unfold's buttons have it?"""
        if row is not None and not isinstance(row, Model):
            row = self._named(request, row)
        if row is None:
            return may(request, capability)
        bot_id = self.bot_of(row)
        return is_superuser(request) if bot_id is None else may(request, capability, bot_id)

    def has_module_permission(self, request: HttpRequest) -> bool:
        # Whoever was given no bot yet sees that there is nothing, not a closed door.
        return self.may(request, self.looks) or (
            is_staff(request) and not bots_where(request, Capability.SEE_FIGURES)
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request) if obj is None else self.may(request, self.looks, obj)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.changes is not None and self.may(request, self.changes, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def _named(self, request: HttpRequest, row_id: Any) -> Any:
        # A page asks about the same row for each of its buttons.
        kept: dict[Any, Any] = request.__dict__.setdefault("_rows_of_bots", {})
        key = (type(self).__name__, str(row_id))
        if key not in kept:
            try:
                kept[key] = self.get_queryset(request).filter(pk=row_id).first()  # type: ignore[attr-defined]
            except (ValidationError, ValueError):
                kept[key] = None
        return kept[key]


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


def not_there(request: HttpRequest, row_id: object) -> NoReturn:
    """What one may not see is not there. That it was asked for by this id, in an address or a form, is written down."""
    request.refused = str(row_id)  # type: ignore[attr-defined]
    raise Http404


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser


def is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_staff


def may(request: HttpRequest, capability: Capability, bot_id: UUID | None = None) -> bool:
    """May whoever asks do this in the bot; without one, in any bot? Superusers may do everything in all of them."""
    user: Any = request.user
    if bot_id is not None:
        return capability in capabilities_of(user=user, bot_id=bot_id)
    return is_superuser(request) or bool(bots_with(user=user, capability=capability))


def bots_where(request: HttpRequest, capability: Capability) -> tuple[UUID, ...]:
    """The bots in which whoever asks may do this."""
    user: Any = request.user
    return bots_with(user=user, capability=capability)
