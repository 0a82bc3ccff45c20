from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from audit.models import AuditAction, AuditEntry
from audit.selectors.audit_entries import audit_entries
from bots.admin.base import ReadOnlyAdmin, bots_where, is_superuser, may
from bots.admin.faces import NOTHING, ago, badge
from bots.admin.visible_bots import VisibleBotsFilter
from bots.roles import Capability

_COLOURS = {
    AuditAction.INSERT: "success",
    AuditAction.UPDATE: "info",
    AuditAction.DELETE: "danger",
    AuditAction.ERASE: "danger",
    AuditAction.READ: "",
    AuditAction.EXPORT: "warning",
    AuditAction.REFUSED: "warning",
}
_LONGEST = 120


class ByFilter(admin.SimpleListFilter):
    """Whose doing it was: somebody of the staff, or the product's own."""

    title = _("by")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        staff = User.objects.filter(is_staff=True).order_by("username").values_list("id", "username")[:100]
        return [("itself", _("the product itself")), *((str(user_id), name) for user_id, name in staff)]

    def queryset(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[AuditEntry],
    ) -> QuerySet[AuditEntry]:
        value = self.value()
        if not value:
            return queryset
        if value == "itself":
            return queryset.filter(actor_id__isnull=True)
        return queryset.filter(actor_id=int(value)) if value.isdecimal() else queryset.none()


class SubjectFilter(admin.SimpleListFilter):
    """What it was done to."""

    title = _("of what")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return list(_SUBJECTS.items())

    def queryset(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[AuditEntry],
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(subject=self.value()) if self.value() else queryset


_SUBJECTS = {
    "bots": _("bots"),
    "bot_access": _("access to bots"),
    "auth_user": _("staff"),
    "personas": _("personas"),
    "prompts": _("prompts"),
    "prompt_versions": _("wordings of prompts"),
    "stage_versions": _("wordings of stages"),
    "streams": _("programmes"),
    "broadcasts": _("broadcasts"),
    "segments": _("segments"),
    "profiles": _("people"),
    "findings": _("what is known of people"),
    "inbox_items": _("conversations"),
    "messages": _("messages"),
    "alerts": _("alerts"),
}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed, read, exported, erased what, and what was refused to whom."""

    list_display = ("when", "who", "what", "of_what", "changes")
    list_filter = ("action", SubjectFilter, ByFilter, VisibleBotsFilter)
    list_per_page = 50
    search_fields = ("row_id",)
    search_help_text = _("The id of what was changed")
    ordering = ("-id",)
    sortable_by = ()
    list_display_links = None
    paginator = InfinitePaginator
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return audit_entries(
            bot_ids=bots_where(request, Capability.CHANGE_BOT), sees_all=is_superuser(request)
        )

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[AuditEntry],
        search_term: str,
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """The very id, with or without its dashes: the book is long."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            term = str(UUID(term))
        except ValueError:
            term = term[:64]
        return queryset.filter(row_id=term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The names of staff are looked up once a page."""
        self._names = dict(User.objects.values_list("id", "username"))
        return super().changelist_view(request, extra_context)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Entries have no pages of their own. Whoever may change a bot reads who changed it.
        return obj is None and may(request, Capability.CHANGE_BOT)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, Capability.CHANGE_BOT)

    @admin.display(description=_("when"))
    def when(self, entry: AuditEntry) -> Any:
        return ago(entry.at)

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> Any:
        if entry.actor_id is None:
            return _("the product itself")
        name = self._names.get(entry.actor_id, f"#{entry.actor_id}")
        return format_html("{}<br><small>{}</small>", name, entry.address) if entry.address else name

    @admin.display(description=_("action"))
    def what(self, entry: AuditEntry) -> Any:
        return badge(entry.get_action_display(), _COLOURS.get(AuditAction(entry.action), ""))

    @admin.display(description=_("of what"))
    def of_what(self, entry: AuditEntry) -> Any:
        return format_html(
            "{}<br><small>{}</small>", _SUBJECTS.get(entry.subject, entry.subject), entry.row_id
        )

    @admin.display(description=_("before and after"))
    def changes(self, entry: AuditEntry) -> Any:
        rows = list(_changes(entry.before or {}, entry.after or {}))
        return format_html_join("", "<div><b>{}</b> {}</div>", rows) if rows else NOTHING


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, SafeString]]:
    for name in sorted({*before, *after}):
        was, now = (_short(side.get(name)) for side in (before, after))
        if name in before and name in after:
            yield name, format_html("<del>{}</del> → <ins>{}</ins>", was, now)
        elif now not in ("", "{}", "[]", "null"):
            yield name, format_html("{}", now or was)


def _short(value: Any) -> str:
    said = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
