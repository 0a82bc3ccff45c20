"""The addresses of the queues, behind the admin's own door."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from dashboard.queues import views

app_name = "queues"


def _page(route: str, view: Any, name: str) -> Any:
    return path(route, admin.site.admin_view(view), name=name)


_SHELF = "<uuid:bot_id>/<slug:which>/"

urlpatterns = [
    _page("", views.queues, "board"),
    _page("live/", views.queues_live, "board-live"),
    _page(_SHELF, views.shelf, "shelf"),
    _page(f"{_SHELF}live/", views.shelf_live, "shelf-live"),
    _page(f"{_SHELF}do/<slug:action>/", views.do, "do"),
    _page(f"{_SHELF}<uuid:row_id>/", views.row, "row"),
    _page(f"{_SHELF}<uuid:row_id>/read/", views.read, "read"),
]
