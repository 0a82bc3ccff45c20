"""The book of changes: who changed, read, exported or erased what, and what was refused to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from audit.admin import words
from audit.models import AuditAction, AuditEntry
from audit.selectors.audit_entries import Asked, audit_entries, find_entries
from bots.admin.base import ReadOnlyAdmin, bots_where, is_superuser, may
from bots.admin.faces import badge
from bots.models import Bot
from bots.roles import Capability

ROWS: Final = 50
# Of an entry with more fields the others are folded away.
_SHOWN_FIELDS: Final = 6


def _day() -> UnfoldAdminTextInputWidget:
    # The browser's own calendar; unfold's wants the scripts of a form page.
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class BookForm(forms.Form):
    """What is looked for; all of it may be left out."""

    q = forms.CharField(
        label=_("Words or an id"),
        required=False,
        max_length=64,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "search"}),
    )
    by = forms.ChoiceField(label=_("Who"), required=False, widget=UnfoldAdminSelectWidget())
    action = forms.ChoiceField(label=_("Did what"), required=False, widget=UnfoldAdminSelectWidget())
    subject = forms.ChoiceField(label=_("To what"), required=False, widget=UnfoldAdminSelectWidget())
    bot = forms.ChoiceField(label=_("Bot"), required=False, widget=UnfoldAdminSelectWidget())
    since = forms.DateField(label=_("From"), required=False, widget=_day())
    until = forms.DateField(label=_("Until"), required=False, widget=_day())

    def __init__(
        self, data: Any, *, staff: Sequence[tuple[int, str]], bots: Sequence[tuple[Any, str]]
    ) -> None:
        super().__init__(data)
        kinds = sorted(((code, str(name)) for code, name in words.SUBJECTS.items()), key=lambda each: each[1])
        choices: dict[str, list[tuple[Any, Any]]] = {
            "by": [("", _("Everybody")), ("0", _("the product itself")), *staff],
            "action": [("", _("Everything")), *AuditAction.choices],
            "subject": [("", _("Everything")), *kinds],
            "bot": [("", _("All bots")), *bots],
        }
        for name, values in choices.items():
            field: Any = self.fields[name]
            field.choices = [(str(value), label) for value, label in values]

    def asked(self, *, before: int | None) -> Asked | None:
        """What was asked for; None where that cannot be."""
        if self.is_bound and not self.is_valid():
            return None
        found = self.cleaned_data if self.is_bound else {}
        until = found.get("until")
        return Asked(
            actor=int(found["by"]) if found.get("by") else None,
            action=found.get("action", ""),
            subject=found.get("subject", ""),
            bot_id=found.get("bot") or None,
            since=_midnight(found.get("since")),
            # The last day is meant too.
            until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
            text=found.get("q", ""),
            before=before,
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The book as far as one may read it: superusers all of it, others what belongs to bots that they may change."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return audit_entries(
            bot_ids=bots_where(request, Capability.CHANGE_BOT), sees_all=is_superuser(request)
        )

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Entries have no pages of their own. Whoever may change a bot reads who changed it.
        return obj is None and may(request, Capability.CHANGE_BOT)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, Capability.CHANGE_BOT)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and what was found."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mine = bots_where(request, Capability.CHANGE_BOT)
        bots = list(Bot.objects.filter(id__in=mine).order_by("name").values_list("id", "name"))
        everybody = list(User.objects.order_by("username").values_list("id", "username", "is_staff"))
        names = words.Names(
            staff={user_id: name for user_id, name, _staff in everybody},
            bots={str(bot_id): name for bot_id, name in bots},
        )
        staff = [(user_id, name) for user_id, name, is_staff in everybody if is_staff]
        form = BookForm(request.GET or None, staff=staff, bots=bots)
        before = request.GET.get("before", "")
        asked = form.asked(before=_number(before))
        sees_all = is_superuser(request)
        # Whoever asks for what cannot be is shown why instead of everything.
        found = find_entries(asked, bot_ids=mine, sees_all=sees_all, limit=ROWS + 1) if asked else []
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": _("Book of changes"),
            "form": form,
            "days": _by_day(found[:ROWS], names),
            "is_narrowed": bool(form.is_bound and set(request.GET) - {"before"}),
            "older": _older(request, found[ROWS - 1]) if len(found) > ROWS else "",
            "is_first": not before,
            "many_bots": len(bots) > 1,
        }
        return TemplateResponse(request, "admin/audit/auditentry/change_list.html", context)


def _by_day(entries: Sequence[AuditEntry], names: words.Names) -> list[dict[str, Any]]:
    days = groupby(entries, key=lambda each: localtime(each.at).date())
    return [
        {"day": date_format(day, gettext("l, j F Y")), "entries": [_shown(each, names) for each in found]}
        for day, found in days
    ]


def _shown(entry: AuditEntry, names: words.Names) -> dict[str, Any]:
    fields = words.fields_of(entry, names)
    # What was changed stands in the page; of what was added or removed all there was would be too much.
    is_open = entry.action not in {AuditAction.INSERT, AuditAction.DELETE}
    most = _SHOWN_FIELDS if is_open else 0
    return {
        "entry": entry,
        "time": date_format(localtime(entry.at), "H:i:s"),
        "who": names.staff.get(entry.actor_id, f"#{entry.actor_id}") if entry.actor_id else "",
        "action": badge(entry.get_action_display(), words.COLOURS.get(entry.action, "")),
        "subject": words.subject_of(entry),
        "name": words.name_of(entry, names),
        "link": words.page_of(entry),
        "bot": names.bots.get(str(entry.bot_id), "") if entry.subject != "bots" else "",
        "fields": fields[:most],
        "folded": fields[most:],
    }


def _older(request: HttpRequest, last: AuditEntry) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return f"?{urlencode({**kept, 'before': last.id})}"


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None


def _number(text: str) -> int | None:
    # No further than PostgreSQL counts.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
