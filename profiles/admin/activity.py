"""What people did, found in the log and in the archive together."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bots.admin.base import OfBots, ReadOnlyAdmin
from bots.admin.faces import ago
from bots.models import Bot
from core.tenancy import visible_bots
from profiles.admin.acts import told
from profiles.admin.faces import names_of_streams
from profiles.admin.way import KINDS
from profiles.models import ActivityLog
from profiles.selectors.search_activity import ActivityPage, Place, search_activity

ROWS = 50


def _day() -> UnfoldAdminTextInputWidget:
    # The browser's own calendar; unfold's wants the scripts of a form page.
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class SearchForm(forms.Form):
    """What is looked for; all of it may be left out."""

    bot = forms.ModelChoiceField(
        label=_("Bot"),
        queryset=Bot.objects.none(),
        required=False,
        empty_label=_("All bots"),
        widget=UnfoldAdminSelectWidget(),
        to_field_name="slug",
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=UnfoldAdminSelectWidget())
    since = forms.DateField(label=_("From"), required=False, widget=_day())
    until = forms.DateField(label=_("Until"), required=False, widget=_day())
    text = forms.CharField(
        label=_("Word in the details"),
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bots: Any = self.fields["bot"]
        bots.queryset = Bot.objects.filter(id__in=visible_bots() or ()).order_by("name")
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", _("Everything")), *KINDS.items()]


@admin.register(ActivityLog)
class ActivityAdmin(OfBots, ReadOnlyAdmin):
    """The activity of all people that the person may see, live and archived, newest first."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Rows are seen in the list; they have no pages of their own.
        return obj is None and super().has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and what was found."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SearchForm(request.GET or None)
        asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
        page = _search(asked, cursor=_place(request.GET.get("before", "")))
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": _("Activity"),
            "opts": self.model._meta,
            "form": form,
            "acts": _shown(page),
            "older": _older(request, page),
        }
        return TemplateResponse(request, "admin/profiles/activitylog/change_list.html", context)


def _search(asked: dict[str, Any], *, cursor: Place | None) -> ActivityPage:
    bot = asked.get("bot")
    return search_activity(
        bot_ids=[bot.id] if bot else list(visible_bots() or ()),
        kind=asked.get("kind", ""),
        since=_midnight(asked.get("since")),
        # The last day is meant too.
        until=_midnight(asked["until"] + timedelta(days=1)) if asked.get("until") else None,
        text=asked.get("text", ""),
        limit=ROWS,
        cursor=cursor,
    )


def _shown(page: ActivityPage) -> list[dict[str, Any]]:
    names = dict(Bot.objects.filter(id__in={each.bot_id for each in page.found}).values_list("id", "name"))
    streams = names_of_streams() if any("stream" in each.details for each in page.found) else {}
    return [
        {
            "at": ago(each.at),
            "bot": names.get(each.bot_id, ""),
            "kind": KINDS.get(each.kind, each.kind),
            "details": told(each.details, streams=streams),
            "is_archived": each.is_archived,
            "person": reverse("admin:profiles_profile_change", args=[each.profile_id]),
        }
        for each in page.found
    ]


def _older(request: HttpRequest, page: ActivityPage) -> str:
    if page.cursor is None:
        return ""
    at, act_id = page.cursor
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return f"?{urlencode({**kept, 'before': f'{at.isoformat()}~{act_id}'})}"


def _midnight(day: Any) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None


def _place(said: str) -> Place | None:
    at, _tilde, act_id = said.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(act_id)) if moment.tzinfo else None
    except ValueError:
        return None
