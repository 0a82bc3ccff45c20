"""The addresses of the gallery, behind the admin's own door."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from dashboard.gallery import views

app_name = "gallery"


def _page(route: str, view: Any, name: str) -> Any:
    return path(route, admin.site.admin_view(view), name=name)


urlpatterns = [
    _page("", views.people, "people"),
    _page("cards/", views.cards, "cards"),
    _page("refresh/", views.refresh, "refresh"),
    _page("runs/", views.runs, "runs"),
    # A browser may keep a picture: its address tells which it is.
    path(
        "photo/<uuid:bot_id>/<uuid:profile_id>/",
        admin.site.admin_view(views.photo, cacheable=True),
        name="photo",
    ),
]
