from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import TextField, URLField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from bots.admin.base import ServiceAdmin, is_staff, is_superuser
from bots.admin.faces import dialog_action, short
from profiles.forms import StreamForm
from profiles.models import Stream
from profiles.services.save_stream import save_stream, withdraw_stream


@admin.register(Stream)
class StreamAdmin(ServiceAdmin):
    """The programmes that people can join. Staff see them; owners write them, and running bots follow."""

    form = StreamForm
    list_display = ("name_ru", "name_en", "slug", "address", "position", "is_offered")
    list_display_links = ("name_ru",)
    ordering = ("position", "slug")
    warn_unsaved_form = True
    show_full_result_count = True
    formfield_overrides = {
        URLField: {"assume_scheme": "https"},
        TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})},
    }
    fieldsets = (
        (None, {"fields": (("slug", "position", "is_offered"), "url")}),
        (_("In Russian"), {"fields": ("name_ru", "description_ru")}),
        (_("In English"), {"fields": ("name_en", "description_en")}),
    )
    actions_detail = actions_row = ("withdraw",)

    def get_readonly_fields(self, request: HttpRequest, obj: Stream | None = None) -> tuple[str, ...]:  # noqa: ARG002
        # Rows of people hold it.
        return ("slug",) if obj else ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        # Rows of people name it; a stream is withdrawn instead.
        return False

    def save_model(self, request: HttpRequest, obj: Stream, form: Any, change: bool) -> None:  # noqa: ARG002
        texts = {name: value for name, value in form.cleaned_data.items() if name != "slug"}
        saved = save_stream(slug=obj.slug, is_new=not change, **texts)
        obj.__dict__.update(saved.__dict__)

    @dialog_action(
        label=_("Withdraw"),
        path="withdraw",
        icon="visibility_off",
        question=_("The bots offer this stream no longer. Whoever has chosen or joined it keeps it."),
        button=_("Withdraw"),
    )
    def withdraw(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        stream = self.get_object(request, object_id)
        if stream is None:
            raise Http404
        self.attempt(
            request, partial(withdraw_stream, slug=stream.slug), done=str(_("It is offered no longer."))
        )
        return self.back(request)

    @admin.display(description=_("page on the platform"))
    def address(self, stream: Stream) -> str:
        return short(stream.url) or "–"
