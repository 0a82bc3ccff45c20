from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_id


class Persona(models.Model):
    """How a companion speaks: a name and the prompts that make it; several bots may share one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "personas"
        ordering = ["name"]
        verbose_name = _("persona")
        verbose_name_plural = _("personas")

    def __str__(self) -> str:
        return self.name


class Prompt(models.Model):
    """One prompt of a persona in one language, with a pointer to the version that is published.

    Without a row, or without a published version, the default that ships with the code speaks.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="prompts")
    key = models.CharField(_("key"), max_length=60)
    language = models.CharField(_("language"), max_length=8)
    published = models.ForeignKey(
        "bots.PromptVersion",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("published version"),
    )

    class Meta:
        db_table = "prompts"
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        constraints = [
            models.UniqueConstraint(
                fields=["persona", "key", "language"], name="prompts_one_per_persona_key_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


class PromptVersion(models.Model):
    """One wording of a prompt; never changed once written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What it was called as a draft.
    note = models.CharField(_("note"), max_length=80, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "prompt_versions"
        ordering = ["-number"]
        verbose_name = _("prompt version")
        verbose_name_plural = _("prompt versions")
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="prompt_versions_are_numbered")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class PromptDraft(models.Model):
    """A wording that staff are working on: no bot speaks with it before it is published, and then it is a version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="drafts")
    title = models.CharField(_("title"), max_length=80, blank=True)
    body = models.TextField(_("text"))
    # Goes up each time it is saved, so that nobody saves over what they have not seen.
    revision = models.PositiveIntegerField(default=1)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        db_table = "prompt_drafts"
        ordering = ["-changed_at"]
        verbose_name = _("draft of a prompt")
        verbose_name_plural = _("drafts of prompts")

    def __str__(self) -> str:
        return self.title or str(_("draft"))
