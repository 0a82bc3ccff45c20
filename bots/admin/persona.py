from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bots.admin.base import Admin, ReadOnlyAdmin
from bots.admin.faces import NOTHING, ago, badge
from bots.admin.prompts import shown
from bots.admin.prompts.pages import PromptPages
from bots.admin.prompts.rights import may_publish, may_see_personas, personas_for
from bots.models import Bot, Persona, Prompt, PromptVersion
from bots.prompt_catalogue import prompt_catalogue
from bots.selectors.prompt_editions import PromptRef, place_of_version, prompts_in_force, ref_of
from core.tenancy import visible_bots


class ByPrompts:
    """What one may do follows from whose prompts one may change, not from Django's permissions (ADR 35)."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see_personas(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return may_see_personas(request)


@admin.register(Persona)
class PersonaAdmin(ByPrompts, PromptPages, Admin):
    """How companions speak: who they are, and all their prompts."""

    list_display = ("name", "speaks_for", "own_words", "drafts", "description")
    search_fields = ("name", "slug")
    nothing_yet = _("A persona is how a bot speaks: its prompts in both languages, with drafts and versions.")
    fields = (("name", "slug"), "description")
    prepopulated_fields = {"slug": ("name",)}
    change_form_outer_before_template = "admin/bots/persona/prompts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        personas = personas_for(request, super().get_queryset(request))
        return personas.annotate(
            bot_count=Count("bots", distinct=True),
            prompt_count=Count("prompts", distinct=True),
            own_count=Count("prompts__published", distinct=True),
            draft_count=Count("prompts__drafts", distinct=True),
        )

    def get_urls(self) -> list[Any]:
        return [*self.prompt_urls(), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_see_personas(request)

    def has_change_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        return may_publish(request, obj.id) if obj else may_see_personas(request)

    def has_delete_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        if obj is None:
            return self.has_change_permission(request)
        counted: Any = obj
        is_in_use = bool(counted.bot_count or counted.prompt_count)
        return not is_in_use and self.has_change_permission(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        persona = context.get("original")
        if isinstance(persona, Persona):
            context |= _prompts_of(request, persona)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("bots"))
    def speaks_for(self, persona: Any) -> object:
        return persona.bot_count or NOTHING

    @admin.display(description=_("own prompts"))
    def own_words(self, persona: Any) -> object:
        return badge(persona.own_count, "success") if persona.own_count else _("as shipped")

    @admin.display(description=_("drafts"))
    def drafts(self, persona: Any) -> object:
        return badge(persona.draft_count, "info") if persona.draft_count else NOTHING


@admin.register(Prompt)
class PromptAdmin(ByPrompts, ReadOnlyAdmin):
    """All prompts that have wordings of their own; each has its page at its persona."""

    list_display = ("prompt", "language", "persona", "in_force")
    list_filter = ("persona", "language")
    list_select_related = ("persona", "published")
    search_fields = ("key",)
    ordering = ("key", "language")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prompt]:
        prompts: QuerySet[Prompt] = super().get_queryset(request)
        seen = personas_for(request, Persona.objects.all())
        return prompts.filter(persona__in=seen.values("id"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Its page at its persona."""
        prompt = self.get_object(request, object_id)
        if prompt is None or prompt_catalogue().card(prompt.key) is None:
            raise Http404
        return HttpResponseRedirect(shown.address(ref_of(prompt)))

    @admin.display(description=_("prompt"), ordering="key")
    def prompt(self, prompt: Prompt) -> str:
        card = prompt_catalogue().card(prompt.key)
        return card.name if card else prompt.key

    @admin.display(description=_("in force"))
    def in_force(self, prompt: Prompt) -> object:
        return badge(prompt.published, "success") if prompt.published else _("as shipped")


@admin.register(PromptVersion)
class PromptVersionAdmin(ByPrompts, ReadOnlyAdmin):
    """A version is named by its id in answers that were made with it; that leads to its page."""

    list_display = ("prompt", "number", "author", "created_at")
    list_select_related = ("prompt", "author")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptVersion]:
        versions: QuerySet[PromptVersion] = super().get_queryset(request)
        seen = personas_for(request, Persona.objects.all())
        return versions.filter(prompt__persona__in=seen.values("id"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Its page at its persona."""
        try:
            version = self.get_object(request, object_id)
        except ValidationError:
            version = None
        found = place_of_version(version_id=version.id) if version else None
        if found is None:
            raise Http404
        ref, number = found
        if prompt_catalogue().card(ref.key) is None:
            raise Http404
        return HttpResponseRedirect(shown.address(ref, "prompt_read", token=f"v{number}"))


def _prompts_of(request: HttpRequest, persona: Persona) -> dict[str, Any]:
    """All prompts of a persona at a glance, and for whom it speaks."""
    catalogue = prompt_catalogue()
    found = prompts_in_force(persona_id=persona.id)
    seen = set(visible_bots() or ())
    speaking = Bot.objects.filter(persona_id=persona.id).order_by("name").values_list("id", "name")
    mine = [(bot_id, name) for bot_id, name in speaking if bot_id in seen]
    return {
        "prompts": [
            {
                "card": card,
                "wordings": [
                    {
                        "now": found[card.key, language],
                        "language": language,
                        "language_name": shown.LANGUAGE_NAMES.get(language, language),
                        "address": shown.address(PromptRef(persona.id, card.key, language)),
                        "at": ago(found[card.key, language].at),
                    }
                    for language in catalogue.languages
                ],
            }
            for card in catalogue.cards()
        ],
        "prompt_languages": [shown.LANGUAGE_NAMES.get(each, each) for each in catalogue.languages],
        "bots": [
            {"name": name, "address": reverse("admin:bots_bot_change", args=[bot_id])}
            for bot_id, name in mine
        ],
        "other_bots": len(speaking) - len(mine),
        "may_publish": may_publish(request, persona.id),
    }
