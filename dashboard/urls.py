"""The addresses of the inbox, behind the admin's own door."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from dashboard import views

app_name = "inbox"


def _page(route: str, view: Any, name: str) -> Any:
    return path(route, admin.site.admin_view(view), name=name)


_TALK = "<uuid:bot_id>/<uuid:conversation_id>/"

urlpatterns = [
    _page("", views.conversations, "list"),
    _page("rows/", views.rows, "rows"),
    _page(_TALK, views.conversation, "conversation"),
    _page(f"{_TALK}open/", views.give_reason, "open"),
    _page(f"{_TALK}live/", views.live, "live"),
    _page(f"{_TALK}older/", views.older, "older"),
    _page(f"{_TALK}aside/", views.aside, "aside"),
    _page(f"{_TALK}why/<uuid:message_id>/", views.why, "why"),
    _page(f"{_TALK}photo/<uuid:media_id>/", views.photo, "photo"),
    _page(f"{_TALK}do/<slug:action>/", views.do, "do"),
]
