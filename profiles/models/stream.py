from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_id


class Stream(models.Model):
    """A programme that a person can join, as the installation offers it; `slug` is what rows of people hold."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # At most 32, since it travels in a button's data.
    slug = models.SlugField(_("slug"), max_length=32, unique=True)
    name_ru = models.CharField(_("name, Russian"), max_length=60)
    name_en = models.CharField(_("name, English"), max_length=60)
    description_ru = models.TextField(_("description, Russian"), max_length=600, blank=True)
    description_en = models.TextField(_("description, English"), max_length=600, blank=True)
    url = models.URLField(_("page on the platform"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_offered = models.BooleanField(_("offered"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "streams"
        ordering = ["position", "slug"]
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(slug__regex=r"^[a-z0-9-]{1,32}$"), name="streams_slug_fits_a_button"
            )
        ]

    def __str__(self) -> str:
        return self.name_ru
