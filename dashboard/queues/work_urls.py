"""The addresses of the background work, behind the admin's own door."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from dashboard.queues import views

app_name = "work"

urlpatterns = [
    path("", admin.site.admin_view(views.background), name="page"),
    path("live/", admin.site.admin_view(views.background_live), name="live"),
]
