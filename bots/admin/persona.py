from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import BaseDialogForm

from bots.admin.base import Admin, ReadOnlyAdmin, ServiceAdmin
from bots.admin.faces import NOTHING, badge, dialog_action, short
from bots.forms import PromptForm
from bots.models import Persona, Prompt, PromptVersion
from bots.services.publish_prompt import publish_prompt, publish_version, withdraw_prompt


class PromptInline(TabularInline):  # type: ignore[misc]
    """The prompts of a persona and which wording of each is in force."""

    model = Prompt
    extra = 0
    fields = readonly_fields = ("page", "language", "in_force")
    hide_title = True
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prompt]:
        prompts: QuerySet[Prompt] = super().get_queryset(request)
        return prompts.select_related("published").order_by("key", "language")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description=_("prompt"))
    def page(self, prompt: Prompt) -> str:
        return _link("admin:bots_prompt_change", prompt, prompt.key)

    @admin.display(description=_("in force"))
    def in_force(self, prompt: Prompt) -> str:
        return badge(prompt.published, "success") if prompt.published else NOTHING


@admin.register(Persona)
class PersonaAdmin(Admin):
    """How companions speak."""

    list_display = ("name", "slug", "description")
    search_fields = ("name", "slug")
    fields = (("name", "slug"), "description")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (PromptInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and not (
            obj and (obj.bots.exists() or obj.prompts.exists())
        )


class VersionInline(TabularInline):  # type: ignore[misc]
    """Every wording that a prompt ever had."""

    model = PromptVersion
    fk_name = "prompt"
    extra = 0
    fields = readonly_fields = ("page", "beginning", "author", "created_at")
    hide_title = True
    can_delete = False
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptVersion]:
        versions: QuerySet[PromptVersion] = super().get_queryset(request)
        return versions.select_related("author", "prompt").order_by("-number")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description=_("version"))
    def page(self, version: PromptVersion) -> str:
        return _link("admin:bots_promptversion_change", version, str(version))

    @admin.display(description=_("text"))
    def beginning(self, version: PromptVersion) -> str:
        return short(version.body, most=80)


@admin.register(Prompt)
class PromptAdmin(ServiceAdmin):
    """One prompt of a persona; what is saved here is in force at once."""

    form = PromptForm
    list_display = ("key", "language", "persona", "in_force")
    list_filter = ("persona", "language")
    list_select_related = ("persona", "published")
    search_fields = ("key",)
    ordering = ("key", "language")
    fieldsets = ((None, {"fields": (("persona", "key", "language"), "body")}),)
    actions_detail = ("use_default",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        # What was in force once explains old answers; a prompt is withdrawn instead.
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prompt]:
        prompts: QuerySet[Prompt] = super().get_queryset(request)
        return prompts.select_related("persona", "published")

    def get_readonly_fields(self, request: HttpRequest, obj: Prompt | None = None) -> tuple[str, ...]:  # noqa: ARG002
        return ("persona", "key", "language") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Prompt | None) -> list[Any]:  # noqa: ARG002
        return [VersionInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Prompt, form: Any, change: bool) -> None:  # noqa: ARG002
        version = publish_prompt(
            persona_id=obj.persona_id,
            key=obj.key,
            language=obj.language,
            body=form.cleaned_data["body"],
            author=request.user if isinstance(request.user, User) else None,
        )
        obj.__dict__.update(version.prompt.__dict__)

    @dialog_action(
        label=_("Use the default"),
        path="use-default",
        icon="undo",
        question=_("The wording that ships with the product speaks again. All versions stay here."),
        button=_("Use the default"),
    )
    def use_default(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        prompt = self.get_object(request, object_id)
        if prompt is None:
            raise Http404
        self.attempt(
            request, partial(withdraw_prompt, prompt_id=prompt.id), done=str(_("The default speaks again."))
        )
        return self.back(request)

    @admin.display(description=_("in force"))
    def in_force(self, prompt: Prompt) -> str:
        return badge(prompt.published, "success") if prompt.published else NOTHING


@admin.register(PromptVersion)
class PromptVersionAdmin(ReadOnlyAdmin):
    """One wording, to read and to put in force again."""

    list_display = ("prompt", "number", "author", "created_at", "is_in_force")
    list_select_related = ("prompt", "author")
    fields = ("prompt", "number", "is_in_force", "author", "created_at", "body")
    actions_detail = actions_row = ("put_in_force",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptVersion]:
        versions: QuerySet[PromptVersion] = super().get_queryset(request)
        return versions.select_related("prompt", "prompt__persona", "author")

    def has_publish_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return request.user.has_perm("bots.change_prompt")

    @admin.display(description=_("in force"), boolean=True)
    def is_in_force(self, version: PromptVersion) -> bool:
        return version.prompt.published_id == version.id

    @dialog_action(
        label=_("Put in force"),
        path="put-in-force",
        icon="published_with_changes",
        variant="PRIMARY",
        question=_("This wording replaces the one in force; bots take it over as they run."),
        button=_("Put in force"),
        permissions=("publish",),
    )
    def put_in_force(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        self.attempt(
            request, partial(publish_version, version_id=version.id), done=str(_("This wording is in force."))
        )
        return self.back(request)


def _link(page: str, row: Model, words: str) -> str:
    return format_html(
        '<a class="font-semibold text-primary-600 dark:text-primary-500" href="{}">{}</a>',
        reverse(page, args=[row.pk]),
        words,
    )
