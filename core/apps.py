"""The kernel."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import checks  # noqa: F401, PLC0415 - registers the boot checks

        _let_names_be_translated()


def _let_names_be_translated() -> None:
    """Fields that were given no name are called as the code calls them; staff read that in their language, too.

    Migrations look at the name that was given, so this makes none.
    """
    for model in apps.get_models():
        if model.__module__.startswith("django."):
            continue
        for field in model._meta.local_fields:
            if field._verbose_name is None:  # type: ignore[attr-defined]
                field.verbose_name = gettext_lazy(str(field.verbose_name))
