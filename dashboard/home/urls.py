"""The addresses of what belongs to the first page, behind the admin's own door."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from dashboard.home import views

app_name = "home"

urlpatterns = [
    path("live/", admin.site.admin_view(views.live), name="live"),
    path("tour/", admin.site.admin_view(views.end_tour), name="tour"),
]
